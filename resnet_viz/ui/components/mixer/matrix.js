/**
 * What the mixer shows, as a value: how each act changes it. Nothing here draws or tells.
 *
 * @typedef {import("./mixer_paint.js").Mix} Mix
 */

import { between } from "../shared/scales.js"

const NEW_ROW = [1, -1, 0, 0]

/** Another set of rows, seen from its first. @param {Mix} mix @param {number[][]} rows @returns {Mix} */
export const withRows = (mix, rows) => ({ ...mix, rows: structuredClone(rows), row: 0 })

/** One row more, shown large. @param {Mix} mix @param {number} most @returns {Mix} */
export const added = (mix, most) => (mix.rows.length < most ? { ...mix, rows: [...mix.rows, [...NEW_ROW]], row: mix.rows.length } : mix)

/** Without a row; one is always left, and the row that is shown large is one of those that are left. @param {Mix} mix @param {number} row @returns {Mix} */
export function removed(mix, row) {
  if (mix.rows.length === 1) return mix
  const rows = mix.rows.filter((_, i) => i !== row)
  return { ...mix, rows, row: Math.min(mix.row, rows.length - 1) }
}

/** With one number changed: kept to four decimals and within the limit, and left alone where it is no number. @param {Mix} mix @param {number} row @param {number} i @param {number} value @param {number} limit @returns {Mix} */
export function withNumber(mix, row, i, value, limit) {
  if (Number.isNaN(value)) return mix
  const kept = Math.round(between(-limit, value, limit) * 1e4) / 1e4
  return { ...mix, rows: mix.rows.map((numbers, r) => (r === row ? numbers.map((v, c) => (c === i ? kept : v)) : numbers)) }
}

/** Which note belongs to it: what it can see, with a neighbour, shuffled, with both or neither. @param {Mix} mix */
export const noteOf = ({ shift, shuffle }) => (shift ? (shuffle ? "both" : "neighbour") : shuffle ? "shuffle" : "none")
