/**
 * A mix in writing.
 *
 * @typedef {import("./mixer_paint.js").Mix} Mix
 * @typedef {import("./mixer_paint.js").Shown} Shown
 */

import { fixed } from "../shared/numbers.js"
import { valueAt } from "./mixer_paint.js"

/** @param {number} row */
export const subscript = (row) => String.fromCharCode(0x2081 + row)

/** The sign between two terms, or before the first. @param {number} w @param {boolean} first */
const sign = (w, first) => (w < 0 ? (first ? "−" : " − ") : first ? "" : " + ")

/** R + 2G − B + 0.5. @param {number[]} row @param {{relu: boolean}} mix */
export function formula([r, g, b, bias], { relu }) {
  const terms = /** @type {[number, string][]} */ ([[r, "R"], [g, "G"], [b, "B"], [bias, ""]]).filter(([w]) => w)
  const text = terms.map(([w, colour], i) => `${sign(w, !i)}${Math.abs(w) === 1 && colour ? "" : Math.abs(w)}${colour}`)
  const sum = text.join("") || "0"
  return relu ? `max(0, ${sum})` : sum
}

/** 1·0.82 + 2·0.31 − 1·0.12 + 0 = 1.32, with the subtracted neighbour where there is one. @param {Mix} mix @param {Shown} shown @param {number} line @param {number} column */
export function dot(mix, shown, line, column) {
  const [r, g, b, bias] = mix.rows[mix.row]
  /** @param {number} i */
  const products = (i) => [r, g, b].map((w, c) => `${sign(w, !c)}${Math.abs(w)}·${fixed(shown.pixels[i + c] / 255, 2)}`).join("")
  /** @param {number} i */
  const rounded = (i) => [r, g, b].reduce((sum, w, c) => sum + w * Number((shown.pixels[i + c] / 255).toFixed(2)), 0)
  const here = 3 * (line * shown.side + column)
  const there = mix.shift && column >= mix.shift ? here - 3 * mix.shift : -1
  let text = products(here)
  let sum = rounded(here) + bias
  if (mix.shift) text = `(${text}) − (${there < 0 ? "0" : products(there)})`
  if (there >= 0) sum -= rounded(there)
  text += `${sign(bias, false)}${Math.abs(bias)}`
  const value = valueAt(mix, mix.row, shown, line, column)
  if (mix.relu) [text, sum] = [`max(0, ${text})`, Math.max(0, sum)]
  return `${text} ${Math.abs(sum - Number(value.toFixed(2))) < 5e-4 ? "=" : "≈"} ${fixed(value, 2)}`
}
