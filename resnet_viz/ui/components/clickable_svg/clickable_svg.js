/**
 * Makes a diagram from resnet_viz.draw.diagram live: hover, select, remove skips, walk by keyboard, zoom.
 * What is clicked changes here first; the server hears of it and sends the new drawing after.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {{svg: string, base: string, cut: string[], selected: string, narrow: boolean, heard: number, words: Record<string, string>}} Data
 * @typedef {Reports & {data: Data}} Component
 * @typedef {{component: Component, zoom: number, svg: string, focus: string, base: string, cut: string[], selected: string,
 *   told: string, observer?: ResizeObserver}} State  told: the item that the tip speaks of
 */

import { around, find, isBrowsers } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { listen } from "../shared/listen.js"
import { count, fill } from "../shared/numbers.js"
import { isAnswered, report, reportEach } from "../shared/report.js"
import { moves, neighbour, stopAt } from "../shared/roving.js"
import { between } from "../shared/scales.js"
import { isDark } from "../shared/theme.js"
import { switched } from "./cuts.js"
import { isNews } from "./narrow.js"

const NARROW = 620 // px: below this the page draws three columns
const LARGEST = 1.3 // times natural size when fitting a wide page
/** What outlives a run: zoom, the place of the focus, the observer. @type {WeakMap<HTMLElement, State>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const { data, parentElement } = component
  const frame = find(parentElement, ".frame")
  const state = memory.get(frame) ?? { component, zoom: 1, svg: "", focus: "", base: "", cut: [], selected: "", told: "" }
  memory.set(frame, state)
  state.component = component
  const stage = find(frame, ".stage")
  if (state.base !== data.base || isAnswered(component)) Object.assign(state, { base: data.base, cut: data.cut, selected: data.selected })

  const { told } = state // a focus that only comes back to what is drawn anew says nothing
  if (state.svg !== data.svg) {
    const had = stage.contains(rootOf(frame).activeElement)
    state.svg = data.svg
    stage.innerHTML = data.svg
    stage.firstElementChild?.classList.remove("file")
    if (had) itemNamed(stage, state.focus)?.focus({ preventScroll: true })
  }
  stage.firstElementChild?.classList.toggle("dark", isDark(getComputedStyle(frame)))
  sync(stage, state)
  rove(stage, state)
  tell(frame, state, itemNamed(stage, told))
  zoomButtons(frame, data.words)
  fit(frame, state)
  handle(frame, state)
  if (!state.observer) {
    state.observer = new ResizeObserver(() => fit(frame, state))
    state.observer.observe(frame)
    stage.addEventListener("focusin", (event) => tell(frame, state, itemOf(event))) // there is no onfocusin to assign
    stage.addEventListener("focusout", () => tell(frame, state))
  }
  const end = listen(frame, "keydown", (/** @type {KeyboardEvent} */ { key }) => {
    if (key === "Escape") tell(frame, state)
  })
  return ending(frame, () => {
    end()
    state.observer?.disconnect()
  })
}

/** @param {HTMLElement} frame */
const rootOf = (frame) => /** @type {Document | ShadowRoot} */ (frame.getRootNode())
/** @param {Element} stage @returns {SVGElement[]} */
const items = (stage) => [.../** @type {NodeListOf<SVGElement>} */ (stage.querySelectorAll("[data-name]"))]
/** @param {Element} stage @param {string} id */
const itemNamed = (stage, id) => items(stage).find((item) => idOf(item) === id)
/** @param {SVGElement} item */
const idOf = (item) => `${item.dataset.kind}/${item.dataset.name}`
/** The item at or around an event's target. @param {Event} event @param {string} [selector] */
const itemOf = (event, selector = "[data-name]") => /** @type {SVGElement | null} */ (/** @type {unknown} */ (around(event, selector)))
/** The blocks whose skips an arc stands for. @param {SVGElement} arc */
const blocksOf = (arc) => (arc.dataset.blocks ?? "").split(" ")

/** Marks of selection and skips. @param {Element} stage @param {{selected: string, cut: string[]}} state */
function sync(stage, { selected, cut }) {
  select(stage, selected)
  for (const arc of /** @type {NodeListOf<SVGElement>} */ (stage.querySelectorAll("[data-kind=skip]"))) {
    const blocks = blocksOf(arc)
    if (blocks.length === 1) draw(arc, !cut.includes(blocks[0]))
  }
}

/** @param {Element} stage @param {string} name */
function select(stage, name) {
  for (const item of items(stage)) {
    const chosen = item.dataset.name === name && item.dataset.kind !== "fold"
    item.classList.toggle("selected", chosen)
  }
}

/** @param {SVGElement} arc @param {boolean} kept */
function draw(arc, kept) {
  arc.classList.toggle("off", !kept)
  arc.setAttribute("aria-checked", String(kept))
  arc.setAttribute("aria-label", (kept ? arc.dataset.on : arc.dataset.off) ?? "")
}

/** One tab stop: where the focus was, or the first item. @param {Element} stage @param {State} state */
function rove(stage, state) {
  stopAt(items(stage), itemNamed(stage, state.focus))
}

/** @param {HTMLElement} frame */
const zooms = (frame) => /** @type {NodeListOf<HTMLButtonElement>} */ (frame.querySelectorAll(".zoom button"))

/** @param {HTMLElement} frame @param {Record<string, string>} words */
function zoomButtons(frame, words) {
  for (const button of zooms(frame)) {
    button.setAttribute("aria-label", words[`zoom_${button.dataset.zoom}`])
    button.title = words[`zoom_${button.dataset.zoom}`]
  }
}

/** The drawing as wide as the frame, times the zoom; tells the page when the frame turns narrow or wide. @param {HTMLElement} frame @param {State} state */
function fit(frame, state) {
  const svg = /** @type {SVGSVGElement | null} */ (frame.querySelector(".stage > svg"))
  const width = frame.clientWidth
  if (!svg || !width) return
  const natural = svg.viewBox.baseVal.width
  svg.style.width = `${Math.min(width, natural * LARGEST) * state.zoom}px`
  const narrow = width < NARROW
  if (isNews(narrow, state.component.data.narrow)) report(state.component, "narrow", narrow)
}

/** @param {HTMLElement} frame @param {State} state @param {number} zoom @param {number} x @param {number} y */
function setZoom(frame, state, zoom, x, y) {
  const stage = find(frame, ".stage")
  const next = between(1, zoom, 6)
  const part = next / state.zoom
  const [left, top] = [(stage.scrollLeft + x) * part - x, (stage.scrollTop + y) * part - y]
  state.zoom = next
  fit(frame, state)
  stage.scrollTo(left, top)
}

/** Handlers are assigned, not added: every run replaces the ones before. @param {HTMLElement} frame @param {State} state */
function handle(frame, state) {
  const stage = find(frame, ".stage")

  /** @param {SVGElement} item @param {boolean} toggle */
  const activate = (item, toggle) => {
    const start = performance.now()
    state.focus = idOf(item)
    rove(stage, state)
    item.focus({ preventScroll: true })
    if (item.dataset.kind === "fold" || toggle) {
      reportEach(state.component, "toggle", item.dataset.name)
    } else if (item.dataset.kind === "skip") {
      const kept = item.getAttribute("aria-checked") !== "true"
      draw(item, kept)
      state.cut = switched(state.cut, blocksOf(item), kept)
      report(state.component, "cut", { base: state.base, blocks: state.cut })
    } else {
      state.selected = item.dataset.name ?? ""
      select(stage, state.selected)
      report(state.component, "selected", state.selected)
    }
    if (state.told) tell(frame, state, item) // it may be otherwise now
    performance.measure("diagram-redraw", { start, end: performance.now() })
  }

  stage.onclick = (event) => {
    const item = itemOf(event)
    if (item) activate(item, Boolean(around(event, "[data-toggle]")))
  }
  stage.ondblclick = (event) => {
    const item = itemOf(event, "[data-kind=block]")
    if (item && !around(event, "[data-toggle]")) activate(item, true)
  }
  stage.onkeydown = (event) => {
    const item = itemOf(event)
    if (!item || isBrowsers(event)) return
    if (moves(event.key)) {
      const to = neighbour(items(stage), item, event.key) ?? item // at either end a key is used too, so that it turns no page
      state.focus = idOf(to)
      rove(stage, state)
      to.focus()
    } else if (event.key === "Enter" || event.key === " ") {
      activate(item, false)
    } else if ((event.key === "o" || event.key === "+") && ["block", "stage"].includes(item.dataset.kind ?? "")) {
      activate(item, true)
    } else {
      return
    }
    event.preventDefault()
  }
  stage.onmouseover = (event) => tell(frame, state, itemOf(event))
  stage.onmouseleave = () => tell(frame, state)
  stage.onwheel = (event) => {
    if (!event.ctrlKey) return
    event.preventDefault()
    const box = stage.getBoundingClientRect()
    setZoom(frame, state, state.zoom * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top)
  }
  for (const button of zooms(frame)) {
    const factor = /** @type {Record<string, number>} */ ({ in: 1.4, out: 1 / 1.4, fit: 0 })[button.dataset.zoom ?? ""]
    button.onclick = () => setZoom(frame, state, state.zoom * factor, stage.clientWidth / 2, stage.clientHeight / 2)
  }
  drag(frame, state, stage)
}

/** Drag to pan and two fingers to zoom, once there is something to pan. @param {HTMLElement} frame @param {State} state @param {HTMLElement} stage */
function drag(frame, state, stage) {
  /** @type {Map<number, PointerEvent>} */
  const touches = new Map()
  let last = 0
  stage.onpointerdown = (event) => {
    touches.set(event.pointerId, event)
  }
  stage.onpointerup = stage.onpointercancel = stage.onpointerleave = (event) => {
    touches.delete(event.pointerId)
    last = 0
  }
  stage.onpointermove = (event) => {
    const before = touches.get(event.pointerId)
    if (!before || !event.buttons) return
    touches.set(event.pointerId, event)
    if (touches.size === 2) {
      const [a, b] = [...touches.values()]
      const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)
      const box = stage.getBoundingClientRect()
      if (last) setZoom(frame, state, (state.zoom * apart) / last, (a.clientX + b.clientX) / 2 - box.left, (a.clientY + b.clientY) / 2 - box.top)
      last = apart
    } else if (state.zoom > 1 && event.pointerType === "mouse") {
      stage.scrollBy(before.clientX - event.clientX, before.clientY - event.clientY)
    }
  }
}

/** What an item is, below it; without one nothing is said. @param {HTMLElement} frame @param {State} state @param {SVGElement | null} [item] */
function tell(frame, state, item) {
  const tip = find(frame, ".tip")
  state.told = item ? idOf(item) : ""
  tip.hidden = !item
  if (!item) return
  const text = tipText(item, state.component.data.words)
  if (tip.textContent !== text) tip.textContent = text
  const [f, i] = [frame.getBoundingClientRect(), item.getBoundingClientRect()]
  tip.style.left = `${Math.max(0, Math.min(i.left - f.left, f.width - tip.offsetWidth))}px`
  tip.style.top = `${i.bottom - f.top + 6}px`
}

/** @param {SVGElement} item @param {Record<string, string>} words */
function tipText(item, words) {
  const { name, kind, shape, params, macs, rf } = item.dataset
  const label = item.getAttribute("aria-label") ?? ""
  if (kind === "fold") return label
  if (kind === "skip") return `${label}\n${words[item.getAttribute("aria-checked") === "true" ? "tip_skip_on" : "tip_skip_off"]}`
  const language = document.documentElement.lang
  const field = rf ? `${rf} × ${rf} px` : words.tip_all
  return [
    name,
    fill(words.tip_shape, { value: shape ?? "" }),
    fill(words.tip_params, { value: count(Number(params), language) }),
    fill(words.tip_macs, { value: count(Number(macs), language) }),
    fill(words.tip_rf, { value: field }),
  ].join("\n")
}
