/**
 * Values along a network, a line a network, on a linear or a logarithmic axis. Where there are several steps of training, a slider
 * and a play button walk through them.
 *
 * @typedef {{name: string, kind: string, ghost: boolean, dash: number, count: number, labels: string[]}} Line
 * @typedef {import("./axis.js").Look & {name: string, still: boolean}} Look
 * @typedef {{lines: Line[], views: Look[], steps: number[], ticks: [number, string][], axis: string, words: Record<string, string>}} About
 * @typedef {import("../shared/columns.js").Column} Column
 * @typedef {{about: About, values: Column}} Data
 * @typedef {Line & {x: Float32Array, values: Float32Array[][]}} Drawn  values: [view][step][point]
 * @typedef {{show: number, step: number, at: number | null, shape: string, width: number, height: number, timer: ReturnType<typeof setInterval> | 0, about: About,
 *   lines: Drawn[], range: [number, number][], root: HTMLElement, canvas?: HTMLCanvasElement, names: HTMLElement,
 *   read: HTMLElement, fields: HTMLElement, player: HTMLElement, slider: HTMLInputElement, play: HTMLButtonElement, when: HTMLElement,
 *   observer?: ResizeObserver}} View
 * @typedef {ReturnType<typeof sheet> & {down: (value: number) => number}} Sheet
 */

import { disc, sheet } from "../shared/canvas.js"
import { floats } from "../shared/columns.js"
import { find, isBrowsers, make } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { BOTTOM, LEFT, TOP, cursorLine, dashOf, heightOf, nameLines, numberAt, numbersAt, readUnder, rightOf, rule } from "../shared/lines.js"
import { fill, scientific } from "../shared/numbers.js"
import { tone } from "../shared/palette.js"
import { between, clamp } from "../shared/scales.js"
import { across, isFreerAtStart, isFreerBelow, nearest, nearestTo, rangeOf, ticksOf, unitOf } from "./axis.js"
import { pause, play } from "./player.js"

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = find(parentElement, ".profiles")
  const view = memory.get(root) ?? /** @type {View} */ ({ show: 0, step: 0, at: null, shape: "", timer: 0, root })
  memory.set(root, view)
  unpack(view, data)
  if (view.shape !== shapeOf(data.about)) build(view)
  words(view)
  paint(view)
  view.observer ??= new ResizeObserver(() => paint(view))
  view.observer.observe(root)
  return ending(root, () => {
    view.observer?.disconnect()
    pause(view)
  })
}

/** What decides which elements there are. @param {About} about */
const shapeOf = (about) => `${about.views.map((look) => look.name)}/${about.steps.length > 1}`

/** @param {View} view @param {Data} data */
function unpack(view, data) {
  const { about } = data
  const all = floats(data.values)
  let at = 0
  /** @param {number} count */
  const take = (count) => all.subarray(at, (at += count))
  const places = about.lines.map((line) => take(line.count))
  const values = about.views.map(() => about.lines.map((line) => about.steps.map(() => take(line.count))))
  view.about = about
  view.lines = about.lines.map((line, i) => ({ ...line, x: places[i], values: values.map((look) => look[i]) }))
  view.step = clamp(view.step, about.steps.length)
  view.show = clamp(view.show, about.views.length)
  view.range = about.views.map((look, v) => rangeOf(look, view.lines.flatMap((line) => line.values[v])))
}

/** @param {View} view */
function build(view) {
  pause(view)
  const { about } = view
  view.shape = shapeOf(about)
  const canvas = make("canvas", { tabIndex: 0 })
  canvas.setAttribute("role", "application")
  view.canvas = canvas
  view.names = make("div", { className: "names" })
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.fields = make("fieldset", { hidden: about.views.length < 2 }, make("legend"))
  about.views.forEach((_look, index) => {
    const input = make("input", { type: "radio", name: "profile", value: String(index), checked: view.show === index })
    input.onchange = () => {
      view.show = index
      paint(view)
    }
    view.fields.append(make("label", {}, input, make("span", { className: `word-${index}` })))
  })
  view.slider = make("input", { type: "range", min: "0", step: "1" })
  view.slider.oninput = () => {
    view.step = Number(view.slider.value)
    stop(view)
  }
  view.play = make("button", { type: "button", className: "play" })
  view.play.onclick = () => (view.timer ? stop(view) : play(view, () => paint(view)))
  view.when = make("output")
  view.player = make("div", { className: "player" }, view.play, view.slider, view.when)
  view.root.replaceChildren(view.fields, canvas, view.names, view.read, view.player)
  readUnder(canvas, (x) => {
    view.at = x === null ? null : nearestTo(leader(view).x, x, view.width)
    paint(view)
  })
  canvas.onkeydown = (event) => {
    if (isBrowsers(event)) return
    const last = leader(view).count - 1
    const here = view.at ?? -1
    const next = /** @type {Record<string, number>} */ ({ ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last })[event.key]
    if (next === undefined) return
    event.preventDefault()
    view.at = between(0, next, last)
    paint(view)
  }
}

/** @param {View} view */
function words(view) {
  const { about } = view
  const say = about.words
  find(view.fields, "legend").textContent = say.profiles_show
  about.views.forEach(({ name }, index) => {
    find(view.root, `.word-${index}`).textContent = say[`profiles_${name}`]
  })
  view.canvas?.setAttribute("aria-label", say.profiles_label)
  view.slider.setAttribute("aria-label", say.profiles_step)
  view.slider.max = String(about.steps.length - 1)
}

/** The step that is shown: views that are known at the start only stay there. @param {View} view */
const stepOf = (view) => (view.about.views[view.show].still ? 0 : view.step)

/** The line whose places the cursor walks along: the first that has a name. @param {View} view */
const leader = (view) => view.lines.find((line) => !line.ghost) ?? view.lines[0]

/** @param {View} view */
function paint(view) {
  const width = view.root.clientWidth
  if (!width || !view.canvas) return
  const start = performance.now()
  const height = heightOf(width, 0.4, 400)
  Object.assign(view, { width, height })
  const look = view.about.views[view.show]
  const range = view.range[view.show]
  /** @param {number} value */
  const down = (value) => height - BOTTOM - between(0, unitOf(value, look.log, range), 1) * (height - TOP - BOTTOM)
  const on = { ...sheet(view.root, view.canvas, width, height), down }
  const { context } = on
  axes(view, on)
  const labels = []
  for (const line of [...view.lines].sort((a, b) => Number(b.ghost) - Number(a.ghost))) {
    const [colour, dash] = [tone(line.kind, on.dark, on.ink), dashOf(line.dash)]
    Object.assign(context, { strokeStyle: colour, globalAlpha: line.ghost ? 0.35 : 1, lineWidth: line.ghost ? 1.5 : 3, lineJoin: "round" })
    context.setLineDash(dash)
    const end = stroke(context, line, line.values[view.show][stepOf(view)], width, down)
    if (end && !line.ghost) labels.push({ text: line.name, x: end[0], y: end[1], colour, dash })
  }
  context.globalAlpha = 1
  context.setLineDash([])
  nameLines(context, view.names, labels, width, height)
  cursor(view, on)
  player(view)
  performance.measure("profiles-paint", { start, end: performance.now() })
}

/** Draw a line, with gaps where there are no values; its last point. @param {CanvasRenderingContext2D} context @param {Drawn} line @param {Float32Array} values @param {number} width @param {(value: number) => number} down */
function stroke(context, line, values, width, down) {
  let pen = false
  /** @type {[number, number] | null} */
  let end = null
  context.beginPath()
  for (let i = 0; i < line.count; i++) {
    if (Number.isFinite(values[i])) {
      end = [across(line.x[i], width), down(values[i])]
      context[pen ? "lineTo" : "moveTo"](...end)
    }
    pen = Number.isFinite(values[i])
  }
  context.stroke()
  return end
}

/** @param {View} view @param {Sheet} on */
function axes(view, { context, ink, grid, down }) {
  const { width, height, about, show, range } = view
  const look = about.views[show]
  const right = width - rightOf(width)
  context.lineWidth = 1
  context.fillStyle = ink
  context.textAlign = "right"
  for (const [value, text] of ticksOf(look.log, range[show])) rule(context, down(value), right, text, grid)
  if (look.mark !== null) {
    rule(context, down(look.mark), right, "", ink, [2, 4])
    context.globalAlpha = 0.85
    const top = down(look.mark) < TOP + 20 // then there is room only below, and only where lines start
    const rows = view.lines.map((line) => line.values[show][stepOf(view)].map(down))
    const left = top || isFreerAtStart(rows, down(look.mark))
    const below = top || isFreerBelow(rows, down(look.mark), height - BOTTOM, left)
    context.textAlign = left ? "left" : "right"
    context.fillText(about.words[`profiles_mark_${look.name}`], left ? LEFT + 12 : right - 6, down(look.mark) + (below ? 13 : -11))
    context.globalAlpha = 1
  }
  context.textAlign = "center"
  for (const [place, text] of about.ticks) {
    context.fillText(text, numberAt(across(place, width), context.measureText(text).width), numbersAt(height))
  }
  context.textAlign = "left"
  const title = about.words[`profiles_axis_${about.axis}`]
  const left = Math.max(0, Math.min(LEFT, width - context.measureText(title).width))
  context.fillText(title, left, height - 8, width - left) // one that is longer than the drawing is written narrower
}

/** @param {View} view @param {Sheet} on */
function cursor(view, on) {
  const { about, at, width, height } = view
  const first = leader(view)
  if (at === null || at >= first.count) {
    view.read.textContent = about.words.profiles_hint
    return
  }
  cursorLine(on.context, across(first.x[at], width), height, on.ink)
  const parts = view.lines.filter((line) => !line.ghost).flatMap((line) => {
    const i = nearest(line.x, first.x[at])
    const value = line.values[view.show][stepOf(view)][i]
    if (!Number.isFinite(value)) return []
    disc(on.context, across(line.x[i], width), on.down(value), 4, tone(line.kind, on.dark, on.ink))
    const where = line.labels[i] === first.labels[at] ? "" : ` (${line.labels[i]})`
    return [`${line.name} ${scientific(value)}${where}`]
  })
  view.read.textContent = parts.length ? `${first.labels[at]}: ${parts.join(" · ")}` : about.words.profiles_hint
}

// Steps of training

/** @param {View} view */
function stop(view) {
  pause(view)
  paint(view)
}

/** @param {View} view */
function player(view) {
  const { about } = view
  const still = about.steps.length < 2 || about.views[view.show].still
  view.player.hidden = still
  if (still) return
  view.slider.value = String(view.step)
  view.play.textContent = view.timer ? "❚❚" : "▶"
  view.play.setAttribute("aria-label", about.words[view.timer ? "profiles_pause" : "profiles_play"])
  const told = fill(about.words.profiles_when, { step: about.steps[view.step].toLocaleString(document.documentElement.lang || "en") })
  view.when.textContent = told
  view.slider.setAttribute("aria-valuetext", told)
}
