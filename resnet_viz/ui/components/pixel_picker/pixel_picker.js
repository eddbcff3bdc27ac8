/**
 * A picture with one marked pixel. A click or the arrow keys move the mark at once; the page follows when the hand rests.
 *
 * @typedef {{side: number, at: [number, number], label: string}} About
 * @typedef {import("../shared/report.js").Component & {data: {about: About, pixels: any, heard: number}}} Component
 */

import { clamp, outline, stamp } from "../shared/paint.js"
import { isAnswered, report } from "../shared/report.js"

const REST = 250 // milliseconds without a key before the page is told
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const { data, parentElement } = component
  const canvas = parentElement.querySelector("canvas")
  const state = memory.get(canvas) ?? {}
  memory.set(canvas, state)
  const { side, at, label } = data.about
  state.component = component
  if (!state.at || (isAnswered(component) && !state.timer)) state.at = at // else the hand is ahead of the server
  state.side = side
  state.pixels = rgba(data.pixels.getChildAt(0).toArray(), side)
  canvas.setAttribute("aria-label", `${label} ${state.at.join(", ")}`)
  const tell = (wait) => {
    clearTimeout(state.timer)
    state.timer = setTimeout(() => {
      state.timer = 0
      report(state.component, "at", state.at)
    }, wait)
  }
  const move = (row, column, wait) => {
    state.at = [clamp(row, side), clamp(column, side)]
    canvas.setAttribute("aria-label", `${label} ${state.at.join(", ")}`)
    paint(canvas, state)
    tell(wait)
  }
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect()
    const place = (from, size) => Math.floor((from / size) * side)
    move(place(event.clientY - box.top, box.height), place(event.clientX - box.left, box.width), 0)
  }
  canvas.onkeydown = (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (!by) return
    event.preventDefault()
    move(state.at[0] + by[0], state.at[1] + by[1], REST)
  }
  paint(canvas, state)
  return () => clearTimeout(state.timer)
}

function rgba(bytes, side) {
  const pixels = new ImageData(side, side)
  for (let i = 0; i < side * side; i++) pixels.data.set([bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2], 255], 4 * i)
  return pixels
}

function paint(canvas, state) {
  const size = 10 * state.side
  canvas.width = canvas.height = size
  const context = canvas.getContext("2d")
  stamp(context, state.pixels, 0, 0, size, size)
  const [row, column] = state.at
  outline(context, 10 * column - 2, 10 * row - 2, 14, 14, 3)
}
