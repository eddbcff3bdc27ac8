/** Colour scales and axes: arithmetic only. */

/** A whole number kept among so many. @param {number} v @param {number} count */
export const clamp = (v, count) => Math.max(0, Math.min(count - 1, v))

/** A number kept between two ends. @param {number} low @param {number} v @param {number} high */
export const between = (low, v, high) => Math.max(low, Math.min(high, v))

/**
 * The ends of the colour scale for values between `low` and `high`: centred at 0 where there are negative ones.
 * @param {number} low @param {number} high @returns {[number, number]}
 */
export function scaleEnds(low, high) {
  const reach = Math.max(Math.abs(low), Math.abs(high))
  return low < 0 ? [-reach, reach] : [low, high]
}

/** Where a colour of a table of 256 begins. @param {number} unit from 0 to 1; what is outside is cut off */
const entry = (unit) => 3 * between(0, Math.round(unit * 255), 255)

/** One colour of a table of 256 as the 32 bits of a pixel. @param {Uint8Array} table @param {number} unit from 0 to 1 */
export function colourAt(table, unit) {
  const at = entry(unit)
  return 0xff000000 | (table[at + 2] << 16) | (table[at + 1] << 8) | table[at]
}

/** The same as text, dimmed by `light`. @param {Uint8Array} table @param {number} unit @param {number} [light] */
export function colourText(table, unit, light = 1) {
  const at = entry(unit)
  return `rgb(${table[at] * light} ${table[at + 1] * light} ${table[at + 2] * light})`
}

/** What the byte b of a quantised map stands for: the bytes lie evenly between the map's own ends. @param {number} b @param {number} low @param {number} high */
export const valueOfByte = (b, low, high) => low + (b / 255) * (high - low)

/** The first of these distances that gives at most so many ticks over a span. @param {number[]} sizes @param {number} span @param {number} most */
export const tickDistance = (sizes, span, most) => sizes.find((size) => span / size <= most)
