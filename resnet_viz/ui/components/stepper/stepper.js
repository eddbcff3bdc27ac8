/**
 * One residual block, an operation at a time. Everything travels once; stepping, playing and following a number are the
 * browser's. The server is told where the class has stopped, for the link, and which number it follows.
 *
 * @typedef {{channel: number, row: number, column: number, value: number, weight: number}} Product
 * @typedef {{channel: number, row: number, column: number, result: number, parts: number[], products: Product[], terms: number}} Hand
 * @typedef {{name: string, kind: string, code: string, term: string, label: string, reads: number[], shape: string, count: number,
 *   height: number, width: number, low: number, high: number, zeros: number, histogram: number[], hand: Hand}} Step
 * @typedef {{steps: Step[], formula: [string, string][], place: number[], start: number, turn: number, svg: string, words: Record<string, string>}} About
 * @typedef {import("../shared/report.js").Component & {data: {about: About, values: any, colours: any}}} Component
 */

import { clamp, colourAt, make, number, outline, paintScale, scaleEnds, stamp } from "../shared/paint.js"
import { report } from "../shared/report.js"

const COLUMNS = 4
const GAP = 4
const PAUSE = 1600 // ms on each step while playing at speed 1
const REPORT = 500 // ms of rest before the server hears of a step
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const root = component.parentElement.querySelector(".stepper")
  const view = memory.get(root) ?? { at: 0, speed: 1, playing: 0, turn: undefined }
  memory.set(root, view)
  view.component = component
  unpack(view, component.data)
  const { about } = view
  if (view.turn !== about.turn) Object.assign(view, { turn: about.turn, at: about.start })
  view.at = clamp(view.at, about.steps.length)
  if (view.wanted === String(about.place)) view.wanted = ""
  if (!view.wanted) view.place = [...about.place] // else this is the answer to an earlier place
  const shape = JSON.stringify([about.steps.map((s) => [s.code, s.count]), about.formula, about.words, about.svg])
  if (view.shape !== shape) {
    view.shape = shape
    view.wanted = "" // it was in another block
    view.place = [...about.place]
    build(root, view)
  }
  show(view)
  view.observer ??= new ResizeObserver(() => show(view))
  view.observer.observe(root)
  return () => {
    view.observer.disconnect()
    clearTimeout(view.playing)
    clearTimeout(view.reporting)
  }
}

function unpack(view, data) {
  const [values, colours] = [data.values, data.colours].map((c) => c.getChildAt(0).toArray())
  let at = 0
  view.about = data.about
  view.values = data.about.steps.map((s) => values.subarray(at, (at += s.count * s.height * s.width)))
  view.tables = [colours.subarray(0, 768), colours.subarray(768)]
}

// Elements

function build(root, view) {
  const { about } = view
  const say = about.words
  view.formula = make("div", { className: "formula" }, ...about.formula.map(([text, term]) => part(text, term)))
  view.figure = make("div", { className: "block", tabIndex: 0, innerHTML: about.svg })
  view.figure.setAttribute("role", "region")
  view.figure.setAttribute("aria-label", say.step_diagram)
  const svg = view.figure.firstElementChild
  svg.classList.remove("file")
  svg.classList.toggle("dark", isDark(root))
  view.lines = about.steps.map((step, i) => {
    const line = make("button", { type: "button", textContent: step.code, onclick: () => go(view, i) })
    return line
  })
  const button = (name, act) => {
    const made = make("button", { type: "button", className: "control", innerHTML: icon(name), title: say[`step_${name}`], onclick: act })
    made.setAttribute("aria-label", say[`step_${name}`])
    return made
  }
  view.play = button("play", () => toggle(view))
  view.slider = make("input", { type: "range", min: "0", max: String(about.steps.length - 1), oninput: () => go(view, Number(view.slider.value)) })
  view.slider.setAttribute("aria-label", say.step_which)
  view.count = make("span", { className: "count" })
  const speed = make("select", { onchange: () => (view.speed = Number(speed.value)) })
  speed.setAttribute("aria-label", say.step_speed)
  for (const times of [0.5, 1, 2, 4]) speed.append(make("option", { value: String(times), textContent: `${times}×`, selected: times === view.speed }))
  const bar = make(
    "div", { className: "bar" }, button("first", () => go(view, 0)), button("back", () => go(view, view.at - 1)), view.play,
    button("next", () => go(view, view.at + 1)), view.slider, view.count, speed,
  )
  view.panels = make("div", { className: "panels" })
  view.histogram = make("canvas", { width: 640, height: 150 })
  view.histogram.setAttribute("role", "img")
  view.scale = make("canvas", { width: 220, height: 12 })
  view.scaleLow = make("span")
  view.scaleHigh = make("span")
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.shapeLine = make("div", { className: "shapes" })
  const stage = make(
    "div", { className: "stage", tabIndex: 0 }, view.shapeLine, view.panels,
    make("div", { className: "scale" }, view.scaleLow, view.scale, view.scaleHigh),
  )
  stage.setAttribute("role", "application")
  stage.setAttribute("aria-label", say.step_stage)
  const code = make("div", { className: "code" }, ...view.lines)
  view.spread = make("div", { className: "quiet" })
  const under = make("div", { className: "under" }, make("div", {}, view.histogram, view.spread), make("div", {}, make("div", { className: "quiet", textContent: say.step_hand }), view.read))
  root.replaceChildren(view.figure, make("div", { className: "head" }, view.formula, bar), make("div", { className: "main" }, code, stage), under)
  root.onkeydown = (event) => key(view, event)
  root.style.setProperty("--lines", String(about.steps.length))
  view.figure.onclick = (event) => {
    const name = event.target.closest("[data-name]")?.dataset.name
    const i = about.steps.findIndex((step) => step.name === name || (step.kind === "input" && name?.endsWith(".downsample")))
    if (i >= 0) go(view, i)
  }
  for (const item of view.figure.querySelectorAll("[data-name]")) {
    for (const name of ["role", "tabindex", "aria-label"]) item.removeAttribute(name) // the lines of code are the buttons
  }
}

/** Symbols drawn, since no font has them everywhere. */
const ICONS = { first: "M5 4v12M16 4L8 10l8 6z", back: "M14 4L6 10l8 6z", play: "M6 4l9 6-9 6z", pause: "M7 4v12M13 4v12", next: "M5 4l8 6-8 6zM15 4v12" }
const icon = (name) => `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`

const part = (text, term) => make("span", { className: term ? `term ${term === "+" ? "plus" : term}` : "", textContent: text })

function isDark(root) {
  const [r, g, b] = getComputedStyle(root).getPropertyValue("--st-background-color").match(/\w\w/g)?.map((h) => parseInt(h, 16)) ?? [255, 255, 255]
  return r + g + b < 384
}

// Moving

function go(view, at) {
  view.at = clamp(at, view.about.steps.length)
  if (view.playing) schedule(view)
  show(view)
  tell(view)
}

function toggle(view) {
  if (view.playing) {
    clearTimeout(view.playing)
    view.playing = 0
    tell(view)
  } else {
    if (view.at === view.about.steps.length - 1) view.at = 0
    schedule(view)
  }
  show(view)
}

function schedule(view) {
  clearTimeout(view.playing)
  view.playing = setTimeout(() => {
    view.at = clamp(view.at + 1, view.about.steps.length)
    if (view.at < view.about.steps.length - 1) schedule(view)
    else view.playing = 0
    show(view)
    tell(view)
  }, PAUSE / view.speed)
}

/** The step goes into the link once the class has stopped on it. */
function tell(view) {
  clearTimeout(view.reporting)
  if (view.playing) return
  view.reporting = setTimeout(() => report(view.component, "step", view.at), REPORT)
}

function follow(view, place) {
  const last = view.about.steps.at(-1)
  view.place = [clamp(place[0], last.count), clamp(place[1], last.height), clamp(place[2], last.width)]
  view.wanted = String(view.place)
  show(view)
  clearTimeout(view.following)
  view.following = setTimeout(() => report(view.component, "place", view.place), 150)
}

function key(view, event) {
  if (["INPUT", "SELECT"].includes(event.target.tagName)) return
  const [across, down] = [{ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0, { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0]
  const [channel, row, column] = view.place
  if (event.shiftKey && (across || down)) follow(view, [channel, row + down, column + across])
  else if (down) follow(view, [channel + down, row, column])
  else if (across) go(view, view.at + across)
  else if (event.key === "Home") go(view, 0)
  else if (event.key === "End") go(view, view.about.steps.length - 1)
  else if (event.key === " " && event.target.tagName !== "BUTTON") toggle(view)
  else return
  event.preventDefault()
}

// Painting

function show(view) {
  const start = performance.now()
  const { about, at } = view
  const step = about.steps[at]
  const say = about.words
  view.lines.forEach((line, i) => {
    line.classList.toggle("now", i === at)
    line.setAttribute("aria-current", i === at ? "step" : "false")
  })
  for (const term of view.formula.querySelectorAll(".term")) {
    term.classList.toggle("now", term.classList.contains(step.term === "+" ? "plus" : step.term))
  }
  const shortcut = step.kind === "input"
  for (const item of view.figure.querySelectorAll("[data-name]")) {
    item.classList.toggle("selected", item.dataset.name === step.name || (shortcut && item.dataset.kind === "layer" && item.dataset.name.endsWith(".downsample")))
  }
  const now = view.figure.querySelector(".selected")
  if (now && view.figure.scrollWidth > view.figure.clientWidth) {
    const [outer, inner] = [view.figure.getBoundingClientRect(), now.getBoundingClientRect()]
    view.figure.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2
  }
  view.figure.querySelector(".arc")?.classList.toggle("now", step.term === "x" || step.term === "+")
  view.slider.value = String(at)
  view.count.textContent = `${at + 1} / ${about.steps.length}`
  view.play.innerHTML = icon(view.playing ? "pause" : "play")
  const playName = say[view.playing ? "step_pause" : "step_play"]
  view.play.setAttribute("aria-label", playName)
  view.play.title = playName
  const reads = [...new Set(step.reads)]
  view.shapeLine.textContent = [reads.map((i) => about.steps[i].shape).join(" + "), step.shape].filter(Boolean).join(" → ")
  paintPanels(view, [...reads, at])
  paintHistogram(view, step)
  view.spread.textContent = fill(say.step_spread, { low: number(step.low), high: number(step.high), zeros: `${Math.round(step.zeros * 100)}%` })
  view.read.replaceChildren(...reading(view, step))
  performance.measure("step-paint", { start, end: performance.now() })
}

/** The values that go in and the value that comes out, on one colour scale. @param {number[]} shown indices of steps */
function paintPanels(view, shown) {
  const { steps } = view.about
  const [low, high] = [Math.min(...shown.map((i) => steps[i].low)), Math.max(...shown.map((i) => steps[i].high))]
  const ends = scaleEnds(low, high)
  const table = view.tables[low < 0 ? 1 : 0]
  view.signed = low < 0
  const key = shown.join()
  if (view.panelKey !== key + view.shape) {
    view.panelKey = key + view.shape
    const signs = { 3: ["", "+", "="], 2: ["", "→"] }[shown.length] ?? [""]
    view.canvases = shown.map((i) => {
      const canvas = make("canvas")
      canvas.onclick = (event) => pick(view, i, canvas, event)
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
  shown.forEach((i, n) => paintTiles(view, i, view.canvases[n], ends, table))
  paintScale(view.scale, table)
  view.scaleLow.textContent = number(ends[0])
  view.scaleHigh.textContent = number(ends[1])
}

function paintTiles(view, i, canvas, [bottom, top], table) {
  const step = view.about.steps[i]
  const ratio = globalThis.devicePixelRatio || 1
  const width = canvas.clientWidth || 300
  const columns = Math.min(COLUMNS, step.count)
  const tile = (width - GAP * (columns - 1)) / columns
  const high = (tile * step.height) / step.width
  const rows = Math.ceil(step.count / columns)
  canvas.style.aspectRatio = `${width} / ${rows * (high + GAP) - GAP}`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round((rows * (high + GAP) - GAP) * ratio)
  const context = canvas.getContext("2d")
  context.scale(ratio, ratio)
  const size = step.height * step.width
  const pixels = new ImageData(step.width, step.height)
  const words = new Uint32Array(pixels.data.buffer)
  const spread = top > bottom ? top - bottom : 1
  const [channel, row, column] = placeIn(view, step)
  for (let c = 0; c < step.count; c++) {
    const [x, y] = [(c % columns) * (tile + GAP), Math.floor(c / columns) * (high + GAP)]
    for (let p = 0; p < size; p++) words[p] = colourAt(table, (view.values[i][c * size + p] - bottom) / spread)
    stamp(context, pixels, x, y, tile, high)
    if (c === channel) {
      outline(context, x + 1, y + 1, tile - 2, high - 2, 2)
      outline(context, x + (column * tile) / step.width, y + (row * high) / step.height, tile / step.width, high / step.height, 1.5)
    }
  }
}

/** Where the followed number lies in a step's own value. */
function placeIn(view, step) {
  const last = view.about.steps.at(-1)
  const [channel, row, column] = view.place
  const scaled = (at, own, of) => clamp(at * Math.ceil(own / of), own)
  return [channel % step.count, scaled(row, step.height, last.height), scaled(column, step.width, last.width)]
}

function pick(view, i, canvas, event) {
  const step = view.about.steps[i]
  const last = view.about.steps.at(-1)
  const box = canvas.getBoundingClientRect()
  const columns = Math.min(COLUMNS, step.count)
  const tile = (box.width - GAP * (columns - 1)) / columns
  const high = (tile * step.height) / step.width
  const [x, y] = [event.clientX - box.left, event.clientY - box.top]
  const [column, row] = [Math.floor(x / (tile + GAP)), Math.floor(y / (high + GAP))]
  const channel = row * columns + column
  if (channel >= step.count) return
  const inside = (at, size, count, of) => Math.floor((clamp(Math.floor((at / size) * count), count) * of) / count)
  follow(view, [channel, inside(y - row * (high + GAP), high, step.height, last.height), inside(x - column * (tile + GAP), tile, step.width, last.width)])
}

/** The blue or the vermilion of the diverging table: bars take the colours of the tiles beside them. */
function signColour(table, value) {
  const at = 3 * (value < 0 ? 32 : 223)
  return `rgb(${table.slice(at, at + 3).join(" ")})`
}

function paintHistogram(view, step) {
  const canvas = view.histogram
  const context = canvas.getContext("2d")
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
    context.beginPath()
    context.moveTo(zero, 0)
    context.lineTo(zero, height)
    context.stroke()
  }
  canvas.setAttribute("aria-label", fill(view.about.words.step_histogram, { low: number(step.low), high: number(step.high) }))
}

// One number by hand

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])
const digits = (v) => v.toFixed(3).replace("-", "−").replace(/^−0\.000$/, "0.000")
const bracket = (v) => (digits(v).startsWith("−") ? `(${digits(v)})` : digits(v))
/** `=` where the rounded numbers add up as shown, `≈` where only the unrounded ones do. */
const equals = (shown, result) => (Math.abs(shown - Number(result.toFixed(3))) < 5e-4 ? "=" : "≈")
const rounded = (v) => Number(v.toFixed(3))

function reading(view, step) {
  const say = view.about.words
  const [channel, row, column] = placeIn(view, step)
  const where = make("div", { className: "quiet", textContent: fill(say.step_where, { channel, row, column }) })
  return [where, make("div", { className: "sum", textContent: arithmetic(view, step) })]
}

function arithmetic(view, step) {
  const say = view.about.words
  const value = (i) => {
    const s = view.about.steps[i]
    const [c, r, k] = placeIn(view, s)
    return view.values[i][(c * s.height + r) * s.width + k]
  }
  const result = value(view.about.steps.indexOf(step))
  const known = String(view.place) === String(view.about.place)
  const { parts, products, terms } = step.hand
  if (step.kind === "add") {
    const [f, x] = step.reads.map(value)
    return `${digits(f)} + ${bracket(x)} ${equals(rounded(f) + rounded(x), result)} ${digits(result)}`
  }
  if (step.kind === "relu") return `max(0, ${digits(value(step.reads[0]))}) = ${digits(result)}`
  if (step.kind === "input") return digits(result)
  if (!known) return `… = ${digits(result)}`
  if (step.kind === "zero-pad") return parts.length ? fill(say.step_taken, { value: digits(result) }) : say.step_padded
  if (step.kind === "bn") {
    const [v, mean, variance, , scale, shift] = parts
    return `(${digits(v)} − ${bracket(mean)}) / √${digits(variance)} · ${bracket(scale)} + ${bracket(shift)} ≈ ${digits(result)}`
  }
  const shown = products.map((p) => `${digits(p.value)}·${bracket(p.weight)}`)
  return `${shown.join(" + ")} + ${fill(say.step_others, { count: terms - products.length, rest: bracket(parts[0]) })} ≈ ${digits(result)}`
}
