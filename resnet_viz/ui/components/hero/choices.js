/**
 * What was recorded of a network with every choice of its skips. A choice is a number: in it, the skip of block i is gone if bit i
 * is set. `recorder/figures/hero.py` writes it.
 *
 * @typedef {{code: number, chance: number}} Guess  a class and its probability
 * @typedef {{codes: Uint8Array, chances: Uint16Array}} Guesses  three of each choice of each picture, most probable first
 */

import { fill } from "../shared/numbers.js"

const FIRST = 3 // as in recorder/figures/hero.py
const LARGEST = 65_535

/** The choice after the skip of a block was removed or put back. @param {number} choice @param {number} block */
export const switched = (choice, block) => choice ^ (1 << block)

/** Whether the skip of a block is gone. @param {number} choice @param {number} block */
export const isGone = (choice, block) => Boolean((choice >> block) & 1)

/** The first guesses. @param {Guesses} all @param {number} blocks @param {number} picture @param {number} choice @returns {Guess[]} */
export function guessesOf(all, blocks, picture, choice) {
  const start = (picture * 2 ** blocks + choice) * FIRST
  return [0, 1, 2].map((n) => ({ code: all.codes[start + n], chance: all.chances[start + n] / LARGEST }))
}

/**
 * What a block puts out, side × side values from 0 to 15. It depends on the skips up to this block's only.
 * @param {Uint8Array} maps two values a byte, block after block @param {number[]} sides @param {number} block @param {number} choice
 */
export function mapOf(maps, sides, block, choice) {
  let start = 0
  for (let before = 0; before < block; before++) start += 2 ** (before + 1) * sides[before] ** 2
  const size = sides[block] ** 2
  start += (choice % 2 ** (block + 1)) * size
  return Uint8Array.from({ length: size }, (_, n) => (maps[(start + n) >> 1] >> (4 * ((start + n) & 1))) & 15)
}

/** 0.904 as 90%. Nothing is certain and nothing is impossible. @param {number} chance */
export function percent(chance) {
  const whole = Math.round(100 * chance)
  return whole === 100 ? "> 99%" : whole === 0 ? "< 1%" : `${whole}%`
}

/**
 * The sentence under the picture: what the network says with all skips, and what it says now.
 * @param {Record<string, string>} words @param {string[]} blocks their names @param {number} choice
 * @param {(guess: Guess) => string} name @param {Guess} intact @param {Guess} now @param {string} language
 */
export function sentence(words, blocks, choice, name, intact, now, language) {
  const said = (/** @type {Guess} */ guess) => `${name(guess)} ${percent(guess.chance)}`
  const gone = blocks.filter((_, block) => isGone(choice, block))
  const which = gone.length === 0 ? "none" : gone.length === 1 ? "one" : gone.length === blocks.length ? "all" : "some"
  const values = { intact: said(intact), now: said(now), block: gone[0] ?? "", blocks: new Intl.ListFormat(language).format(gone) }
  return fill(words[`hero_said_${which}`], values)
}
