/**
 * Where the tiles stand, and which one a point lies in: arithmetic only. An atlas has the maps of one group in rows; a strip has a
 * column a group.
 *
 * @typedef {{count: number, height: number, width: number}} Size  of a group
 * @typedef {{strip: boolean, columns: number, rows: number, tile: number, pitchX: number, pitchY: number, offset: number}} Layout
 * @typedef {{group: number, channel: number, row: number, column: number}} Place  one number of one map
 */

import { between, clamp } from "../shared/scales.js"

export const GAP = 4 // px between tiles

/** Tile size and columns from the width there is. @param {number} width @param {Size[]} groups @param {boolean} strip @returns {Layout} */
export function layOut(width, groups, strip) {
  const { count } = groups[0]
  const wanted = strip ? 92 : between(56, Math.sqrt((width * 520) / count), 96)
  const columns = strip ? groups.length : evenColumns(between(1, Math.floor((width + GAP) / (wanted + GAP)), count), count)
  const pitch = strip ? width / columns : (width + GAP) / columns
  const tile = strip ? Math.min(92, pitch - 30) : Math.min(pitch - GAP, 120)
  const rows = strip ? count : Math.ceil(count / columns)
  return { strip, columns, rows, tile, pitchX: strip ? pitch : tile + GAP, pitchY: tile + (strip ? 10 : GAP), offset: strip ? (pitch - tile) / 2 : 0 }
}

/** Up to a quarter fewer columns than there is room for, where the last row is full then. @param {number} most @param {number} count */
function evenColumns(most, count) {
  for (let columns = most; columns >= most * 0.75; columns--) if (count % columns === 0) return columns
  return most
}

/** The corner of map i of group g. @param {Layout} lay @param {number} g @param {number} i @returns {[number, number]} */
export const cornerOf = (lay, g, i) =>
  lay.strip ? [g * lay.pitchX + lay.offset, i * lay.pitchY] : [(i % lay.columns) * lay.pitchX, Math.floor(i / lay.columns) * lay.pitchY]

/** What lies at a point; null between the tiles. @param {Layout} lay @param {Size[]} groups @param {number} x @param {number} y @returns {Place | null} */
export function placeAt(lay, groups, x, y) {
  const [across, down] = [Math.floor(x / lay.pitchX), Math.floor(y / lay.pitchY)]
  const [g, channel] = lay.strip ? [across, down] : [0, down * lay.columns + across]
  const group = groups[g]
  if (!group || across < 0 || (!lay.strip && across >= lay.columns) || channel < 0 || channel >= group.count) return null
  const [left, top] = cornerOf(lay, g, channel)
  const [u, v] = [(x - left) / lay.tile, (y - top) / lay.tile]
  if (u < 0 || v < 0 || u >= 1 || v >= 1) return null
  return { group: g, channel, row: Math.floor(v * group.height), column: Math.floor(u * group.width) }
}

/** Where a group's first map is marked when nobody has pointed anywhere. @param {Size} group @returns {Place} */
export const middleOf = (group) => ({ group: 0, channel: 0, row: group.height >> 1, column: group.width >> 1 })

/** The place that an arrow key leads to: the next map, or within the map where shift is held. @param {Layout} lay @param {Size[]} groups @param {Place} here @param {number} side @param {number} down @param {boolean} within @returns {Place} */
export function walked(lay, groups, here, side, down, within) {
  const group = groups[here.group]
  if (within) return { ...here, column: clamp(here.column + side, group.width), row: clamp(here.row + down, group.height) }
  if (lay.strip) return { ...here, group: clamp(here.group + side, groups.length), channel: clamp(here.channel + down, group.count) }
  return { ...here, channel: clamp(here.channel + side + down * lay.columns, group.count) }
}

/** The pixels of a picture that one place of a map has seen: [left, top, size, whether all of it lies inside]. @param {number[]} field size, stride and start @param {Place} place @param {number} side of the picture @returns {[number, number, number, boolean]} */
export function fieldOf([size, stride, start], { row, column }, side) {
  const [left, top] = [start + column * stride, start + row * stride]
  return [left, top, size, left >= 0 && top >= 0 && left + size <= side && top + size <= side]
}
