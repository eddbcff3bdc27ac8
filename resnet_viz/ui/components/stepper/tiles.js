/**
 * The tiles of a value, three or four in a row, and the number that is followed through all of them: arithmetic only.
 *
 * @typedef {{count: number, height: number, width: number}} Size  of a value: channels, rows, columns
 * @typedef {[number, number, number]} Place  channel, row, column
 */

import { clamp } from "../shared/scales.js"

const [COLUMNS, FEWER] = [4, 3]
const SLIM = 130 // px
const GAP = 4 // px

/** How tiles lie on a canvas of this width. @param {Size} size @param {number} width */
export function layOut(size, width) {
  const columns = Math.min(width < SLIM ? FEWER : COLUMNS, size.count)
  const tile = (width - GAP * (columns - 1)) / columns
  const high = (tile * size.height) / size.width
  return { columns, tile, high, whole: Math.ceil(size.count / columns) * (high + GAP) - GAP }
}

/** The corner of a channel's tile. @param {ReturnType<typeof layOut>} lay @param {number} channel @returns {[number, number]} */
export const cornerOf = ({ columns, tile, high }, channel) => [(channel % columns) * (tile + GAP), Math.floor(channel / columns) * (high + GAP)]

/** Where a number of the last value, at `place`, lies in another one. @param {Place} place @param {Size} size @param {Size} last @returns {Place} */
export function placeIn([channel, row, column], size, last) {
  /** @param {number} at @param {number} own @param {number} of */
  const scaled = (at, own, of) => clamp(at * Math.ceil(own / of), own)
  return [channel % size.count, scaled(row, size.height, last.height), scaled(column, size.width, last.width)]
}

/** The number of the last value that belongs to a point on a value's canvas; null where there is no tile. @param {Size} size @param {Size} last @param {number} width @param {number} x @param {number} y @returns {Place | null} */
export function placeAt(size, last, width, x, y) {
  const lay = layOut(size, width)
  const [across, down] = [Math.floor(x / (lay.tile + GAP)), Math.floor(y / (lay.high + GAP))]
  const channel = down * lay.columns + across
  if (channel < 0 || channel >= size.count) return null
  const [left, top] = cornerOf(lay, channel)
  /** @param {number} at @param {number} of @param {number} own @param {number} count */
  const inside = (at, of, own, count) => Math.floor((clamp(Math.floor((at / of) * own), own) * count) / own)
  return [channel, inside(y - top, lay.high, size.height, last.height), inside(x - left, lay.tile, size.width, last.width)]
}
