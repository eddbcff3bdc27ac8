// The keys of a presenter's remote.

import { listen } from "../shared/listen.js"
import { reportEach } from "../shared/report.js"
import { isField, stepOf } from "../tour/keys.js"

/** @param {import("../shared/report.js").Component} component */
export default function (component) {
  return listen(component.parentElement, "keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = stepOf(event, isField(/** @type {Element} */ (event.composedPath()[0])))
    if (!step) return
    event.preventDefault()
    reportEach(component, "step", step)
  })
}
