/** The axes of values along a network: arithmetic only. */

import { LEFT, rightOf } from "../shared/lines.js"
import { tenTo, whole } from "../shared/numbers.js"
import { between, tickDistance } from "../shared/scales.js"

const ALONG = 5 // px: a line so near to a mark runs along it

/** @typedef {{log: boolean, mark: number | null, unit: boolean}} Look */

/**
 * The ends of the axis: whole decades around what is positive, or 0 (or below, where there is less) to a little above the largest.
 * @param {Look} look @param {Iterable<Iterable<number>>} rows @returns {[number, number]}
 */
export function rangeOf(look, rows) {
  let [low, high] = [Infinity, -Infinity]
  for (const row of rows) {
    for (const value of row) {
      if (!Number.isFinite(value) || (look.log && value <= 0)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  if (look.mark !== null) [low, high] = [Math.min(low, look.mark), Math.max(high, look.mark)]
  if (!Number.isFinite(low)) return look.log ? [-1, 1] : [0, 1]
  if (!look.log) return look.unit ? [Math.min(0, Math.floor(low * 4) / 4), Math.max(1, high)] : [Math.min(0, low), high * 1.05]
  const [bottom, top] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  return [bottom, Math.max(top, bottom + 1)]
}

/** Where a value stands between the ends of its axis, 0 to 1; what is not positive stands at the bottom of a logarithmic one. @param {number} value @param {boolean} log @param {[number, number]} range */
export function unitOf(value, log, [low, high]) {
  const scaled = log ? (value > 0 ? Math.log10(value) : low) : value
  return (scaled - low) / (high - low)
}

/** The ticks of an axis of values, each with its text. @param {boolean} log @param {[number, number]} range @returns {[number, string][]} */
export function ticksOf(log, [low, high]) {
  /** @type {[number, string][]} */
  const ticks = []
  if (log) {
    const every = Math.max(1, Math.ceil((high - low) / 7))
    for (let power = low; power <= high; power += every) ticks.push([10 ** power, power === 0 ? "1" : power === 1 ? "10" : tenTo(power)])
  } else {
    const every = tickDistance([0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100], high - low, 6) ?? (high - low) / 4
    for (let n = Math.ceil(low / every); n * every <= high + 1e-9; n++) ticks.push([n * every, whole(Math.round(n * every * 100) / 100 + 0)])
  }
  return ticks
}

/**
 * Whether words beside a mark have more room where lines start than where they end.
 * @param {ArrayLike<number>[]} rows heights of the lines' points, of which some may be NaN @param {number} mark the height of the mark
 */
export function isFreerAtStart(rows, mark) {
  /** @param {(row: number[]) => number[]} part */
  const room = (part) => Math.min(Infinity, ...rows.flatMap((row) => part(Array.from(row)).filter(Number.isFinite)).map((height) => Math.abs(height - mark)))
  return room((row) => quarter(row, true)) > room((row) => quarter(row, false))
}

/**
 * Whether words beside a mark have more room below it, between it and the end of the drawing, than above it. Lines that run along
 * the mark are on neither side.
 * @param {ArrayLike<number>[]} rows as in `isFreerAtStart` @param {number} mark @param {number} bottom @param {boolean} atStart where the words stand
 */
export function isFreerBelow(rows, mark, bottom, atStart) {
  const heights = rows.flatMap((row) => quarter(Array.from(row), atStart)).filter((height) => Math.abs(height - mark) > ALONG)
  const above = Math.min(Infinity, ...heights.filter((height) => height < mark).map((height) => mark - height))
  const below = Math.min(bottom - mark, ...heights.filter((height) => height > mark).map((height) => height - mark))
  return below > above
}

/** The first or the last quarter of a line. @param {number[]} row @param {boolean} atStart */
const quarter = (row, atStart) => (atStart ? row.slice(0, Math.ceil(row.length / 4)) : row.slice(-Math.ceil(row.length / 4)))

/** The pixel of a place from 0 to 1. @param {number} place @param {number} width */
export const across = (place, width) => LEFT + 8 + place * (width - LEFT - 16 - rightOf(width))

/** The place that is nearest to a pixel. @param {ArrayLike<number>} places @param {number} x @param {number} width */
export const nearestTo = (places, x, width) => nearest(places, (x - across(0, width)) / (across(1, width) - across(0, width)))

/** The index of what is nearest to a number; the first of several. @param {ArrayLike<number>} places @param {number} place */
export function nearest(places, place) {
  let best = 0
  for (let i = 1; i < places.length; i++) if (Math.abs(places[i] - place) < Math.abs(places[best] - place)) best = i
  return best
}

/** The step after this one while playing, and whether it is the last. Playing from the last step begins again. @param {number} step @param {number} steps */
export function nextStep(step, steps) {
  const next = between(0, step + 1, steps - 1)
  return { step: next, last: next === steps - 1 }
}
