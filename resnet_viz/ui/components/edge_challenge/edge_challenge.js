/**
 * "Make a channel that shows edges only": a 1×1 convolution under the finger, what it makes of a card, and how far that is from the
 * goal; beside it a 3×3 that reaches it. Everything happens here; the server need not know.
 *
 * @typedef {import("../shared/columns.js").Column} Column
 * @typedef {{parentElement: HTMLElement, data: {words: Record<string, string>, colours: Column, tries: number}}} Component
 * @typedef {{words: Record<string, string>, table: Uint8Array, enough: number, weights: number[], relu: boolean, tried: Set<string>,
 *   told: boolean, key: string, own: Output, sliders: {value: HTMLElement, row: HTMLElement}[], verdict: HTMLElement}} View
 * @typedef {{figure: HTMLElement, canvas: HTMLCanvasElement, bars: Record<"surfaces" | "edges", {bar: HTMLElement, value: HTMLElement}>}} Output
 */

import { bytes } from "../shared/columns.js"
import { find, make, pen } from "../shared/dom.js"
import { fill, fixed, whole } from "../shared/numbers.js"
import { colourAt } from "../shared/scales.js"
import { SIDE, colour, filtered, measured, mixed, verdict } from "./card.js"

const START = [1, 0, 0, 0]
const LIMIT = 3
/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const root = find(parentElement, ".edge-challenge")
  const view = memory.get(root) ?? /** @type {View} */ ({ weights: [...START], relu: false, tried: new Set(), told: false })
  memory.set(root, view)
  view.words = data.words
  view.table = bytes(data.colours)
  view.enough = data.tries
  const key = JSON.stringify(data.words)
  if (view.key !== key) {
    view.key = key
    build(view, root)
  }
  draw(view)
}

/** @param {View} view @param {HTMLElement} root */
function build(view, root) {
  const { words } = view
  const card = canvas(words.edge_card)
  paint(card, Uint32Array.from({ length: SIDE * SIDE }, (_, i) => packed(colour(i))))
  const picture = make("figure", {}, make("figcaption", { textContent: words.edge_card }), card)
  view.own = output(words, words.edge_own)
  const other = output(words, words.edge_three)
  show(view, other, filtered())
  const relu = make("input", { type: "checkbox", checked: view.relu })
  relu.onchange = () => {
    view.relu = relu.checked
    tried(view)
  }
  view.sliders = ["R", "G", "B", words.edge_bias].map((name, i) => slider(view, name, i))
  const told = make("button", { type: "button", textContent: words.edge_tell })
  told.onclick = () => {
    view.told = true
    draw(view)
  }
  view.verdict = make("p", { className: "verdict" })
  view.verdict.setAttribute("role", "status")
  root.replaceChildren(
    make(
      "div", { className: "all" }, make("div", { className: "pictures" }, picture, view.own.figure, other.figure),
      make("div", { className: "controls" }, ...view.sliders.map(({ row }) => row), make("label", { className: "relu" }, relu, "ReLU"), told),
    ),
    view.verdict,
  )
}

/** @param {View} view @param {string} name @param {number} i */
function slider(view, name, i) {
  const input = make("input", { type: "range", min: String(-LIMIT), max: String(LIMIT), step: "0.1" })
  input.value = String(view.weights[i])
  input.setAttribute("aria-label", name)
  input.oninput = () => {
    view.weights[i] = input.valueAsNumber
    draw(view)
  }
  input.onchange = () => tried(view)
  const value = make("output")
  return { value, row: make("label", {}, make("b", { textContent: name }), input, value) }
}

/** @param {string} label */
function canvas(label) {
  const made = make("canvas", { width: SIDE, height: SIDE })
  made.setAttribute("role", "img")
  made.setAttribute("aria-label", label)
  return made
}

/** @param {Record<string, string>} words @param {string} title @returns {Output} */
function output(words, title) {
  const picture = canvas(title)
  const bars = { surfaces: { bar: make("i"), value: make("output") }, edges: { bar: make("i"), value: make("output") } }
  const meters = Object.entries(bars).map(([name, { bar, value }]) =>
    make("div", { className: `meter ${name}` }, make("span", { textContent: words[`edge_${name}`] }), value, make("div", { className: "track" }, bar)),
  )
  return { figure: make("figure", {}, make("figcaption", { textContent: title }), picture, ...meters), canvas: picture, bars }
}

/** Another setting has been left standing. @param {View} view */
function tried(view) {
  view.tried.add(JSON.stringify([view.weights, view.relu]))
  draw(view)
}

/** @param {View} view */
function draw(view) {
  const [wr, wg, wb, bias] = view.weights
  const values = mixed((r, g, b) => {
    const y = wr * r + wg * g + wb * b + bias
    return view.relu ? Math.max(0, y) : y
  })
  const found = show(view, view.own, values)
  view.sliders.forEach(({ value }, i) => {
    value.textContent = whole(view.weights[i])
  })
  const said = verdict(found)
  const none = view.told || view.tried.size >= view.enough
  const now = fill(view.words[`edge_said_${said}`], { surfaces: fixed(found.surfaces, 2), edges: fixed(found.edges, 2) })
  const space = document.documentElement.lang.startsWith("zh") ? "" : " "
  view.verdict.textContent = [now, none ? view.words.edge_none : view.words.edge_goal].join(space)
}

/** Draw an output and its two numbers. @param {View} view @param {Output} output @param {Float64Array} values */
function show({ table }, { canvas, bars }, values) {
  const reach = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  paint(canvas, Uint32Array.from(values, (value) => colourAt(table, 0.5 + value / reach / 2)))
  const found = measured(values)
  const most = Math.max(found.surfaces, found.edges) || 1
  for (const [name, { bar, value }] of Object.entries(bars)) {
    const size = found[/** @type {"surfaces" | "edges"} */ (name)]
    bar.style.width = `${(size / most) * 100}%`
    value.textContent = size ? fixed(size, 2) : "0"
  }
  return found
}

/** @param {number[]} rgb from 0 to 1 */
const packed = ([r, g, b]) => 0xff000000 | (Math.round(b * 255) << 16) | (Math.round(g * 255) << 8) | Math.round(r * 255)

/** @param {HTMLCanvasElement} canvas @param {Uint32Array} colours */
function paint(canvas, colours) {
  const image = new ImageData(SIDE, SIDE)
  new Uint32Array(image.data.buffer).set(colours)
  pen(canvas).putImageData(image, 0, 0)
}
