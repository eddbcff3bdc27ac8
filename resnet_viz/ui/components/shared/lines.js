/** What the components that draw lines over an axis share. */

import { line } from "./canvas.js"
import { make, pen } from "./dom.js"

const DASHES = [[], [9, 5], [3, 4], [12, 4, 3, 4], [1, 4]]
export const LEFT = 58
export const TOP = 14
export const BOTTOM = 40
const RIGHT = 150
const FEW = 520 // px: narrower drawings have their names below
const APART = 18 // px between the names of two lines

/** @typedef {{text: string, x: number, y: number, colour: string, dash: number[]}} Label  the name at the end of a line */

/** The dash pattern of a line. @param {number} n */
export const dashOf = (n) => DASHES[n % DASHES.length]

/** Whether the names of the lines stand below the drawing. @param {number} width */
export const isSmall = (width) => width < FEW

/** What is kept free on the right for the names of the lines. @param {number} width */
export const rightOf = (width) => (isSmall(width) ? 14 : RIGHT)

/** The height of a drawing that is so wide. @param {number} width @param {number} share @param {number} most */
export const heightOf = (width, share, most) => Math.round(Math.max(260, Math.min(most, width * share)))

/** A horizontal rule with its text on the left. @param {CanvasRenderingContext2D} context @param {number} y @param {number} right @param {string} text @param {string} colour @param {number[]} [dash] */
export function rule(context, y, right, text, colour, dash = []) {
  context.strokeStyle = colour
  context.setLineDash(dash)
  line(context, [LEFT, y], [right, y])
  context.setLineDash([])
  if (text) context.fillText(text, LEFT - 8, y)
}

/** The vertical line of the reading point. @param {CanvasRenderingContext2D} context @param {number} x @param {number} height @param {string} ink */
export function cursorLine(context, x, height, ink) {
  context.strokeStyle = ink
  context.globalAlpha = 0.5
  line(context, [x, TOP], [x, height - BOTTOM])
  context.globalAlpha = 1
}

/**
 * The heights at which names are written: pushed apart where they would lie on each other, and none below `bottom`.
 * @template {{y: number}} T @param {T[]} labels @param {number} bottom @returns {T[]} new ones, from the top
 */
export function apart(labels, bottom) {
  const sorted = labels.map((label) => ({ ...label })).sort((a, b) => a.y - b.y)
  for (let i = 1; i < sorted.length; i++) sorted[i].y = Math.max(sorted[i].y, sorted[i - 1].y + APART)
  for (let i = sorted.length - 1, lowest = bottom; i >= 0; i--, lowest = sorted[i + 1].y - APART) sorted[i].y = Math.min(sorted[i].y, lowest)
  return sorted
}

/** Names at the ends of the lines. @param {CanvasRenderingContext2D} context @param {Label[]} labels @param {number} most @param {number} bottom */
function endLabels(context, labels, most, bottom) {
  context.textAlign = "left"
  context.font = context.font.replace("15px", "600 15px")
  for (const { text, x, y, colour } of apart(labels, bottom)) {
    context.fillStyle = colour
    context.fillText(text, Math.min(x + 8, most), y, RIGHT - 12) // a long name is written narrower
  }
}

/** The names of the lines, at their ends or, where the drawing is too narrow to hold them, below it. @param {CanvasRenderingContext2D} context @param {HTMLElement} place @param {Label[]} labels @param {number} width @param {number} height */
export function nameLines(context, place, labels, width, height) {
  if (!isSmall(width)) endLabels(context, labels, width - rightOf(width) + 8, height - BOTTOM + 4)
  legend(place, isSmall(width) ? labels : [])
}

/** @param {HTMLElement} place @param {Label[]} labels */
function legend(place, labels) {
  place.replaceChildren(
    ...labels.map(({ text, colour, dash }) => {
      const stroke = make("canvas", { width: 34, height: 8 })
      stroke.setAttribute("aria-hidden", "true")
      const context = pen(stroke)
      Object.assign(context, { strokeStyle: colour, lineWidth: 3 })
      context.setLineDash(dash)
      line(context, [0, 4], [34, 4])
      return make("span", {}, stroke, text)
    }),
  )
}
