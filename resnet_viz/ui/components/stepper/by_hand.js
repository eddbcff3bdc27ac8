/**
 * One number of a step, worked out in writing.
 *
 * @typedef {{channel: number, row: number, column: number, value: number, weight: number}} Product
 * @typedef {{parts: number[], products: Product[], terms: number}} Hand
 */

import { fill, fixed } from "../shared/numbers.js"

/** @param {number} v */
const digits = (v) => fixed(v, 3)
/** @param {number} v */
const bracket = (v) => (digits(v).startsWith("−") ? `(${digits(v)})` : digits(v))
/** @param {number} v */
const rounded = (v) => Number(v.toFixed(3))
/** `=` where the rounded numbers add up as shown, `≈` where only the unrounded ones do. @param {number} shown @param {number} result */
const equals = (shown, result) => (Math.abs(shown - rounded(result)) < 5e-4 ? "=" : "≈")

/**
 * The arithmetic of a step as text.
 * @param {{kind: string, hand: Hand}} step @param {number} result @param {number[]} inputs the numbers at the same place in what the step reads
 * @param {boolean} known whether `hand` speaks of this number @param {Record<string, string>} say
 */
export function arithmetic({ kind, hand }, result, inputs, known, say) {
  const { parts, products, terms } = hand
  if (kind === "add") return `${digits(inputs[0])} + ${bracket(inputs[1])} ${equals(rounded(inputs[0]) + rounded(inputs[1]), result)} ${digits(result)}`
  if (kind === "relu") return `max(0, ${digits(inputs[0])}) = ${digits(result)}`
  if (kind === "input") return digits(result)
  if (!known) return `… = ${digits(result)}`
  if (kind === "zero-pad") return parts.length ? fill(say.step_taken, { value: digits(result) }) : say.step_padded
  if (kind === "bn") {
    const [v, mean, variance, , scale, shift] = parts
    return `(${digits(v)} − ${bracket(mean)}) / √${digits(variance)} · ${bracket(scale)} + ${bracket(shift)} ≈ ${digits(result)}`
  }
  const shown = products.map((p) => `${digits(p.value)}·${bracket(p.weight)}`)
  return `${shown.join(" + ")} + ${fill(say.step_others, { count: terms - products.length, rest: bracket(parts[0]) })} ≈ ${digits(result)}`
}
