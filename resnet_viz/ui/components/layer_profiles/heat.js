/**
 * All steps of training at once: a strip a line, the network from left to right, steps downwards, one colour scale for all.
 *
 * @typedef {import("./layer_profiles.js").View} View
 * @typedef {import("./layer_profiles.js").Drawn} Drawn
 */

import { paintScale } from "../shared/canvas.js"
import { make, pen } from "../shared/dom.js"
import { scientific, tenTo } from "../shared/numbers.js"
import { clamp, colourAt } from "../shared/scales.js"
import { unitOf } from "./axis.js"

const ROW = 4 // pixels of a step

/** Draw the strips anew where the lines are others, and mark the step. @param {View} view @param {(step: number) => void} go */
export function heat(view, go) {
  const lines = view.lines.filter((line) => !line.ghost)
  const key = `${view.show}/${lines.map((line) => line.name)}/${view.about.steps.length}`
  if (view.heated !== key || view.heatOf !== view.lines) {
    view.heated = key
    view.heatOf = view.lines
    view.heat.replaceChildren(...lines.map((line) => strip(view, line, go)), scale(view))
  }
  for (const mark of view.heat.querySelectorAll("i")) mark.style.top = `${view.step * ROW}px`
}

/** @param {View} view @param {Drawn} line @param {(step: number) => void} go */
function strip(view, line, go) {
  const { steps, words } = view.about
  const canvas = make("canvas", { width: line.count, height: steps.length })
  canvas.setAttribute("role", "img")
  const context = pen(canvas)
  const pixels = context.createImageData(canvas.width, canvas.height)
  const dots = new Uint32Array(pixels.data.buffer)
  const { log } = view.about.views[view.show]
  line.values[view.show].forEach((row, s) => {
    for (let i = 0; i < line.count; i++) dots[s * line.count + i] = colourAt(view.colours, unitOf(row[i], log, view.range[view.show]))
  })
  context.putImageData(pixels, 0, 0)
  canvas.style.height = `${steps.length * ROW}px`
  const frame = make("div", { className: "strip" }, canvas, make("i"))
  frame.onclick = (event) => {
    const box = canvas.getBoundingClientRect()
    go(clamp(Math.floor(((event.clientY - box.top) / box.height) * steps.length), steps.length))
  }
  canvas.setAttribute("aria-label", `${line.name}: ${words.profiles_heat}`)
  return make("figure", {}, make("figcaption", { textContent: `${line.name} · ${words.profiles_heat}` }), frame)
}

/** @param {View} view */
function scale(view) {
  const bar = make("canvas", { width: 128, height: 1, className: "scale" })
  bar.setAttribute("aria-hidden", "true")
  paintScale(bar, view.colours)
  const [low, high] = view.range[view.show].map((end) => (view.about.views[view.show].log ? tenTo(end) : scientific(end)))
  return make("div", { className: "legend" }, low, bar, high)
}
