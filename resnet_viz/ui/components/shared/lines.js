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
const LETTERS = 16 // px: the height of a row of letters
const NEAR = 4 // px: a name so far from the end of its line needs no tie
const TIE = 20 // px

/** @typedef {{text: string, x: number, y: number, colour: string, dash?: number[]}} Label  the name at the end of a line, or, without a dash pattern, beside a diamond */

/** The dash pattern of a line. @param {number} n */
export const dashOf = (n) => DASHES[n % DASHES.length]

/** A published figure. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} colour @param {number} [half] */
export function diamond(context, x, y, colour, half = 7) {
  context.fillStyle = colour
  context.beginPath()
  for (const [dx, dy] of [[0, -half], [half, 0], [0, half], [-half, 0]]) context.lineTo(x + dx, y + dy)
  context.fill()
}

/** Whether the names of the lines stand below the drawing. @param {number} width */
export const isSmall = (width) => width < FEW

/** What is kept free on the right for the names of the lines. @param {number} width */
export const rightOf = (width) => (isSmall(width) ? 14 : RIGHT)

/** The middle of the row of numbers below an axis. @param {number} height */
export const numbersAt = (height) => height - BOTTOM + 15

/** The lowest middle of a line's name: it ends where the numbers below the axis begin. @param {number} height */
export const lowestName = (height) => numbersAt(height) - LETTERS

/** The middle of a number below an axis: where its place is, unless it would lie below the numbers beside the axis. @param {number} x @param {number} wide */
export const numberAt = (x, wide) => Math.max(x, LEFT - 2 + wide / 2)

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
 * The heights at which names are written: each at the end of its line, and where they would lie on each other as near to their
 * ends as they can, which is evenly around the mean of them (least squares); none above `top` or below `bottom`. Names side by
 * side do not lie on each other.
 * @template {{x: number, y: number}} T @param {T[]} labels @param {number} top @param {number} bottom
 * @returns {(T & {end: number})[]} new ones, `end` where their line ends
 */
export function apart(labels, top, bottom) {
  /** @type {(T & {end: number})[][]} */
  const columns = []
  for (const label of [...labels].sort((a, b) => a.x - b.x)) {
    const column = columns.at(-1)
    if (column && label.x - column[column.length - 1].x < RIGHT) column.push({ ...label, end: label.y })
    else columns.push([{ ...label, end: label.y }])
  }
  return columns.flatMap((column) => spread(column.sort((a, b) => a.end - b.end), top, bottom))
}

/** One column of names, in the order of their ends. @template {{y: number, end: number}} T @param {T[]} column @param {number} top @param {number} bottom */
function spread(column, top, bottom) {
  /** Names that touch; `sum` of how far each would stand from the first place of the column. @type {{sum: number, count: number}[]} */
  const touching = []
  column.forEach(({ end }, i) => {
    let last = { sum: end - i * APART, count: 1 }
    for (let before = touching.at(-1); before && before.sum / before.count >= last.sum / last.count; before = touching.at(-1)) {
      touching.pop()
      last = { sum: before.sum + last.sum, count: before.count + last.count }
    }
    touching.push(last)
  })
  const lowest = Math.max(top, bottom - (column.length - 1) * APART)
  const places = touching.flatMap(({ sum, count }) => Array(count).fill(Math.min(Math.max(sum / count, top), lowest)))
  column.forEach((label, i) => {
    label.y = places[i] + i * APART
  })
  return column
}

/** Names at the ends of the lines, each tied to its end where it stands beside it. @param {CanvasRenderingContext2D} context @param {Label[]} labels @param {number} most @param {number} bottom */
function endLabels(context, labels, most, bottom) {
  const placed = apart(labels.map((label) => ({ ...label, x: Math.min(label.x, most - 8) })), TOP, bottom)
  context.textAlign = "left"
  context.font = context.font.replace("15px", "600 15px")
  for (const { text, x, y, end, colour } of placed) {
    const tied = Math.abs(y - end) > NEAR
    Object.assign(context, { fillStyle: colour, strokeStyle: colour, lineWidth: 1 })
    if (tied) line(context, [x + 3, end], [x + TIE - 3, y])
    const left = x + (tied ? TIE : 8)
    context.fillText(text, left, y, RIGHT - 4 - (left - x)) // a long name is written narrower
  }
}

/** The names of the lines, at their ends or, where the drawing is too narrow to hold them, below it. @param {CanvasRenderingContext2D} context @param {HTMLElement} place @param {Label[]} labels @param {number} width @param {number} height */
export function nameLines(context, place, labels, width, height) {
  if (!isSmall(width)) endLabels(context, labels, width - rightOf(width) + 8, lowestName(height))
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
      if (dash) {
        context.setLineDash(dash)
        line(context, [0, 4], [34, 4])
      } else diamond(context, 17, 4, colour, 4)
      return make("span", {}, stroke, text)
    }),
  )
}

/**
 * Have what is under a mouse or a finger read: `read` gets how far right it is, in px, and null once a mouse has left. What a finger
 * has read stays, for it lifts to let one see.
 * @param {HTMLElement} canvas @param {(x: number | null) => void} read
 */
export function readUnder(canvas, read) {
  canvas.onpointerdown = canvas.onpointermove = (event) => read(event.clientX - canvas.getBoundingClientRect().left)
  canvas.onpointerleave = (event) => {
    if (event.pointerType === "mouse") read(null)
  }
}
