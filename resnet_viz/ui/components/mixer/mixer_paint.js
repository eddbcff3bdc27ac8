/**
 * Painting one output channel of a mix, pixel by pixel: about 2 ms at 512 × 512. WebGL was tried. It is no faster to the eye where
 * there is a graphics card, and where there is none a frame costs the browser 10 ms more.
 *
 * @typedef {{rows: number[][], relu: boolean, shift: number, shuffle: boolean, row: number, grey: boolean}} Mix
 * @typedef {{side: number, pixels: Uint8Array, order: Uint32Array | null}} Shown  the picture as it is mixed; `order` where it is shuffled
 */

import { pen } from "../shared/dom.js"
import { colourAt } from "../shared/scales.js"

/** Place i of a shuffled picture takes what stood at order[i]: places sorted by a 32-bit hash of their number. @param {number} count */
export function permutation(count) {
  const keys = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let h = i + 1
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    keys[i] = ((h ^ (h >>> 16)) >>> 0) * count + i
  }
  return Uint32Array.from(keys.sort(), (key) => key % count)
}

/** A picture whose pixels have changed places. @param {Uint8Array} pixels @param {Uint32Array} order */
export function scrambledOf(pixels, order) {
  const found = new Uint8Array(pixels.length)
  order.forEach((from, to) => {
    found.set(pixels.subarray(3 * from, 3 * from + 3), 3 * to)
  })
  return found
}

/** The value of a row of the matrix at one place. @param {Mix} mix @param {number} row @param {Shown} shown @param {number} line @param {number} column */
export function valueAt(mix, row, shown, line, column) {
  const [r, g, b, bias] = mix.rows[row]
  /** @param {number} i */
  const of = (i) => (r * shown.pixels[i] + g * shown.pixels[i + 1] + b * shown.pixels[i + 2]) / 255
  const i = 3 * (line * shown.side + column)
  const left = mix.shift && column >= mix.shift ? of(i - 3 * mix.shift) : 0
  const value = of(i) - left + bias
  return mix.relu ? Math.max(0, value) : value
}

/** The end of the colour scale: the power of 2 that 99 % of a 64×64 grid of values stay within. @param {Mix} mix @param {number} row @param {Shown} shown */
export function reachOf(mix, row, shown) {
  const step = Math.max(1, Math.floor(shown.side / 64))
  const found = []
  for (let line = step >> 1; line < shown.side; line += step) {
    for (let column = step >> 1; column < shown.side; column += step) found.push(Math.abs(valueAt(mix, row, shown, line, column)))
  }
  const typical = Float32Array.from(found).sort()[Math.floor(0.99 * (found.length - 1))]
  return typical > 0 ? 2 ** Math.min(4, Math.max(-5, Math.ceil(Math.log2(typical)))) : 1
}

/** 256 pixels' worth of colours: the diverging table, or grey. @param {Uint8Array} table */
export const coloursOf = (table) => Uint32Array.from({ length: 256 }, (_, i) => colourAt(table, i / 255))
export const GREYS = Uint32Array.from({ length: 256 }, (_, i) => 0xff000000 | (i * 0x10101))

/** The pixels of each canvas, kept from frame to frame. @type {WeakMap<HTMLCanvasElement, ImageData>} */
const images = new WeakMap()

/**
 * Paint a channel. `step` leaves out pixels for small tiles; `back` puts shuffled pixels where they came from.
 * @param {HTMLCanvasElement} canvas @param {Mix} mix @param {number} row @param {Shown} shown @param {Uint32Array} colours
 * @param {{step?: number, back?: boolean}} [options]
 */
export function paintChannel(canvas, mix, row, shown, colours, { step = 1, back = false } = {}) {
  const { side, pixels, order } = shown
  const count = Math.floor(side / step)
  if (canvas.width !== count || canvas.height !== count) canvas.width = canvas.height = count
  const context = pen(canvas, { alpha: false })
  const kept = images.get(canvas)
  const image = kept?.width === count ? kept : context.createImageData(count, count)
  images.set(canvas, image)
  const out = new Uint32Array(image.data.buffer)
  const [middle, span] = mix.grey ? [0.5, 255] : [128, 127.5] // half a step more: cutting off then rounds
  const unit = span / reachOf(mix, row, shown)
  const [r, g, b] = mix.rows[row].slice(0, 3).map((w) => (w / 255) * unit)
  const start = mix.rows[row][3] * unit + middle
  const lowest = mix.relu ? middle : 0
  const { shift } = mix
  for (let line = 0, at = 0; line < count; line++) {
    for (let column = 0; column < count; column++, at++) {
      const i = 3 * (line * step * side + column * step)
      let v = r * pixels[i] + g * pixels[i + 1] + b * pixels[i + 2] + start
      if (shift && column * step >= shift) {
        const j = i - 3 * shift
        v -= r * pixels[j] + g * pixels[j + 1] + b * pixels[j + 2]
      }
      v = v < lowest ? lowest : v
      out[back && order ? order[at] : at] = colours[v > 255 ? 255 : v | 0]
    }
  }
  context.putImageData(image, 0, 0)
}
