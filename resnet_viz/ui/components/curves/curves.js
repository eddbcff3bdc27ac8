/**
 * Training curves that grow while one watches. New points only lengthen the lines: nothing flickers and nothing moves that need not.
 * A line with a topic gets its points from the live channel.
 *
 * @typedef {{name: string, kind: string, strength: number, count: number, topic: string}} Line
 * @typedef {{name: string, percent: boolean, chance: number | null}} Look
 * @typedef {{view: number, value: number, text: string}} Mark
 * @typedef {{lines: Line[], views: Look[], marks: Mark[], steps: number, axis: string, words: Record<string, string>}} About
 * @typedef {{about: About, values: import("../shared/columns.js").Column}} Data
 * @typedef {Line & {values: ArrayLike<number>[]}} Drawn
 * @typedef {ReturnType<typeof sheet> & {down: (value: number) => number, top: number}} Sheet
 * @typedef {{show: number, at: number | null, width: number, height: number, about: About, lines: Drawn[], root: HTMLElement,
 *   canvas?: HTMLCanvasElement, names: HTMLElement, read: HTMLElement, fields: HTMLElement, observer?: ResizeObserver}} View
 */

import { disc, sheet } from "../shared/canvas.js"
import { floats } from "../shared/columns.js"
import { find, isBrowsers, make } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { channel, listen } from "../shared/live.js"
import { BOTTOM, LEFT, TOP, cursorLine, diamond, heightOf, nameLines, numbersAt, readUnder, rightOf, rule } from "../shared/lines.js"
import { fill, fixed, percent } from "../shared/numbers.js"
import { dashOfKind, deepened, tone } from "../shared/palette.js"
import { between } from "../shared/scales.js"
import { across, stepAt, stepsApart, ticksUp, topOf } from "./axis.js"

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = find(parentElement, ".curves")
  const view = memory.get(root) ?? /** @type {View} */ ({ show: 0, at: null, root })
  memory.set(root, view)
  unpack(view, data)
  if (!view.canvas) build(view)
  words(view)
  grow(view)
  paint(view)
  view.observer ??= new ResizeObserver(() => paint(view))
  view.observer.observe(root)
  const end = listen(root, () => {
    if (grow(view)) paint(view)
  })
  return ending(root, () => {
    end()
    view.observer?.disconnect()
  })
}

/** Take what the channel has told of the lines; whether there is anything new. @param {View} view */
function grow(view) {
  let isNew = false
  for (const each of view.lines) {
    const told = each.topic ? channel().topics.get(each.topic) : undefined
    const values = view.about.views.map(({ name }) => told?.columns[name] ?? [])
    if (!told || (values[0].length === each.count && values[0] === each.values[0])) continue
    Object.assign(each, { values, count: values[0].length })
    isNew = true
  }
  return isNew
}

/** @param {View} view @param {Data} data */
function unpack(view, data) {
  view.about = data.about
  if (view.at !== null) view.at = Math.min(view.at, data.about.steps) // what is read stays on the axis
  const values = floats(data.values)
  let at = 0
  view.lines = data.about.lines.map((each) => {
    const take = () => values.subarray(at, (at += each.count))
    return { ...each, values: [take(), take()] }
  })
}

/** @param {View} view */
function build(view) {
  const canvas = make("canvas", { tabIndex: 0 })
  canvas.setAttribute("role", "application")
  view.canvas = canvas
  view.names = make("div", { className: "names" })
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.fields = make("fieldset", {}, make("legend"))
  for (const index of [0, 1]) {
    const input = make("input", { type: "radio", name: "curve", value: String(index), checked: view.show === index })
    input.onchange = () => {
      view.show = index
      paint(view)
    }
    view.fields.append(make("label", {}, input, make("span", { className: `word-${index}` })))
  }
  view.root.replaceChildren(view.fields, canvas, view.names, view.read)
  readUnder(canvas, (x) => {
    view.at = x === null ? null : stepAt(x, view.about.steps, view.width)
    paint(view)
  })
  canvas.onkeydown = (event) => {
    if (isBrowsers(event)) return
    const move = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10 })[event.key]
    if (!move) return
    event.preventDefault()
    view.at = between(1, (view.at ?? 0) + move, view.about.steps)
    paint(view)
  }
}

/** @param {View} view */
function words(view) {
  const say = view.about.words
  find(view.fields, "legend").textContent = say.curves_show
  view.about.views.forEach(({ name }, index) => {
    find(view.root, `.word-${index}`).textContent = say[`curves_${name}`]
  })
  view.canvas?.setAttribute("aria-label", say.curves_label)
}

/** The colour of a line: that of its kind, the deeper the nearer to the page's ink. @param {Drawn} each @param {Sheet} on */
const colourOf = (each, on) => deepened(tone(each.kind === "plain" ? "plain" : "residual", on.dark, on.ink), each.strength, on.ink)

/** @param {View} view */
function paint(view) {
  const start = performance.now()
  const { canvas, about } = view
  const width = view.root.clientWidth
  if (!width || !canvas) return
  const height = heightOf(width, 0.42, 430)
  Object.assign(view, { width, height })
  const top = topOf(Math.max(0, ...view.lines.map((each) => largest(each.values[view.show]))), about.views[view.show].percent)
  /** @param {number} value */
  const down = (value) => height - BOTTOM - (Math.min(value, top) / top) * (height - TOP - BOTTOM)
  const on = { ...sheet(view.root, canvas, width, height), top, down }
  const { context } = on
  axes(view, on)
  /** @type {import("../shared/lines.js").Label[]} */
  const labels = []
  for (const each of view.lines) {
    const values = each.values[view.show]
    const [colour, dash] = [colourOf(each, on), dashOfKind(each.kind)]
    Object.assign(context, { strokeStyle: colour, lineWidth: 3, lineJoin: "round" })
    context.setLineDash(dash)
    context.beginPath()
    for (let i = 0; i < each.count; i++) context[i ? "lineTo" : "moveTo"](across(i + 1, about.steps, width), down(values[i]))
    context.stroke()
    if (each.count) labels.push({ text: each.name, x: across(each.count, about.steps, width), y: down(values[each.count - 1]), colour, dash })
  }
  context.setLineDash([])
  nameLines(context, view.names, [...labels, ...marks(view, on)], width, height)
  cursor(view, on)
  performance.measure("curves-paint", { start, end: performance.now() })
}

/** Draw the published figures, and give their names. @param {View} view @param {Sheet} on */
function marks({ about, show, width }, { context, ink, down }) {
  return about.marks.filter((mark) => mark.view === show).map((mark) => {
    const [x, y] = [across(about.steps, about.steps, width), down(mark.value)]
    diamond(context, x, y, ink)
    return { text: mark.text, x, y, colour: ink }
  })
}

/** @param {ArrayLike<number>} values */
const largest = (values) => Array.from(values).reduce((a, b) => (b > a ? b : a), 0)

/** @param {View} view @param {Sheet} on */
function axes({ about, width, height, show }, { context, ink, grid, top, down }) {
  const right = width - rightOf(width)
  const { percent: shares, chance } = about.views[show]
  context.lineWidth = 1
  context.fillStyle = ink
  context.textAlign = "right"
  for (const tick of ticksUp(top, shares)) rule(context, down(tick), right, shares ? percent(tick) : String(tick), grid)
  if (chance !== null && chance <= top) {
    rule(context, down(chance), right, "", ink, [2, 4])
    context.globalAlpha = 0.8
    context.fillText(about.words.curves_chance, right - 6, down(chance) - 11)
    context.globalAlpha = 1
  }
  const every = stepsApart(about.steps)
  context.textAlign = "center"
  for (let step = every; step <= about.steps; step += every) context.fillText(String(step), across(step, about.steps, width), numbersAt(height))
  context.textAlign = "left"
  context.fillText(about.words[`curves_axis_${about.axis}`], every > 1 ? LEFT : right + 12, numbersAt(height))
}

/** @param {View} view @param {Sheet} on */
function cursor(view, on) {
  const { about, at, show, width, height } = view
  if (at === null) {
    view.read.textContent = about.words.curves_hint
    return
  }
  const x = across(at, about.steps, width)
  cursorLine(on.context, x, height, on.ink)
  const parts = view.lines.filter((each) => each.count >= at).map((each) => {
    const value = each.values[show][at - 1]
    disc(on.context, x, on.down(value), 4, colourOf(each, on))
    return `${each.name} ${about.views[show].percent ? percent(value, about.steps < 100 ? 1 : 0) : fixed(value, 2)}`
  })
  view.read.textContent = `${fill(about.words[`curves_at_${about.axis}`], { step: at })} ${parts.join(" · ")}`
}
