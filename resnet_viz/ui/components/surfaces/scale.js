/**
 * The heights of the surfaces: arithmetic only.
 *
 * @typedef {{low: number, high: number, log: boolean}} Scale
 */

/** The scale over values; those that are missing are negative. @param {"linear" | "log" | "own"} height @param {number[]} values @returns {Scale} */
export function scaleOf(height, values) {
  const known = values.filter((v) => v >= 0)
  const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1]
  return { low, high, log: height === "log" }
}

/** Where a value stands between the ends of its scale, 0 to 1. @param {Scale} scale @param {number} value */
export function unitOf({ low, high, log }, value) {
  /** @param {number} v */
  const of = (v) => (log ? Math.log(Math.max(v, 1e-6)) : v)
  return (of(value) - of(low)) / (of(high) - of(low) || 1)
}

/** Which part of another scale this one covers, as two places from 0 to 1. @param {Scale} scale @param {Scale} whole @returns {[number, number]} */
export const partOf = ({ low, high }, whole) => (whole.high > whole.low ? [unitOf(whole, low), unitOf(whole, high)] : [0, 1])

/** Where the lowest and the highest of all values are; null as long as one is missing. @param {number[]} values @returns {[number, number] | null} */
export function ends(values) {
  if (!values.length || values.some((v) => v < 0)) return null
  return [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))]
}

/** Values to write beside a scale: round ones, three to six of them. @param {Scale} scale */
export function ticks({ low, high, log }) {
  if (log) {
    const powers = [0.001, 0.01, 0.1, 1, 10, 100]
    const found = powers.flatMap((p) => [p, 2 * p, 5 * p]).filter((v) => v >= low * 0.999 && v <= high * 1.001)
    if (found.length >= 2) return found
  }
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 5) ?? 100
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, n) => (first + n) * step)
}

/** The nearest of some spots within reach of a point; null where there is none. @param {(readonly number[] | null)[]} spots @param {number} x @param {number} y @param {number} reach */
export function nearestSpot(spots, x, y, reach) {
  /** @type {number | null} */
  let at = null
  let best = reach
  spots.forEach((spot, n) => {
    const far = spot ? Math.hypot(spot[0] - x, spot[1] - y) : Infinity
    if (far < best) [best, at] = [far, n]
  })
  return at
}
