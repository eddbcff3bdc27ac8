/** Painting on canvases. */

import { make, pen } from "./dom.js"
import { borderOf, isDark } from "./theme.js"

/** Pixels of a canvas for one of the page: as many as the screen has, or as the file that is being made. @param {Element} element */
export const ratioOf = (element) => Number(getComputedStyle(element).getPropertyValue("--picture-ratio")) || globalThis.devicePixelRatio || 1

/**
 * A canvas made sharp and empty, its context set to the page's font, and the page's colours.
 * @param {HTMLElement} root @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @param {number} [size] of the font, in px
 */
export function sheet(root, canvas, width, height, size = 15) {
  const ratio = ratioOf(root)
  canvas.style.height = `${height}px`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = pen(canvas)
  context.scale(ratio, ratio)
  const style = getComputedStyle(root)
  context.font = `${size}px ${style.fontFamily}`
  context.textBaseline = "middle"
  return { context, ink: style.color, grid: borderOf(style), dark: isDark(style) }
}

/** @type {HTMLCanvasElement | undefined} */
let scratch

/**
 * Draw pixels enlarged into a rectangle of a canvas.
 * @param {CanvasRenderingContext2D} context @param {ImageData} pixels
 * @param {number} x @param {number} y @param {number} width @param {number} height @param {boolean} [smooth]
 */
export function stamp(context, pixels, x, y, width, height, smooth = false) {
  scratch ??= make("canvas")
  scratch.width = pixels.width
  scratch.height = pixels.height
  pen(scratch).putImageData(pixels, 0, 0)
  context.imageSmoothingEnabled = smooth
  context.drawImage(scratch, x, y, width, height)
}

/**
 * A frame that shows on every colour.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} width @param {number} height
 * @param {number} thick @param {number[]} [dash]
 */
export function outline(context, x, y, width, height, thick, dash = []) {
  for (const [colour, wide] of /** @type {const} */ ([["#000", thick + 2], ["#fff", thick]])) {
    context.strokeStyle = colour
    context.lineWidth = wide
    context.setLineDash(dash)
    context.strokeRect(x, y, width, height)
  }
  context.setLineDash([])
}

/** A straight line. @param {CanvasRenderingContext2D} context @param {readonly number[]} from @param {readonly number[]} to */
export function line(context, from, to) {
  context.beginPath()
  context.moveTo(from[0], from[1])
  context.lineTo(to[0], to[1])
  context.stroke()
}

/** A disc. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string | CanvasGradient | CanvasPattern} colour */
export function disc(context, x, y, radius, colour) {
  context.fillStyle = colour
  context.beginPath()
  context.arc(x, y, radius, 0, 7)
  context.fill()
}

/** A bar with the colours of a scale. @param {HTMLCanvasElement} canvas @param {Uint8Array} table */
export function paintScale(canvas, table) {
  const context = pen(canvas)
  for (let x = 0; x < canvas.width; x++) {
    const at = 3 * Math.floor((x / canvas.width) * 256)
    context.fillStyle = `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`
    context.fillRect(x, 0, 1, canvas.height)
  }
}

/** A picture's bytes, three a pixel, as what a canvas takes. @param {Uint8Array} bytes @param {number} side */
export function picture(bytes, side) {
  const pixels = new ImageData(side, side)
  const words = new Uint32Array(pixels.data.buffer)
  for (let i = 0; i < words.length; i++) words[i] = 0xff000000 | (bytes[3 * i + 2] << 16) | (bytes[3 * i + 1] << 8) | bytes[3 * i]
  return pixels
}
