/** Numbers as people read them, with a real minus. */

/** @param {string} text */
const minus = (text) => text.replaceAll("-", "−")

/** 0.31, −12.5, 0.0012, 1.2·10⁴: two digits at least, so that only 0 is written 0. @param {number} v */
export function number(v) {
  const size = Math.abs(v)
  if (size >= 1000 || (v !== 0 && size < 0.001)) return withPower(v)
  return size < 0.1 && v !== 0 ? minus(String(Number(v.toPrecision(2)))) : fixed(v, size < 10 ? 2 : 1)
}

/** 1.3·10⁻⁷. @param {number} v */
function withPower(v) {
  const [digits = "", power] = v.toExponential(1).split("e") // 9.97e−5 has become 1.0e−4
  return `${minus(digits)}·${tenTo(Number(power))}`
}

/** 0.031, 4.2, 1.3·10⁻⁷; a dash where there is none. @param {number} v */
export function scientific(v) {
  if (!Number.isFinite(v)) return "–"
  const size = Math.abs(v)
  if (size === 0) return "0"
  return size >= 1e-3 && size < 1e4 ? short(v) : withPower(v)
}

/** 10⁻⁷. @param {number} power */
export const tenTo = (power) => `10${[...String(power)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("")}`

/** Three digits, no zeros at the end. @param {number} v */
export const short = (v) => minus(String(Number(v.toPrecision(3))))

/** All digits there are. @param {number} v */
export const whole = (v) => minus(String(v))

/** So many decimals, and never −0. @param {number} v @param {number} decimals */
export function fixed(v, decimals) {
  const text = v.toFixed(decimals)
  return minus(Number(text) === 0 ? text.replace("-", "") : text)
}

const UNITS = /** @type {const} */ ([["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]])
const CHINESE_UNITS = /** @type {const} */ ([["万亿", 1e12], ["亿", 1e8], ["万", 1e4]])

/** 25557032 as 25.6 M, in Chinese as exactly: 2560 万; below 万 all digits. @param {number} n @param {string} [language] a tag such as `zh` or `zh-Hans` */
export function count(n, language = "en") {
  if (/^zh\b/.test(language) && n < 10_000) return String(n)
  const [unit, size] = UNITS.find(([, size]) => n >= 0.99995 * size) ?? ["", 1] // 999,999 is 1.0 M
  if (!unit) return String(n)
  const shown = (n / size).toFixed(1)
  if (!/^zh\b/.test(language)) return `${shown} ${unit}`
  const rounded = Math.round(Number(shown) * size)
  const [chinese, large] = CHINESE_UNITS.find(([, size]) => rounded >= size) ?? ["万", 1e4]
  return `${rounded / large} ${chinese}`
}

/** 0.125 as 12.5%. @param {number} share @param {number} [decimals] */
export const percent = (share, decimals = 0) => `${(share * 100).toFixed(decimals)}%`

/** A text with its {names} filled in, numbers as Python would write them by {name:,.0f} or {name:.1%}. @param {string} text @param {Record<string, string | number>} values */
export const fill = (text, values) =>
  text.replace(/\{(\w+)(?::(,?)\.(\d)([f%]))?\}/g, (whole, name, comma, decimals, kind) => {
    const value = values[name]
    if (typeof value !== "number" || !kind) return String(value ?? whole)
    if (kind === "%") return percent(value, Number(decimals))
    const [before, after] = value.toFixed(Number(decimals)).split(".")
    return [comma ? before.replace(/\B(?=(\d{3})+$)/g, ",") : before, ...(after ? [after] : [])].join(".")
  })
