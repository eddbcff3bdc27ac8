/**
 * A table of links. A plain click or Enter is reported and handled in this session; opening in a new tab stays the browser's.
 *
 * @typedef {import("../shared/report.js").Component & {data: {html: string}}} Component
 */

import { around, find } from "../shared/dom.js"
import { report } from "../shared/report.js"

/** @param {Component} component */
export default function (component) {
  const { data, parentElement } = component
  const place = find(parentElement, ".rows")
  if (place.dataset.html !== data.html) place.innerHTML = place.dataset.html = data.html
  place.onclick = (event) => {
    const row = rowOf(event, String(document.getSelection()))
    if (!row) return
    event.preventDefault()
    report(component, "picked", row.dataset.name)
  }
}

/** The row that a click opens here; null where it is the browser's, or the end of marking a text. @param {MouseEvent} event @param {string} marked the text that is marked */
export function rowOf(event, marked) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || (marked && !around(event, "a"))) return null
  return around(event, "[data-name]")
}
