// The keys of a presenter's remote.

import { report } from "../shared/report.js"
import { isField, stepOf } from "../tour/keys.js"

/** @typedef {import("../shared/report.js").Component} Component */

/** The component as it was drawn last, in each place where one is mounted. @type {WeakMap<HTMLElement, Component>} */
const drawn = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const place = component.parentElement
  const isNew = !drawn.has(place)
  drawn.set(place, component)
  if (!isNew) return undefined
  const press = (/** @type {KeyboardEvent} */ event) => {
    const step = stepOf(event, isField(/** @type {Element} */ (event.composedPath()[0])))
    const now = drawn.get(place)
    if (!step || !now) return
    event.preventDefault()
    report(now, "step", step)
  }
  document.addEventListener("keydown", press)
  return () => {
    document.removeEventListener("keydown", press)
    drawn.delete(place)
  }
}
