/**
 * A basic block and a bottleneck beside each other with true areas. They grow under the finger; the server hears of it when it lifts.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {import("./sizes.js").Fair} Fair
 * @typedef {import("./sizes.js").Block} Block
 * @typedef {{channels: number, fair: Fair, stops: number[], shown: boolean, words: Record<string, string>}} About
 * @typedef {Reports & {data: {about: About, heard?: number}}} Component
 * @typedef {{component: Component, about: About, channels: number, fair: Fair, words: string, root: HTMLElement, slider: HTMLInputElement, isHeld: () => boolean,
 *   label: HTMLElement, value: HTMLElement, choices: Record<Fair, HTMLButtonElement>, zoom: HTMLElement, panels: Record<"basic" | "bottleneck", Panel>}} View
 * @typedef {{title: HTMLElement, picture: SVGSVGElement, shapes: SVGGElement[], lines: HTMLElement[], sum: HTMLElement}} Panel
 */

import { find, make } from "../shared/dom.js"
import { holding } from "../shared/held.js"
import { fill } from "../shared/numbers.js"
import { isAnswered, report } from "../shared/report.js"
import { blocks, unitOf, zoomOf } from "./sizes.js"

const SVG = "http://www.w3.org/2000/svg"
const WIDTH = 240
const HEIGHT = 376
const ROWS = { basic: [1, 1], bottleneck: [1, 2, 1] } // how the height is shared
const TOP = 18
const BOTTOM = 354
const MIDDLE = 128
/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const root = find(component.parentElement, ".block-areas")
  const view = memory.get(root) ?? /** @type {View} */ ({ root })
  memory.set(root, view)
  const { about } = component.data
  view.component = component
  if (view.channels === undefined || (isAnswered(component) && !view.isHeld())) {
    view.channels = about.channels
    view.fair = about.fair
  }
  view.about = about
  const words = JSON.stringify(about.words)
  if (view.words !== words) {
    view.words = words
    build(view)
  }
  draw(view)
}

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Element} children */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  element.append(...children)
  return element
}

/** @param {View} view */
function build(view) {
  const { words } = view.about
  const { basic, bottleneck } = blocks(view.channels, view.fair)
  view.panels = { basic: panel(basic), bottleneck: panel(bottleneck) }
  view.slider = make("input", { type: "range", min: "0", step: "1" })
  view.label = make("span")
  view.slider.oninput = () => {
    view.channels = view.about.stops[view.slider.valueAsNumber]
    draw(view)
  }
  view.isHeld = holding(view.slider)
  view.slider.onchange = () => report(view.component, "channels", view.channels)
  view.value = make("output")
  /** @param {Fair} fair */
  const choice = (fair) => {
    const button = make("button", { type: "button", textContent: words[`area_${fair}`] })
    button.onclick = () => {
      view.fair = fair
      draw(view)
      report(view.component, "fair", fair)
    }
    return button
  }
  view.choices = { width: choice("width"), cost: choice("cost") }
  view.zoom = make("p", { className: "zoom" })
  const fairness = make("div", { className: "fair" }, view.choices.width, view.choices.cost)
  fairness.setAttribute("role", "group")
  fairness.setAttribute("aria-label", words.area_fair)
  view.root.replaceChildren(
    make("div", { className: "pair" }, ...Object.values(view.panels).map(element)),
    make("div", { className: "controls" }, make("label", {}, view.label, view.slider, view.value), fairness),
    view.zoom,
  )
}

/** @param {Panel} panel */
function element({ title, picture, lines, sum }) {
  const list = make("div", { className: `lines rows-${lines.length}` }, ...lines)
  return make("section", { className: "panel" }, title, make("div", { className: "block" }, picture, list), sum)
}

/** @param {Block} block @returns {Panel} */
function panel({ convolutions }) {
  const shapes = convolutions.map(({ kernel }) => {
    const third = 1 / 6
    const grid = kernel === 3 ? `M${-third} -.5V.5M${third} -.5V.5M-.5 ${-third}H.5M-.5 ${third}H.5` : ""
    const group = svg("g", { class: `shape k${kernel}` }, svg("rect", { x: -0.5, y: -0.5, width: 1, height: 1 }), svg("path", { d: grid }))
    return /** @type {SVGGElement} */ (group)
  })
  const around = `M${MIDDLE} ${TOP - 8}H12V${BOTTOM + 8}H${MIDDLE - 9}`
  const picture = svg(
    "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" },
    svg("path", { d: `M${MIDDLE} 4V${HEIGHT - 2}`, class: "wire" }), svg("path", { d: around, class: "skip" }), ...shapes,
    svg("circle", { cx: MIDDLE, cy: BOTTOM + 8, r: 9, class: "plus" }),
    svg("path", { d: `M${MIDDLE - 5} ${BOTTOM + 8}h10M${MIDDLE} ${BOTTOM + 3}v10`, class: "sign" }),
  )
  const lines = shapes.map(() => make("div"))
  return { title: make("h3"), picture: /** @type {SVGSVGElement} */ (picture), shapes, lines, sum: make("p", { className: "sum" }) }
}

/** @param {View} view */
function draw(view) {
  const { channels, fair, about } = view
  const both = blocks(channels, fair)
  const unit = unitOf(channels)
  show(view, "basic", both.basic, unit, true)
  show(view, "bottleneck", both.bottleneck, unit, about.shown)
  view.label.textContent = about.words[fair === "cost" ? "area_channels_cost" : "area_channels"]
  view.slider.setAttribute("aria-label", view.label.textContent)
  view.slider.max = String(about.stops.length - 1)
  view.slider.value = String(about.stops.indexOf(channels))
  view.slider.setAttribute("aria-valuetext", String(channels))
  view.value.textContent = String(channels)
  for (const [name, button] of Object.entries(view.choices)) {
    button.setAttribute("aria-pressed", String(name === fair))
    button.disabled = !about.shown
  }
  const zoom = zoomOf(channels)
  view.zoom.textContent = zoom > 1 ? fill(about.words.area_zoom, { zoom }) : ""
}

/** @param {View} view @param {"basic" | "bottleneck"} name @param {Block} block @param {number} unit @param {boolean} shown */
function show(view, name, block, unit, shown) {
  const { words } = view.about
  const { title, picture, shapes, lines, sum } = view.panels[name]
  const rows = ROWS[name]
  const pitch = (BOTTOM - TOP) / rows.reduce((a, b) => a + b, 0)
  let top = TOP
  title.textContent = fill(words[`area_title_${name}`], { channels: block.channels })
  picture.classList.toggle("unknown", !shown)
  block.convolutions.forEach(({ kernel, from, to, wide, tall, macs, share }, i) => {
    const middle = top + (rows[i] * pitch) / 2
    top += rows[i] * pitch
    const [w, h] = shown ? [wide * unit, tall * unit] : [44, 30]
    shapes[i].style.transform = `translate(${MIDDLE}px, ${middle}px) scale(${w}, ${h})`
    const cost = shown ? `${macs.toLocaleString("en")} = ${share}·C²` : "?"
    lines[i].replaceChildren(make("b", { textContent: `${kernel}×${kernel}, ${from} → ${to}` }), make("span", { textContent: cost }))
  })
  const total = shown ? `${block.macs.toLocaleString("en")} = ${block.share}·C²` : "?"
  sum.textContent = fill(words.area_sum, { total })
  picture.setAttribute("aria-label", [title.textContent, ...lines.map((line) => [...line.children].map((c) => c.textContent).join(": ")), sum.textContent].join("; "))
}
