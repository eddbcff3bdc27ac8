/**
 * A picture with one marked pixel. A click or the arrow keys move the mark at once; the page follows when the hand rests.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {{side: number, at: [number, number], label: string}} About
 * @typedef {Reports & {data: {about: About, pixels: import("../shared/columns.js").Column}}} Component
 * @typedef {{component: Component, side: number, pixels: ImageData, at: [number, number], timer: ReturnType<typeof setTimeout> | 0}} View
 */

import { outline, picture, stamp } from "../shared/canvas.js"
import { bytes } from "../shared/columns.js"
import { find, isBrowsers, pen } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { isAnswered, report } from "../shared/report.js"
import { clamp } from "../shared/scales.js"

const REST = 250 // milliseconds without a key before the page is told
/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const { data, parentElement } = component
  const canvas = /** @type {HTMLCanvasElement} */ (find(parentElement, "canvas"))
  const { side, at, label } = data.about
  const pixels = picture(bytes(data.pixels), side)
  const view = memory.get(canvas) ?? { component, side, pixels, at, timer: 0 }
  memory.set(canvas, view)
  if (isAnswered(component) && !view.timer) view.at = at // else the hand is ahead of the server
  Object.assign(view, { component, side, pixels })
  /** @param {number} wait */
  const tell = (wait) => {
    clearTimeout(view.timer)
    view.timer = setTimeout(() => {
      view.timer = 0
      report(view.component, "at", view.at)
    }, wait)
  }
  /** @param {number} row @param {number} column @param {number} wait */
  const move = (row, column, wait) => {
    view.at = [clamp(row, side), clamp(column, side)]
    show(canvas, view, label)
    tell(wait)
  }
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect()
    /** @param {number} from @param {number} size */
    const place = (from, size) => Math.floor((from / size) * side)
    move(place(event.clientY - box.top, box.height), place(event.clientX - box.left, box.width), 0)
  }
  canvas.onkeydown = (event) => {
    if (isBrowsers(event)) return
    const by = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key]
    if (!by) return
    event.preventDefault()
    move(view.at[0] + by[0], view.at[1] + by[1], REST)
  }
  show(canvas, view, label)
  return ending(canvas, () => clearTimeout(view.timer))
}

/** @param {HTMLCanvasElement} canvas @param {View} view @param {string} label */
function show(canvas, view, label) {
  canvas.setAttribute("aria-label", `${label} ${view.at.join(", ")}`)
  const size = 10 * view.side
  canvas.width = canvas.height = size
  const context = pen(canvas)
  stamp(context, view.pixels, 0, 0, size, size)
  const [row, column] = view.at
  outline(context, 10 * column - 2, 10 * row - 2, 14, 14, 3)
}
