/** What the components that paint maps share. */

/** @param {string} tag @param {object} more @param {...(Node|string)} children */
export function make(tag, more = {}, ...children) {
  const element = Object.assign(document.createElement(tag), more)
  element.append(...children)
  return element
}

/** A number as people read it, with a real minus. @param {number} v */
export function number(v) {
  const size = Math.abs(v)
  const text = size >= 1000 || (v !== 0 && size < 0.001) ? v.toExponential(1) : v.toFixed(size < 10 ? 2 : 1)
  return text.replace("-", "−")
}

/** @param {number} v @param {number} count */
export function clamp(v, count) {
  return Math.max(0, Math.min(count - 1, v))
}

/** The ends of the colour scale for values between `low` and `high`: centred at 0 where there are negative ones. */
export function scaleEnds(low, high) {
  const reach = Math.max(Math.abs(low), Math.abs(high))
  return low < 0 ? [-reach, reach] : [low, high]
}

/** One colour of a table of 256 as the 32 bits of a pixel. @param {Uint8Array} table @param {number} unit from 0 to 1 */
export function colourAt(table, unit) {
  const at = 3 * Math.max(0, Math.min(255, Math.round(unit * 255)))
  return 0xff000000 | (table[at + 2] << 16) | (table[at + 1] << 8) | table[at]
}

const scratch = document.createElement("canvas")
/** Draw pixels enlarged into a rectangle of a canvas. @param {ImageData} pixels */
export function stamp(context, pixels, x, y, width, height, smooth = false) {
  scratch.width = pixels.width
  scratch.height = pixels.height
  scratch.getContext("2d").putImageData(pixels, 0, 0)
  context.imageSmoothingEnabled = smooth
  context.drawImage(scratch, x, y, width, height)
}

/** A frame that shows on every colour. */
export function outline(context, x, y, width, height, line, dash = []) {
  for (const [colour, thick] of [["#000", line + 2], ["#fff", line]]) {
    context.strokeStyle = colour
    context.lineWidth = thick
    context.setLineDash(dash)
    context.strokeRect(x, y, width, height)
  }
  context.setLineDash([])
}

/** A bar with the colours of a scale. */
export function paintScale(canvas, table) {
  const context = canvas.getContext("2d")
  for (let x = 0; x < canvas.width; x++) {
    const at = 3 * Math.floor((x / canvas.width) * 256)
    context.fillStyle = `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`
    context.fillRect(x, 0, 1, canvas.height)
  }
}
