/**
 * Where the class stands in the block and whether it plays: what each act makes of it. Nothing here draws, waits or tells.
 *
 * @typedef {{at: number, playing: boolean}} Walk
 */

import { clamp } from "../shared/scales.js"

/** At a step; playing goes on. @param {Walk} walk @param {number} at @param {number} count @returns {Walk} */
export const goTo = (walk, at, count) => ({ ...walk, at: clamp(at, count) })

/** Play or pause. From the last step playing begins again at the first. @param {Walk} walk @param {number} count @returns {Walk} */
export const toggled = ({ at, playing }, count) => (playing ? { at, playing: false } : { at: at === count - 1 ? 0 : at, playing: true })

/** A step further while playing, which ends at the last. @param {Walk} walk @param {number} count @returns {Walk} */
export function ticked({ at }, count) {
  const next = clamp(at + 1, count)
  return { at: next, playing: next < count - 1 }
}

/**
 * What the server gives is taken over when it appears and whenever its `turn` changes. Else the class stays where it is: the server
 * is told of steps but does not repeat them, so what it gives may be older.
 * @param {Walk} walk @param {number | undefined} before the turn that was taken over last @param {{start: number, turn: number}} given @param {number} count
 * @returns {Walk}
 */
export const given = (walk, before, { start, turn }, count) => goTo(walk, before === turn ? walk.at : start, count)
