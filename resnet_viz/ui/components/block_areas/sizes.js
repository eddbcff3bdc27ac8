/**
 * Two residual blocks whose convolutions are drawn with true areas: how large each is, in channels and on the screen.
 *
 * A k×k convolution from a to b channels multiplies k·k matrices of a×b numbers at each position. So it is drawn as k×k rectangles
 * of a by b channels, and its area is its multiply-adds.
 *
 * @typedef {"width" | "cost"} Fair  what the two blocks have in common
 * @typedef {{kernel: number, from: number, to: number, wide: number, tall: number, macs: number, share: string}} Convolution
 *   `wide` and `tall` in channels; `macs` at one position; `share` in units of C², where C are the channels in and out of its own block
 * @typedef {{channels: number, convolutions: Convolution[], macs: number, share: string}} Block
 */

const FULL = 128 // channels that are drawn as large as there is room
const LONGEST = 55 // their length on the screen

/** @param {number} numerator @param {number} denominator */
function fraction(numerator, denominator) {
  /** @param {number} a @param {number} b @returns {number} */
  const common = (a, b) => (b ? common(b, a % b) : a)
  const by = common(numerator, denominator)
  return denominator === by ? String(numerator / by) : `${numerator / by}/${denominator / by}`
}

/** @param {number} kernel @param {number} from @param {number} to @param {number} c channels in and out of its block @returns {Convolution} */
function convolution(kernel, from, to, c) {
  const macs = kernel * kernel * from * to
  return { kernel, from, to, wide: kernel * Math.max(from, to), tall: kernel * Math.min(from, to), macs, share: fraction(macs, c * c) }
}

/** @param {number} channels @param {Convolution[]} convolutions @returns {Block} */
function block(channels, convolutions) {
  const macs = convolutions.reduce((sum, each) => sum + each.macs, 0)
  return { channels, convolutions, macs, share: fraction(macs, channels * channels) }
}

/** The basic block of C channels, and the bottleneck of as many or, at about the same cost, four times as many. @param {number} c @param {Fair} fair */
export function blocks(c, fair) {
  const wide = fair === "cost" ? 4 * c : c
  const inner = wide / 4
  const three = convolution(3, c, c, c)
  const bottleneck = [convolution(1, wide, inner, wide), convolution(3, inner, inner, wide), convolution(1, inner, wide, wide)]
  return { basic: block(c, [three, three]), bottleneck: block(wide, bottleneck) }
}

/** How many times smaller than usual blocks of C channels are drawn: a power of 2, 1 as long as they have room. @param {number} c */
export const zoomOf = (c) => 2 ** Math.max(0, Math.ceil(Math.log2(c / FULL)))

/** Length of a channel on the screen. @param {number} c */
export const unitOf = (c) => LONGEST / FULL / zoomOf(c)
