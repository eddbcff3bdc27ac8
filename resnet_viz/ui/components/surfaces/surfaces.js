/**
 * Two loss surfaces that are turned together, drawn here: dragging one, or an arrow key, turns both. Pointing at one reads both.
 *
 * @typedef {{name: string, plain: boolean, lines: number[]}} Side
 * @typedef {{surfaces: Side[], side: number, reach: number, height: "linear"|"log"|"own", look: "solid"|"map", words: Record<string, string>}} About
 */

import { clamp, make, number, paintScale } from "../shared/paint.js"
import { paintMap, paintSolid } from "./surfaces_paint.js"

const START = { yaw: 0.62, pitch: 0.58 }
const [LOWEST, HIGHEST] = [0.08, 1.5] // radians above the floor
const STEP = Math.PI / 36
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {{data: {about: About, values: any, colours: any}, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".surfaces")
  const view = memory.get(root) ?? { ...START, at: null, waiting: false }
  memory.set(root, view)
  view.root = root
  view.about = data.about
  view.table = data.colours.getChildAt(0).toArray()
  if (!view.frame) build(view)
  unpack(view, data.values.getChildAt(0).toArray())
  label(view)
  paint(view)
  view.observer ??= new ResizeObserver(() => paint(view))
  view.observer.observe(root)
  return () => view.observer.disconnect()
}

function unpack(view, values) {
  const { about } = view
  const count = about.side * about.side
  if (view.at !== null && view.at >= count) view.at = null
  const own = about.surfaces.map((_, n) => Array.from(values.subarray(n * count, (n + 1) * count)))
  view.surfaces.forEach((surface, n) => {
    Object.assign(surface, about.surfaces[n], { side: about.side, values: own[n] })
    surface.inMesh = new Set(surface.lines.flatMap((i) => surface.lines.map((j) => i * about.side + j)))
    surface.scale = scaleOf(about.height, about.height === "own" ? own[n] : own.flat())
  })
}

/** The scale of the heights and colours; missing values are negative. */
function scaleOf(height, values) {
  const known = values.filter((v) => v >= 0)
  const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1]
  return { low, high, log: height === "log", of: height === "log" ? (v) => Math.log(Math.max(v, 1e-6)) : (v) => v }
}

function build(view) {
  view.surfaces = view.about.surfaces.map(() => ({
    canvas: make("canvas"), caption: make("figcaption"), bar: bar(),
  }))
  view.frame = make("div", { className: "pair", tabIndex: 0 })
  view.frame.setAttribute("role", "application")
  for (const { canvas, caption, bar } of view.surfaces) {
    canvas.setAttribute("aria-hidden", "true")
    view.frame.append(make("figure", {}, caption, canvas, bar.row))
  }
  view.shared = bar()
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.root.replaceChildren(view.frame, view.shared.row, view.read)
  listen(view)
}

/** A colour scale with its two ends. */
function bar() {
  const [low, high, canvas] = [make("span"), make("span"), make("canvas", { width: 256, height: 12 })]
  return { row: make("div", { className: "scale" }, low, canvas, high), low, high, canvas }
}

function listen(view) {
  const { frame } = view
  let from = null
  frame.onpointerdown = (event) => {
    point(view, event)
    if (view.about.look !== "solid") return
    from = [event.clientX, event.clientY]
    frame.setPointerCapture(event.pointerId)
  }
  frame.onpointermove = (event) => {
    if (from) {
      turn(view, (event.clientX - from[0]) * 0.009, (event.clientY - from[1]) * 0.009)
      from = [event.clientX, event.clientY]
    } else point(view, event)
  }
  frame.onpointerup = frame.onpointercancel = () => (from = null)
  frame.onpointerleave = (event) => {
    if (!from && event.pointerType === "mouse") read(view, null) // what a finger has read stays
  }
  frame.onkeydown = (event) => {
    const right = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key] ?? 0
    if (event.key === "Home") Object.assign(view, START)
    else if (!right && !up) return
    event.preventDefault()
    if (event.shiftKey || view.about.look === "map") walk(view, up, right)
    else turn(view, right * STEP, up * STEP)
  }
}

/** Both surfaces at once. */
function turn(view, yaw, pitch) {
  view.yaw = (view.yaw + yaw) % (2 * Math.PI)
  view.pitch = Math.max(LOWEST, Math.min(HIGHEST, view.pitch + pitch))
  later(view)
}

/** The reading point goes to the next row or column. */
function walk(view, rows, columns) {
  const { side } = view.about
  const from = view.at ?? (side * side - 1) / 2
  read(view, clamp(Math.floor(from / side) + rows, side) * side + clamp((from % side) + columns, side))
}

/** The measured point next to the pointer. */
function point(view, event) {
  const surface = view.surfaces.find(({ canvas }) => canvas === event.target || canvas.parentElement.contains(event.target))
  if (!surface?.spots) return
  const box = surface.canvas.getBoundingClientRect()
  const [x, y] = [event.clientX - box.left, event.clientY - box.top]
  let [best, at] = [28, null]
  surface.spots.forEach((spot, n) => {
    const far = spot ? Math.hypot(spot[0] - x, spot[1] - y) : Infinity
    if (far < best) [best, at] = [far, n]
  })
  if (at !== view.at) read(view, at)
}

function read(view, at) {
  view.at = at
  later(view)
}

function later(view) {
  if (view.waiting) return
  view.waiting = true
  requestAnimationFrame(() => {
    view.waiting = false
    paint(view)
  })
}

function label(view) {
  const { look, height, words } = view.about
  view.frame.setAttribute("aria-label", words[`surfaces_keys_${look}`])
  view.frame.classList.toggle("turns", look === "solid")
  for (const { caption, name, plain, bar } of view.surfaces) {
    caption.textContent = name
    caption.className = plain ? "plain" : "residual"
    bar.row.hidden = height !== "own"
  }
  view.shared.row.hidden = height === "own"
  const bars = height === "own" ? view.surfaces.map(({ bar, scale }) => [bar, scale]) : [[view.shared, view.surfaces[0].scale]]
  for (const [{ low, high, canvas }, scale] of bars) {
    low.textContent = `${words.surfaces_loss} ${number(scale.low)}`
    high.textContent = number(scale.high)
    paintScale(canvas, view.table)
  }
}

function paint(view) {
  const start = performance.now()
  const style = getComputedStyle(view.root)
  view.grid = style.getPropertyValue("--st-border-color") || "#d0d5dd"
  view.turned = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)]
  for (const surface of view.surfaces) {
    const { canvas } = surface
    const width = canvas.clientWidth
    if (!width) return
    const height = Math.round(Math.max(250, Math.min(450, width * 0.8)))
    const ratio = globalThis.devicePixelRatio || 1
    Object.assign(surface, { width, height, colour: surface.plain ? "#D55E00" : "#0072B2" })
    canvas.style.height = `${height}px`
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    const context = canvas.getContext("2d")
    context.scale(ratio, ratio)
    context.font = `${width < 420 ? 13 : 15}px ${style.fontFamily}`
    const paintOne = view.about.look === "solid" ? paintSolid : paintMap
    paintOne(context, view, surface, style.color)
  }
  say(view)
  performance.measure("surfaces-paint", { start, end: performance.now() })
}

/** The losses at the point that is read, of both. */
function say(view) {
  const { side, reach, words, look } = view.about
  view.root.dataset.turned = `${view.yaw.toFixed(3)} ${view.pitch.toFixed(3)}`
  if (view.at === null) {
    view.read.textContent = words[`surfaces_hint_${look}`]
    return
  }
  const place = (line) => number((reach * (2 * line)) / (side - 1) - reach)
  const told = words.surfaces_at.replace("{a}", place(view.at % side)).replace("{b}", place(Math.floor(view.at / side)))
  const parts = view.surfaces.filter(({ values }) => values[view.at] >= 0).map(({ name, values }) => `${name} ${values[view.at].toFixed(3)}`)
  view.read.textContent = `${told} ${parts.join(" · ")}`
}
