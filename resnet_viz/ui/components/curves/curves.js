/**
 * Training curves that grow while one watches. New points only lengthen the lines: nothing flickers and nothing moves that need not.
 *
 * @typedef {{name: string, plain: boolean, ghost: boolean, dash: number, count: number}} Line
 * @typedef {{name: string, percent: boolean, chance: number}} View
 * @typedef {{view: number, value: number, text: string}} Mark
 * @typedef {{lines: Line[], views: View[], marks: Mark[], steps: number, axis: string, words: Record<string, string>}} About
 */

import { BOTTOM, DASHES, LEFT, TOP, endLabels, legend, rightOf, sheet, tone } from "../shared/lines.js"
import { make } from "../shared/paint.js"

/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {{data: {about: About, values: any}, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".curves")
  const view = memory.get(root) ?? { show: 0, at: null }
  memory.set(root, view)
  unpack(view, data)
  if (!view.canvas) build(root, view)
  words(view)
  paint(view)
  view.observer ??= new ResizeObserver(() => paint(view))
  view.observer.observe(root)
  return () => view.observer.disconnect()
}

function unpack(view, data) {
  view.about = data.about
  const values = data.values.getChildAt(0).toArray()
  let at = 0
  view.lines = data.about.lines.map((line) => {
    const take = () => values.subarray(at, (at += line.count)).subarray(0, data.about.steps) // a ghost may have come further
    return { ...line, count: Math.min(line.count, data.about.steps), values: [take(), take()] }
  })
}

function build(root, view) {
  view.canvas = make("canvas", { tabIndex: 0 })
  view.canvas.setAttribute("role", "application")
  view.names = make("div", { className: "names" })
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.switch = make("fieldset", {}, make("legend"))
  for (const index of [0, 1]) {
    const input = make("input", { type: "radio", name: "curve", value: index, checked: view.show === index })
    input.onchange = () => {
      view.show = index
      paint(view)
    }
    view.switch.append(make("label", {}, input, make("span", { className: `word-${index}` })))
  }
  root.replaceChildren(view.switch, view.canvas, view.names, view.read)
  view.root = root
  view.canvas.onpointermove = (event) => {
    const box = view.canvas.getBoundingClientRect()
    view.at = stepAt(view, event.clientX - box.left)
    paint(view)
  }
  view.canvas.onpointerleave = () => {
    view.at = null
    paint(view)
  }
  view.canvas.onkeydown = (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key]
    if (!move) return
    event.preventDefault()
    view.at = Math.max(1, Math.min(view.about.steps, (view.at ?? 0) + move))
    paint(view)
  }
}

function words(view) {
  const say = view.about.words
  view.switch.querySelector("legend").textContent = say.curves_show
  view.about.views.forEach(({ name }, index) => (view.root.querySelector(`.word-${index}`).textContent = say[`curves_${name}`]))
  view.canvas.setAttribute("aria-label", say.curves_label)
}

/** Pixels of a step and back. */
const across = (view, step) => LEFT + ((step - 1) / Math.max(1, view.about.steps - 1)) * (view.width - LEFT - right(view))
const right = (view) => rightOf(view.width)
const stepAt = (view, x) => {
  const step = Math.round(1 + ((x - LEFT) / (view.width - LEFT - right(view))) * (view.about.steps - 1))
  return step >= 1 && step <= view.about.steps ? step : null
}

function paint(view) {
  const start = performance.now()
  const { canvas, about } = view
  const width = view.root.clientWidth
  if (!width) return
  const height = Math.round(Math.max(260, Math.min(430, width * 0.42)))
  Object.assign(view, { width, height })
  const { context, style, ink, grid } = sheet(view.root, canvas, width, height)
  const most = topOf(view)
  const down = (value) => height - BOTTOM - (Math.min(value, most) / most) * (height - TOP - BOTTOM)
  axes(view, context, { ink, grid, most, down })
  const labels = []
  const order = [...view.lines].sort((a, b) => Number(b.ghost) - Number(a.ghost))
  for (const line of order) {
    const values = line.values[view.show]
    context.strokeStyle = tone(style, line.plain ? "plain" : "residual")
    context.globalAlpha = line.ghost ? 0.25 : 1
    context.lineWidth = line.ghost ? 1.5 : 3
    context.lineJoin = "round"
    context.setLineDash(DASHES[line.dash % DASHES.length])
    context.beginPath()
    for (let i = 0; i < line.count; i++) context[i ? "lineTo" : "moveTo"](across(view, i + 1), down(values[i]))
    context.stroke()
    if (line.count && !line.ghost) labels.push({ text: line.name, x: across(view, line.count), y: down(values[line.count - 1]), colour: context.strokeStyle, dash: DASHES[line.dash % DASHES.length] })
  }
  context.globalAlpha = 1
  context.setLineDash([])
  for (const mark of about.marks.filter((mark) => mark.view === view.show)) {
    const [x, y] = [across(view, about.steps), down(mark.value)]
    context.fillStyle = ink
    context.beginPath()
    for (const [dx, dy] of [[0, -7], [7, 0], [0, 7], [-7, 0]]) context.lineTo(x + dx, y + dy)
    context.fill()
    labels.push({ text: mark.text, x, y, colour: ink, dash: [7, 99] })
  }
  if (width >= 520) endLabels(context, labels, width - right(view) + 8, height - BOTTOM + 4)
  legend(view.names, width < 520 ? labels : [])
  cursor(view, context, { ink, style, down })
  performance.measure("curves-paint", { start, end: performance.now() })
}

/** The upper end of the axis: a quarter above what there is, or a loss that leaves the first steps of a deep network outside. */
function topOf(view) {
  const most = Math.max(0, ...view.lines.map((line) => largest(line.values[view.show])))
  return view.about.views[view.show].percent ? Math.min(1, Math.ceil((most || 1) * 4 + 0.01) / 4) : Math.max(2.5, Math.min(6, most))
}

const shown = (view, value, digits = 0) =>
  view.about.views[view.show].percent ? `${(value * 100).toFixed(digits)}%` : value.toFixed(2)

const largest = (values) => values.reduce((a, b) => (b > a ? b : a), 0)

function axes(view, context, { ink, grid, most, down }) {
  const { about, width, height } = view
  context.lineWidth = 1
  context.fillStyle = ink
  const { percent, chance } = about.views[view.show]
  const ticks = (percent ? [0, 0.25, 0.5, 0.75, 1] : [0, 1, 2, 3, 4, 5, 6]).filter((v) => v <= most)
  for (const tick of ticks) {
    context.strokeStyle = grid
    context.beginPath()
    context.moveTo(LEFT, down(tick))
    context.lineTo(width - right(view), down(tick))
    context.stroke()
    context.textAlign = "right"
    context.fillText(percent ? `${Math.round(tick * 100)}%` : String(tick), LEFT - 8, down(tick))
  }
  if (chance <= most) {
    context.strokeStyle = ink
    context.setLineDash([2, 4])
    context.beginPath()
    context.moveTo(LEFT, down(chance))
    context.lineTo(width - right(view), down(chance))
    context.stroke()
    context.setLineDash([])
    context.textAlign = "right"
    context.globalAlpha = 0.8
    context.fillText(about.words.curves_chance, width - right(view) - 6, down(chance) - 11)
    context.globalAlpha = 1
  }
  const every = [1, 5, 10, 20, 50, 100, 200, 500].find((n) => about.steps / n <= 7) ?? 1000
  context.textAlign = "center"
  for (let step = every; step <= about.steps; step += every) context.fillText(String(step), across(view, step), height - BOTTOM + 14)
  context.textAlign = "left"
  if (every > 1) context.fillText(about.words[`curves_axis_${about.axis}`], LEFT, height - BOTTOM + 14)
  else context.fillText(about.words[`curves_axis_${about.axis}`], width - right(view) + 12, height - BOTTOM + 14)
}

function cursor(view, context, { ink, style, down }) {
  if (view.at === null) {
    view.read.textContent = view.about.words.curves_hint
    return
  }
  const x = across(view, view.at)
  context.strokeStyle = ink
  context.globalAlpha = 0.5
  context.beginPath()
  context.moveTo(x, TOP)
  context.lineTo(x, view.height - BOTTOM)
  context.stroke()
  context.globalAlpha = 1
  const parts = view.lines.filter((line) => line.count >= view.at && !line.ghost).map((line) => {
    const value = line.values[view.show][view.at - 1]
    context.fillStyle = tone(style, line.plain ? "plain" : "residual")
    context.beginPath()
    context.arc(x, down(value), 4, 0, 7)
    context.fill()
    return `${line.name} ${shown(view, value, view.about.steps < 100 ? 1 : 0)}`
  })
  view.read.textContent = `${view.about.words[`curves_at_${view.about.axis}`].replace("{step}", String(view.at))} ${parts.join(" · ")}`
}
