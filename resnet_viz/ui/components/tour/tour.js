/**
 * The tour's bar. It is told where the tour stands, and reports the step that is wanted.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {{at: number, count: number, here: boolean, light: string, says: string, words: Record<string, string>}} Tour
 * @typedef {Reports & {data: Tour & {heard?: number}}} Component
 * @typedef {{at: number, here: boolean, given: string, component: Component, light: CSSStyleSheet, size: ResizeObserver, giveUp: () => void, keys: (event: KeyboardEvent) => void,
 *   place: HTMLElement, line: HTMLElement, back: HTMLButtonElement, next: HTMLButtonElement, leave: HTMLButtonElement}} View
 */

import { find, make } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { fill } from "../shared/numbers.js"
import { AMBER } from "../shared/palette.js"
import { isAnswered, report } from "../shared/report.js"
import { motion, onceSteady } from "../shared/steady.js"
import { isField, stepOf, wanted } from "./keys.js"

/** How much of the window's foot the bar covers, for `app.css` and for what is scrolled to. */
const HEIGHT = "--rv-tour-bar"

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const root = find(component.parentElement, ".tour")
  const view = memory.get(root) ?? begin(root)
  view.component = component
  if (isAnswered(component)) Object.assign(view, { at: component.data.at, here: component.data.here })
  show(root, view)
  return ending(root, () => {
    document.removeEventListener("keydown", view.keys)
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== view.light)
    view.size.disconnect()
    document.documentElement.style.removeProperty(HEIGHT)
    view.giveUp()
    memory.delete(root)
  })
}

/** @param {HTMLElement} root @returns {View} */
function begin(root) {
  const view = /** @type {View} */ ({ given: "", light: new CSSStyleSheet(), giveUp: () => {} })
  /** @param {string} className @param {() => void} onclick */
  const button = (className, onclick) => make("button", { type: "button", className, onclick })
  view.place = make("span", { className: "place" })
  view.line = make("p")
  view.line.setAttribute("aria-live", "polite")
  view.back = button("back", () => go(view, -1))
  view.next = button("next", () => go(view, 1))
  view.leave = button("leave", () => goTo(view, 0))
  root.replaceChildren(view.place, view.line, make("div", {}, view.back, view.next, view.leave))
  view.keys = (event) => {
    const by = stepOf(event, isField(/** @type {Element} */ (event.composedPath()[0])))
    if (!by) return
    event.preventDefault()
    go(view, by)
  }
  document.addEventListener("keydown", view.keys)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, view.light]
  view.size = new ResizeObserver(() => document.documentElement.style.setProperty(HEIGHT, `${root.offsetHeight}px`))
  view.size.observe(root)
  memory.set(root, view)
  return view
}

/** Several presses count, also before the server has answered the first. @param {View} view @param {number} by */
function go(view, by) {
  const step = wanted(view.at, by, view.component.data.count, view.here)
  if (step !== null) goTo(view, step)
}

/** @param {View} view @param {number} step 0 leaves the tour */
function goTo(view, step) {
  view.at = step
  view.here = true
  report(view.component, "step", step)
}

/** The elements stay, so that the focus stays on a button and a screen reader hears what the line says now. @param {HTMLElement} root @param {View} view */
function show(root, view) {
  const { at, count, here, light, says, words } = view.component.data
  const given = JSON.stringify([at, here, light, says, words])
  if (given === view.given) return
  view.given = given
  root.setAttribute("aria-label", words.tour_name)
  view.place.textContent = fill(words.tour_place, { at, count })
  view.line.textContent = says
  view.back.textContent = words.tour_back
  view.back.setAttribute("aria-disabled", String(at === 1 && here)) // `disabled` would take the focus that has led there
  view.next.textContent = at === count && here ? words.tour_end : words.tour_next
  view.leave.textContent = words.tour_leave
  view.light.replaceSync(light ? `.st-key-${light} { outline: 3px solid ${AMBER}; outline-offset: 6px; border-radius: 8px; scroll-margin: 5rem 0 calc(var(${HEIGHT}) + 1rem); }` : "")
  view.giveUp()
  if (light) view.giveUp = onceSteady(`.st-key-${light}`, bringIntoView)
}

/** Scroll to the lit place: one that fills the window from its top. @param {HTMLElement} place */
function bringIntoView(place) {
  const tall = place.getBoundingClientRect().height > window.innerHeight * 0.7
  place.scrollIntoView({ block: tall ? "start" : "nearest", behavior: motion() })
}
