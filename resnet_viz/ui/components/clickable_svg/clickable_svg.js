/**
 * Makes a diagram from resnet_viz.draw.diagram live: hover, select, remove skips, walk by keyboard, zoom.
 * What is clicked changes here first; the server hears of it and sends the new drawing after.
 *
 * @typedef {{svg: string, base: string, cut: string[], selected: string, narrow: boolean, heard: number, words: Record<string, string>}} Data
 * @typedef {import("../shared/report.js").Component & {data: Data}} Component
 */

import { isAnswered, report, reportEach } from "../shared/report.js"

const NARROW = 620 // px: below this the page draws three columns
const LARGEST = 1.3 // times natural size when fitting a wide page
/** What outlives a run: zoom, the place of the focus, the observer. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const { data, parentElement } = component
  const frame = parentElement.querySelector(".frame")
  const state = memory.get(frame) ?? { zoom: 1, svg: "", focus: "", narrow: undefined, base: "", cut: [], selected: "" }
  memory.set(frame, state)
  state.component = component
  const stage = frame.querySelector(".stage")
  if (state.base !== data.base || isAnswered(component)) Object.assign(state, { base: data.base, cut: data.cut, selected: data.selected })

  if (state.svg !== data.svg) {
    const had = stage.contains(rootOf(frame).activeElement)
    state.svg = data.svg
    stage.innerHTML = data.svg
    stage.firstElementChild.classList.remove("file")
    if (had) itemNamed(stage, state.focus)?.focus({ preventScroll: true })
  }
  const svg = stage.firstElementChild
  svg.classList.toggle("dark", isDark(frame))
  sync(stage, state)
  rove(stage, state)
  zoomButtons(frame, data.words)
  fit(frame, state)
  listen(frame, state)
  if (!state.observer) {
    state.observer = new ResizeObserver(() => fit(frame, state))
    state.observer.observe(frame)
  }
  return () => state.observer.disconnect()
}

/** @param {HTMLElement} frame */
const rootOf = (frame) => /** @type {any} */ (frame.getRootNode())
/** @param {Element} stage @returns {SVGElement[]} */
const items = (stage) => [...stage.querySelectorAll("[data-name]")]
/** @param {Element} stage @param {string} id */
const itemNamed = (stage, id) => items(stage).find((item) => idOf(item) === id)
/** @param {any} item */
const idOf = (item) => `${item.dataset.kind}/${item.dataset.name}`

/** @param {HTMLElement} frame */
function isDark(frame) {
  const [r, g, b] = getComputedStyle(frame).getPropertyValue("--st-background-color").match(/\w\w/g)?.map((h) => parseInt(h, 16)) ?? [255, 255, 255]
  return r + g + b < 384
}

/** Marks of selection and skips. @param {Element} stage @param {{selected: string, cut: string[]}} state */
function sync(stage, { selected, cut }) {
  select(stage, selected)
  for (const arc of stage.querySelectorAll("[data-kind=skip]")) {
    if (!arc.dataset.blocks.includes(" ")) draw(arc, !cut.includes(arc.dataset.blocks))
  }
}

/** @param {Element} stage @param {string} name */
function select(stage, name) {
  for (const item of items(stage)) {
    const chosen = item.dataset.name === name && item.dataset.kind !== "fold"
    item.classList.toggle("selected", chosen)
  }
}

/** @param {Element} arc @param {boolean} kept */
function draw(arc, kept) {
  arc.classList.toggle("off", !kept)
  arc.setAttribute("aria-checked", String(kept))
  arc.setAttribute("aria-label", kept ? arc.dataset.on : arc.dataset.off)
}

/** One tab stop: where the focus was, or the first item. */
function rove(stage, state) {
  const all = items(stage)
  const stop = all.find((item) => idOf(item) === state.focus) ?? all[0]
  for (const item of all) item.setAttribute("tabindex", item === stop ? "0" : "-1")
}

/** @param {HTMLElement} frame @param {Record<string, string>} words */
function zoomButtons(frame, words) {
  for (const button of frame.querySelectorAll(".zoom button")) {
    button.setAttribute("aria-label", words[`zoom_${button.dataset.zoom}`])
    button.title = words[`zoom_${button.dataset.zoom}`]
  }
}

/** The drawing as wide as the frame, times the zoom; tells the page when the frame turns narrow or wide. */
function fit(frame, state) {
  const svg = frame.querySelector(".stage > svg")
  const width = frame.clientWidth
  if (!svg || !width) return
  const natural = svg.viewBox.baseVal.width
  svg.style.width = `${Math.min(width, natural * LARGEST) * state.zoom}px`
  const narrow = width < NARROW
  if (narrow !== (state.narrow ?? state.component.data.narrow)) report(state.component, "narrow", narrow)
  state.narrow = narrow
}

function setZoom(frame, state, zoom, x, y) {
  const stage = frame.querySelector(".stage")
  const next = Math.min(6, Math.max(1, zoom))
  const part = next / state.zoom
  const [left, top] = [(stage.scrollLeft + x) * part - x, (stage.scrollTop + y) * part - y]
  state.zoom = next
  fit(frame, state)
  stage.scrollTo(left, top)
}

/** Handlers are assigned, not added: every run replaces the ones before. */
function listen(frame, state) {
  const stage = frame.querySelector(".stage")
  const tip = frame.querySelector(".tip")

  /** @param {any} item */
  const activate = (item, toggle) => {
    const start = performance.now()
    state.focus = idOf(item)
    rove(stage, state)
    item.focus({ preventScroll: true })
    if (item.dataset.kind === "fold" || toggle) {
      reportEach(state.component, "toggle", item.dataset.name)
    } else if (item.dataset.kind === "skip") {
      const blocks = item.dataset.blocks.split(" ")
      const kept = item.getAttribute("aria-checked") !== "true"
      draw(item, kept)
      state.cut = kept ? state.cut.filter((name) => !blocks.includes(name)) : [...new Set([...state.cut, ...blocks])]
      report(state.component, "cut", { base: state.base, blocks: state.cut })
    } else {
      state.selected = item.dataset.name
      select(stage, state.selected)
      report(state.component, "selected", state.selected)
    }
    performance.measure("diagram-redraw", { start, end: performance.now() })
  }

  stage.onclick = (event) => {
    const item = event.target.closest("[data-name]")
    if (item) activate(item, Boolean(event.target.closest("[data-toggle]")))
  }
  stage.ondblclick = (event) => {
    const item = event.target.closest("[data-kind=block]")
    if (item && !event.target.closest("[data-toggle]")) activate(item, true)
  }
  stage.onkeydown = (event) => {
    const item = event.target.closest("[data-name]")
    if (!item) return
    const all = items(stage)
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const to = step ? all[all.indexOf(item) + step] : { Home: all[0], End: all.at(-1) }[event.key]
    if (to) {
      state.focus = idOf(to)
      rove(stage, state)
      to.focus()
    } else if (event.key === "Enter" || event.key === " ") {
      activate(item, false)
    } else if ((event.key === "o" || event.key === "+") && ["block", "stage"].includes(item.dataset.kind)) {
      activate(item, true)
    } else {
      return
    }
    event.preventDefault()
  }
  const say = (event) => {
    const item = event.target.closest?.("[data-name]")
    if (!item) {
      tip.hidden = true
      return
    }
    tip.textContent = tipText(item, state.component.data.words)
    tip.hidden = false
    const [f, i] = [frame.getBoundingClientRect(), item.getBoundingClientRect()]
    tip.style.left = `${Math.max(0, Math.min(i.left - f.left, f.width - tip.offsetWidth))}px`
    tip.style.top = `${i.bottom - f.top + 6}px`
  }
  stage.onmouseover = say
  stage.onmouseleave = () => (tip.hidden = true)
  if (!state.listening) {
    state.listening = true // there is no onfocusin to assign
    stage.addEventListener("focusin", (event) => state.say(event))
    stage.addEventListener("focusout", () => (tip.hidden = true))
  }
  state.say = say
  stage.onwheel = (event) => {
    if (!event.ctrlKey) return
    event.preventDefault()
    const box = stage.getBoundingClientRect()
    setZoom(frame, state, state.zoom * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top)
  }
  for (const button of frame.querySelectorAll(".zoom button")) {
    const factor = { in: 1.4, out: 1 / 1.4, fit: 0 }[button.dataset.zoom]
    button.onclick = () => setZoom(frame, state, state.zoom * factor, stage.clientWidth / 2, stage.clientHeight / 2)
  }
  drag(frame, state, stage)
}

/** Drag to pan and two fingers to zoom, once there is something to pan. */
function drag(frame, state, stage) {
  const touches = new Map()
  let last = 0
  stage.onpointerdown = (event) => touches.set(event.pointerId, event)
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

/** @param {any} item @param {Record<string, string>} words */
function tipText(item, words) {
  const { name, kind, shape, params, macs, rf } = item.dataset
  if (kind === "fold") return item.getAttribute("aria-label")
  if (kind === "skip") {
    return `${item.getAttribute("aria-label")}\n${words[item.getAttribute("aria-checked") === "true" ? "tip_skip_on" : "tip_skip_off"]}`
  }
  const field = rf ? `${rf} × ${rf} px` : words.tip_all
  return [
    name,
    `${words.tip_shape}: ${shape}`,
    `${words.tip_params}: ${count(Number(params))}`,
    `${words.tip_macs}: ${count(Number(macs))}`,
    `${words.tip_rf}: ${field}`,
  ].join("\n")
}

/** 25557032 as 25.6 M. @param {number} n */
function count(n) {
  for (const [unit, size] of [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    if (n >= size) return `${(n / size).toFixed(1)} ${unit}`
  }
  return String(n)
}
