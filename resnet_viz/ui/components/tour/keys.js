/** What a key means to the tour. */

import { isBrowsers } from "../shared/dom.js"

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }
const FIELDS = "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=tab], [role=option], [role=combobox], [role=switch]"

/** Whether the element that has the focus uses these keys itself. @param {{matches?: (selector: string) => boolean} | undefined} element */
export const isField = (element) => Boolean(element?.matches?.(FIELDS))

/**
 * One step on, one back, or 0 for a key that means something else or that somebody else has used.
 * @param {{key: string, defaultPrevented: boolean, altKey: boolean, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean}} event
 * @param {boolean} field whether a field has the focus
 */
export function stepOf(event, field) {
  const used = event.defaultPrevented || isBrowsers(event) || event.shiftKey
  return used || field ? 0 : (STEPS[event.key] ?? 0)
}

/**
 * The step that is wanted: 0 leaves the tour, and null is none, before the first step and once the tour is left. From a page that is
 * not the step's, on leads to the step.
 * @param {number} at 0 once it is left @param {number} by @param {number} count @param {boolean} here
 */
export function wanted(at, by, count, here) {
  if (!at || (here && at + by < 1)) return null
  if (!here && by > 0) return at
  return at + by > count ? 0 : Math.max(1, at + by)
}
