/**
 * One residual block, an operation at a time. Everything travels once; stepping, playing and following a number are the
 * browser's. The server is told where the class has stopped, for the link, and which number it follows.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {import("../shared/columns.js").Column} Column
 * @typedef {import("./tiles.js").Place} Place
 * @typedef {{name: string, kind: string, code: string, term: string, label: string, why: string, reads: number[], shape: string,
 *   count: number, height: number, width: number, low: number, high: number, zeros: number, histogram: number[], hand: import("./by_hand.js").Hand}} Step
 * @typedef {{steps: Step[], formula: [string, string][], place: Place, start: number, turn: number, svgs: string[], decimals: number,
 *   words: Record<string, string>}} About
 * @typedef {{about: About, values: Column, colours: Column}} Data
 * @typedef {Reports & {data: Data}} Component
 * @typedef {ReturnType<typeof setTimeout>} Timer
 * @typedef {{walk: import("./walk.js").Walk, turn?: number, timer?: Timer, reporting?: Timer, following?: Timer,
 *   component: Component, about: About, values: Float64Array[], tables: Uint8Array[], place: Place, wanted: string, shape: string,
 *   panelKey: string, signed: boolean, root: HTMLElement, formula: HTMLElement, figure: HTMLElement, lines: HTMLElement[],
 *   play: HTMLButtonElement, left: HTMLDetailsElement, narrow?: boolean, why: HTMLElement, slider: HTMLInputElement, count: HTMLElement, panels: HTMLElement, canvases: HTMLCanvasElement[],
 *   histogram: HTMLCanvasElement, spread: HTMLElement, scale: HTMLCanvasElement, scaleLow: HTMLElement, scaleHigh: HTMLElement,
 *   read: HTMLElement, shapeLine: HTMLElement, observer?: ResizeObserver}} View
 */

import { line, outline, paintScale, ratioOf, stamp } from "../shared/canvas.js"
import { bytes } from "../shared/columns.js"
import { around, find, isBrowsers, make, pen } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { fill, fixed, number, percent } from "../shared/numbers.js"
import { inflated, unpacked } from "../shared/packed.js"
import { report } from "../shared/report.js"
import { rove, stopAt } from "../shared/roving.js"
import { clamp, colourAt, scaleEnds } from "../shared/scales.js"
import { isDark } from "../shared/theme.js"
import { arithmetic } from "./by_hand.js"
import { cornerOf, layOut, placeAt, placeIn } from "./tiles.js"
import { given, goTo, ticked, toggled } from "./walk.js"
import { showNumbers, stepNamed } from "./wire.js"

const PAUSE = 1600 // ms on each step while playing
const NARROW = 620 // px, as in the style
const REPORT = 500 // ms of rest before the server hears of a step
/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const root = find(component.parentElement, ".stepper")
  const view = memory.get(root) ?? /** @type {View} */ ({ walk: { at: 0, playing: false }, wanted: "", shape: "", root })
  memory.set(root, view)
  view.component = component
  const { data } = component
  inflated(bytes(data.values)).then((values) => {
    if (view.component.data === data) take(view, data, values) // else newer data have come
  })
  return ending(root, () => {
    view.observer?.disconnect()
    clearTimeout(view.timer)
    clearTimeout(view.reporting)
  })
}

/** Show what has come. @param {View} view @param {Data} data @param {Uint8Array} values inflated */
function take(view, data, values) {
  const { about } = data
  const unit = 10 ** -about.decimals
  const grids = about.steps.map(({ count, height, width }) => ({ planes: count, height, width }))
  view.about = about
  view.values = unpacked(values, grids).map((grid) => Float64Array.from(grid, (value) => value * unit))
  view.tables = [bytes(data.colours).subarray(0, 768), bytes(data.colours).subarray(768)]
  view.walk = given(view.walk, view.turn, about, about.steps.length)
  view.turn = about.turn
  if (view.wanted === String(about.place)) view.wanted = ""
  if (!view.wanted) view.place = [...about.place] // else this is the answer to an earlier place
  const shape = JSON.stringify([about.steps.map((s) => [s.code, s.count]), about.formula, about.words, about.svgs])
  if (view.shape !== shape) {
    view.shape = shape
    view.wanted = "" // it was in another block
    view.place = [...about.place]
    build(view)
    view.narrow = undefined
  }
  for (const svg of view.figure.children) svg.classList.toggle("dark", isDark(getComputedStyle(view.root)))
  unfold(view)
  show(view)
  view.observer ??= new ResizeObserver(() => {
    unfold(view)
    show(view)
  })
  view.observer.observe(view.root)
}

/** Code and histogram are folded on a phone, where they have no room beside the tiles. @param {View} view */
function unfold(view) {
  const narrow = view.root.clientWidth <= NARROW
  if (narrow !== view.narrow) view.left.open = !narrow
  view.narrow = narrow
}

// Elements

/** @param {View} view */
function build(view) {
  const { about, root } = view
  const say = about.words
  view.formula = make("div", { className: "formula" }, ...about.formula.map(([text, term]) => part(text, term)))
  view.figure = make("div", { className: "block", innerHTML: about.svgs.join("") })
  view.figure.setAttribute("role", "region")
  view.figure.setAttribute("aria-label", say.step_diagram)
  view.lines = about.steps.map((step, i) => make("button", { type: "button", textContent: step.code, onclick: () => go(view, i) }))
  /** @param {string} name @param {() => void} act */
  const button = (name, act) => {
    const made = make("button", { type: "button", className: "control", innerHTML: icon(name), title: say[`step_${name}`], onclick: act })
    made.setAttribute("aria-label", say[`step_${name}`])
    return made
  }
  view.play = make("button", { type: "button", className: "control wide", onclick: () => toggle(view) })
  view.slider = make("input", { type: "range", min: "0", max: String(about.steps.length - 1), oninput: () => go(view, Number(view.slider.value)) })
  view.slider.setAttribute("aria-label", say.step_which)
  view.count = make("span", { className: "count" })
  const controls = [
    button("first", () => go(view, 0)), button("back", () => go(view, view.walk.at - 1)),
    button("next", () => go(view, view.walk.at + 1)), button("last", () => go(view, about.steps.length - 1)),
  ]
  const bar = make("div", { className: "bar", role: "toolbar", ariaLabel: say.step_which }, ...controls, view.slider, view.count, view.play)
  rove(bar, () => [...controls, view.play])
  view.panels = make("div", { className: "panels" })
  view.histogram = make("canvas", { width: 640, height: 150 })
  view.histogram.setAttribute("role", "img")
  view.scale = make("canvas", { width: 220, height: 12 })
  view.scaleLow = make("span")
  view.scaleHigh = make("span")
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.shapeLine = make("div", { className: "shapes" })
  view.why = make("div", { className: "why" })
  view.why.setAttribute("aria-live", "polite")
  const stage = make(
    "div", { className: "stage", tabIndex: 0 }, view.panels,
    make("div", { className: "scale" }, view.shapeLine, view.scaleLow, view.scale, view.scaleHigh),
  )
  stage.setAttribute("role", "application")
  stage.setAttribute("aria-label", say.step_stage)
  view.spread = make("div", { className: "quiet" })
  const code = make("div", { className: "code" }, ...view.lines)
  rove(code, () => view.lines)
  view.left = make(
    "details", { className: "left" }, make("summary", { textContent: say.step_more }),
    code, view.histogram, view.spread,
  )
  const hint = make("div", { className: "quiet hint", textContent: say.step_hand })
  const right = make("div", { className: "right" }, view.why, stage, view.read, hint)
  root.replaceChildren(view.figure, make("div", { className: "head" }, view.formula, bar), make("div", { className: "main" }, view.left, right))
  root.onkeydown = (event) => key(view, event)
  root.classList.toggle("many", about.steps.length > 9)
  view.figure.onclick = (event) => {
    const i = stepNamed(view.about.steps, around(event, "[data-name]")?.dataset.name)
    if (i >= 0) go(view, i)
  }
}

/** Symbols drawn, since no font has them everywhere. @type {Record<string, string>} */
const ICONS = { first: "M5 4v12M16 4L8 10l8 6z", back: "M14 4L6 10l8 6z", next: "M6 4l9 6-9 6z", last: "M4 4l8 6-8 6zM15 4v12" }
/** @param {string} name */
const icon = (name) => `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`

/** @param {string} text @param {string} term */
const part = (text, term) => make("span", { className: term ? `term ${term === "+" ? "plus" : term}` : "", textContent: text })

// Moving

/** @param {View} view @param {number} at */
function go(view, at) {
  view.walk = goTo(view.walk, at, view.about.steps.length)
  moved(view)
}

/** @param {View} view */
function toggle(view) {
  view.walk = toggled(view.walk, view.about.steps.length)
  moved(view)
}

/** Show where the class stands, and wait: while playing for the next step, else to tell of this one. @param {View} view */
function moved(view) {
  clearTimeout(view.timer)
  clearTimeout(view.reporting)
  if (view.walk.playing) {
    view.timer = setTimeout(() => {
      view.walk = ticked(view.walk, view.about.steps.length)
      moved(view)
    }, PAUSE)
  } else {
    view.reporting = setTimeout(() => report(view.component, "step", view.walk.at), REPORT)
  }
  show(view)
}

/** @param {View} view @param {Place} place */
function follow(view, place) {
  const last = lastOf(view)
  view.place = [clamp(place[0], last.count), clamp(place[1], last.height), clamp(place[2], last.width)]
  view.wanted = String(view.place)
  show(view)
  clearTimeout(view.following)
  view.following = setTimeout(() => report(view.component, "place", view.place), 150)
}

/** The step whose value is the block's output. @param {View} view */
const lastOf = (view) => view.about.steps[view.about.steps.length - 1]

/** @param {View} view @param {KeyboardEvent} event */
function key(view, event) {
  if (isBrowsers(event) || around(event, "input")) return
  const across = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1 })[event.key] ?? 0
  const down = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 })[event.key] ?? 0
  const [channel, row, column] = view.place
  if (event.shiftKey && (across || down)) follow(view, [channel, row + down, column + across])
  else if (down) follow(view, [channel + down, row, column])
  else if (across) go(view, view.walk.at + across)
  else if (event.key === "Home") go(view, 0)
  else if (event.key === "End") go(view, view.about.steps.length - 1)
  else if (event.key === " " && !around(event, "button, summary")) toggle(view)
  else return
  event.preventDefault()
}

// Painting

/** @param {View} view */
function show(view) {
  const start = performance.now()
  const { about } = view
  const { at, playing } = view.walk
  const step = about.steps[at]
  const say = about.words
  view.lines.forEach((line, i) => {
    line.classList.toggle("now", i === at)
    line.setAttribute("aria-current", i === at ? "step" : "false")
  })
  stopAt(view.lines, view.lines[at])
  for (const term of view.formula.querySelectorAll(".term")) {
    term.classList.toggle("now", term.classList.contains(step.term === "+" ? "plus" : step.term))
  }
  showNumbers(view.figure, about.steps, at, (i) => fixed(valueAt(view, i), 3))
  view.why.replaceChildren(...step.why.split("*").map((text, i) => (i % 2 ? make("b", { textContent: text }) : text)))
  view.slider.value = String(at)
  view.count.textContent = `${at + 1} / ${about.steps.length}`
  view.play.textContent = say[playing ? "step_pause" : "step_play"]
  const reads = [...new Set(step.reads)]
  view.shapeLine.textContent = [reads.map((i) => about.steps[i].shape).join(" + "), step.shape].filter(Boolean).join(" → ")
  paintPanels(view, [...reads, at])
  paintHistogram(view, step)
  view.spread.textContent = fill(say.step_spread, { low: number(step.low), high: number(step.high), zeros: percent(step.zeros) })
  view.read.replaceChildren(...reading(view, step))
  performance.measure("step-paint", { start, end: performance.now() })
}

/** The values that go in and the value that comes out, on one colour scale. @param {View} view @param {number[]} shown indices of steps */
function paintPanels(view, shown) {
  const { steps } = view.about
  const [low, high] = [Math.min(...shown.map((i) => steps[i].low)), Math.max(...shown.map((i) => steps[i].high))]
  const ends = scaleEnds(low, high)
  const table = view.tables[low < 0 ? 1 : 0]
  view.signed = low < 0
  const key = shown.join()
  if (view.panelKey !== key + view.shape) {
    view.panelKey = key + view.shape
    const signs = /** @type {Record<number, string[]>} */ ({ 3: ["", "+", "="], 2: ["", "→"] })[shown.length] ?? [""]
    view.canvases = shown.map((i) => {
      const canvas = make("canvas")
      canvas.onclick = (event) => {
        const box = canvas.getBoundingClientRect()
        const place = placeAt(steps[i], lastOf(view), box.width, event.clientX - box.left, event.clientY - box.top)
        if (place) follow(view, place)
      }
      return canvas
    })
    view.panels.replaceChildren(
      ...shown.flatMap((i, n) => [
        make("div", { className: "between", textContent: signs[n] }),
        make("figure", {}, make("figcaption", { textContent: steps[i].label }), view.canvases[n]),
      ]),
    )
    view.panels.style.setProperty("--panels", String(Math.max(2, shown.length)))
  }
  shown.forEach((i, n) => {
    paintTiles(view, i, view.canvases[n], ends, table)
  })
  paintScale(view.scale, table)
  view.scaleLow.textContent = number(ends[0])
  view.scaleHigh.textContent = number(ends[1])
}

/** @param {View} view @param {number} i @param {HTMLCanvasElement} canvas @param {[number, number]} ends @param {Uint8Array} table */
function paintTiles(view, i, canvas, [bottom, top], table) {
  const step = view.about.steps[i]
  const ratio = ratioOf(canvas)
  const width = canvas.clientWidth || 300
  const lay = layOut(step, width)
  canvas.style.aspectRatio = `${width} / ${lay.whole}`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(lay.whole * ratio)
  const context = pen(canvas)
  context.scale(ratio, ratio)
  const size = step.height * step.width
  const pixels = new ImageData(step.width, step.height)
  const words = new Uint32Array(pixels.data.buffer)
  const spread = top > bottom ? top - bottom : 1
  const [channel, row, column] = placeIn(view.place, step, lastOf(view))
  for (let c = 0; c < step.count; c++) {
    const [x, y] = cornerOf(lay, c)
    for (let p = 0; p < size; p++) words[p] = colourAt(table, (view.values[i][c * size + p] - bottom) / spread)
    stamp(context, pixels, x, y, lay.tile, lay.high)
    if (c === channel) {
      const [wide, high] = [lay.tile / step.width, lay.high / step.height]
      outline(context, x + 1, y + 1, lay.tile - 2, lay.high - 2, 2)
      outline(context, x + column * wide, y + row * high, wide, high, 1.5)
    }
  }
}

/** The blue or the vermilion of the diverging table: bars take the colours of the tiles beside them. @param {Uint8Array} table @param {number} value */
function signColour(table, value) {
  const at = 3 * (value < 0 ? 32 : 223)
  return `rgb(${table.slice(at, at + 3).join(" ")})`
}

/** @param {View} view @param {Step} step */
function paintHistogram(view, step) {
  const canvas = view.histogram
  const context = pen(canvas)
  const { width, height } = canvas
  context.clearRect(0, 0, width, height)
  const most = Math.max(...step.histogram, 1)
  const bar = width / step.histogram.length
  const style = getComputedStyle(canvas)
  step.histogram.forEach((count, i) => {
    const value = step.low + ((i + 0.5) / step.histogram.length) * (step.high - step.low)
    context.fillStyle = view.signed ? signColour(view.tables[1], value) : style.getPropertyValue("--st-primary-color")
    const tall = count ? Math.max(2, (Math.sqrt(count) / Math.sqrt(most)) * (height - 4)) : 0
    context.fillRect(i * bar + 1, height - tall, bar - 2, tall)
  })
  if (step.low < 0 && step.high > 0) {
    const zero = (-step.low / (step.high - step.low)) * width
    context.strokeStyle = style.color
    context.setLineDash([4, 4])
    line(context, [zero, 0], [zero, height])
  }
  canvas.setAttribute("aria-label", fill(view.about.words.step_histogram, { low: number(step.low), high: number(step.high) }))
}

// One number by hand

/** The number that is followed, behind step i. @param {View} view @param {number} i */
function valueAt(view, i) {
  const step = view.about.steps[i]
  const [channel, row, column] = placeIn(view.place, step, lastOf(view))
  return view.values[i][(channel * step.height + row) * step.width + column]
}

/** @param {View} view @param {Step} step */
function reading(view, step) {
  const { steps, words } = view.about
  const known = String(view.place) === String(view.about.place)
  const [channel, row, column] = placeIn(view.place, step, lastOf(view))
  const where = make("span", { className: "quiet", textContent: fill(words.step_where, { channel, row, column }) })
  const text = arithmetic(step, valueAt(view, steps.indexOf(step)), step.reads.map((i) => valueAt(view, i)), known, words)
  return [where, make("div", { className: "sum", textContent: text })]
}
