/**
 * Two loss surfaces that are turned together, drawn here: dragging one, or an arrow key, turns both. Pointing at one reads both.
 *
 * @typedef {{name: string, title: string, plain: boolean, lines: number[]}} Side
 * @typedef {{surfaces: Side[], side: number, reach: number, height: "linear" | "log" | "own", look: "solid" | "map", note: string, words: Record<string, string>}} About
 * @typedef {import("../shared/columns.js").Column} Column
 * @typedef {{about: About, values: Column, colours: Column}} Data
 * @typedef {ReturnType<typeof bar>} Bar
 * @typedef {Side & {canvas: HTMLCanvasElement, caption: HTMLElement, bar: Bar, side: number, values: number[], inMesh: Set<number>,
 *   scale: import("./scale.js").Scale, ends: [number, number] | null, spots: (import("./surfaces_paint.js").Spot | null)[], width: number, height: number, colour: string}} Surface
 * @typedef {{yaw: number, pitch: number, at: number | null, waiting: boolean, root: HTMLElement, about: About, table: Uint8Array,
 *   frame?: HTMLElement, common: import("./scale.js").Scale, surfaces: Surface[], shared: Bar, note: HTMLElement, read: HTMLElement, grid: string, paper: string, turned: [number, number, number, number],
 *   observer?: ResizeObserver}} View
 */

import { sheet } from "../shared/canvas.js"
import { bytes, floats } from "../shared/columns.js"
import { find, isBrowsers, make } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { fill, fixed, number } from "../shared/numbers.js"
import { tone } from "../shared/palette.js"
import { between, clamp } from "../shared/scales.js"
import { ends, nearestSpot, partOf, scaleOf } from "./scale.js"
import { paintMap, paintPart, paintSolid } from "./surfaces_paint.js"

const START = { yaw: 0.62, pitch: 0.58 }
const [LOWEST, HIGHEST] = [0.08, 1.5] // radians above the floor
const STEP = Math.PI / 36
const NEAR = 28 // px: a point this far away is still pointed at
/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = find(parentElement, ".surfaces")
  const view = memory.get(root) ?? /** @type {View} */ ({ ...START, at: null, waiting: false, root })
  memory.set(root, view)
  view.about = data.about
  view.table = bytes(data.colours)
  if (!view.frame) build(view)
  unpack(view, floats(data.values))
  label(view)
  paint(view)
  view.observer ??= new ResizeObserver(() => paint(view))
  view.observer.observe(root)
  return ending(root, () => view.observer?.disconnect())
}

/** @param {View} view @param {Float32Array} values */
function unpack(view, values) {
  const { about } = view
  const count = about.side * about.side
  if (view.at !== null && view.at >= count) view.at = null
  const own = about.surfaces.map((_, n) => Array.from(values.subarray(n * count, (n + 1) * count)))
  view.common = scaleOf(about.height, own.flat())
  view.surfaces.forEach((surface, n) => {
    Object.assign(surface, about.surfaces[n], { side: about.side, values: own[n], ends: ends(own[n]) })
    surface.inMesh = new Set(surface.lines.flatMap((i) => surface.lines.map((j) => i * about.side + j)))
    surface.scale = about.height === "own" ? scaleOf(about.height, own[n]) : view.common
  })
}

/** @param {View} view */
function build(view) {
  view.surfaces = view.about.surfaces.map(() => /** @type {Surface} */ ({ canvas: make("canvas"), caption: make("figcaption"), bar: bar() }))
  const frame = make("div", { className: "pair", tabIndex: 0 })
  frame.setAttribute("role", "application")
  view.frame = frame
  for (const { canvas, caption, bar } of view.surfaces) {
    canvas.setAttribute("aria-hidden", "true")
    frame.append(make("figure", {}, caption, canvas, bar.row))
  }
  view.shared = bar()
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.note = make("div", { className: "note" })
  view.root.replaceChildren(frame, view.shared.row, view.note, view.read)
  listen(view, frame)
}

/** The scale of all losses with its two ends, and on it in colours those that a surface has, with their own two ends above. */
function bar() {
  const [low, high, own, canvas] = [make("span"), make("span"), make("b"), make("canvas", { width: 512, height: 24 })]
  const track = make("div", { className: "track" }, own, canvas)
  return { row: make("div", { className: "scale" }, low, track, high), low, high, own, canvas }
}

/** @param {View} view @param {HTMLElement} frame */
function listen(view, frame) {
  /** @type {[number, number] | null} */
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
  frame.onpointerup = frame.onpointercancel = () => {
    from = null
  }
  frame.onpointerleave = (event) => {
    if (!from && event.pointerType === "mouse") read(view, null) // what a finger has read stays
  }
  frame.onkeydown = (event) => {
    if (isBrowsers(event)) return
    const right = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1 })[event.key] ?? 0
    const up = /** @type {Record<string, number>} */ ({ ArrowUp: 1, ArrowDown: -1 })[event.key] ?? 0
    if (event.key === "Home") Object.assign(view, START)
    else if (!right && !up) return
    event.preventDefault()
    if (event.shiftKey || view.about.look === "map") walk(view, up, right)
    else turn(view, right * STEP, up * STEP)
  }
}

/** Both surfaces at once. @param {View} view @param {number} yaw @param {number} pitch */
function turn(view, yaw, pitch) {
  view.yaw = (view.yaw + yaw) % (2 * Math.PI)
  view.pitch = between(LOWEST, view.pitch + pitch, HIGHEST)
  later(view)
}

/** The reading point goes to the next row or column. @param {View} view @param {number} rows @param {number} columns */
function walk(view, rows, columns) {
  const { side } = view.about
  const from = view.at ?? (side * side - 1) / 2
  read(view, clamp(Math.floor(from / side) + rows, side) * side + clamp((from % side) + columns, side))
}

/** The measured point next to the pointer. @param {View} view @param {PointerEvent} event */
function point(view, event) {
  const target = /** @type {Node} */ (event.target)
  const surface = view.surfaces.find(({ canvas }) => canvas.parentElement?.contains(target))
  if (!surface?.spots) return
  const box = surface.canvas.getBoundingClientRect()
  const at = nearestSpot(surface.spots, event.clientX - box.left, event.clientY - box.top, NEAR)
  if (at !== view.at) read(view, at)
}

/** @param {View} view @param {number | null} at */
function read(view, at) {
  view.at = at
  later(view)
}

/** @param {View} view */
function later(view) {
  if (view.waiting) return
  view.waiting = true
  requestAnimationFrame(() => {
    view.waiting = false
    paint(view)
  })
}

/** @param {View} view */
function label(view) {
  const { look, height, words } = view.about
  view.frame?.setAttribute("aria-label", words[`surfaces_keys_${look}`])
  view.frame?.classList.toggle("turns", look === "solid")
  for (const { caption, title, plain, bar } of view.surfaces) {
    caption.replaceChildren(make("i"), title)
    caption.className = plain ? "plain" : "residual"
    bar.row.hidden = height !== "own"
  }
  view.shared.row.hidden = height === "own"
  const { common } = view
  const bars = height === "own" ? view.surfaces : [{ bar: view.shared, scale: common }]
  for (const { bar, scale } of bars) {
    const part = partOf(scale, common)
    bar.low.textContent = `${words.surfaces_loss} ${number(common.low)}`
    bar.high.textContent = number(common.high)
    bar.own.textContent = height === "own" ? `${number(scale.low)} – ${number(scale.high)}` : ""
    bar.row.style.visibility = view.surfaces.some(({ values }) => values.some((v) => v >= 0)) ? "" : "hidden"
    bar.row.style.setProperty("--middle", `${Math.round(50 * (part[0] + part[1]))}%`)
    paintPart(bar.canvas, view.table, part)
  }
  view.note.textContent = view.about.note
}

/** @param {View} view */
function paint(view) {
  const start = performance.now()
  view.turned = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)]
  for (const surface of view.surfaces) {
    const { canvas } = surface
    const width = canvas.clientWidth
    if (!width) return
    const height = Math.round(between(250, width * 0.8, 450))
    const { context, ink, grid } = sheet(view.root, canvas, width, height, width < 350 ? 14 : 16)
    view.grid = grid
    view.paper = getComputedStyle(view.root).getPropertyValue("--st-background-color") || "#fff"
    Object.assign(surface, { width, height, colour: tone(surface.plain ? "plain" : "residual", false, ink) })
    const paintOne = view.about.look === "solid" ? paintSolid : paintMap
    paintOne(context, view, surface, ink)
  }
  say(view)
  performance.measure("surfaces-paint", { start, end: performance.now() })
}

/** The losses at the point that is read, of both. @param {View} view */
function say(view) {
  const { side, reach, words, look } = view.about
  view.root.dataset.turned = `${view.yaw.toFixed(3)} ${view.pitch.toFixed(3)}`
  const { at } = view
  if (at === null) {
    view.read.textContent = words[`surfaces_hint_${look}`]
    return
  }
  /** @param {number} line */
  const place = (line) => fixed((reach * (2 * line)) / (side - 1) - reach, 2)
  const told = fill(words.surfaces_at, { a: place(at % side), b: place(Math.floor(at / side)) })
  const parts = view.surfaces.filter(({ values }) => values[at] >= 0).map(({ name, values }) => `${name} ${values[at].toFixed(3)}`)
  view.read.textContent = `${told} ${parts.join(" · ")}`
}
