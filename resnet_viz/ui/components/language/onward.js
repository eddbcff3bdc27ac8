/**
 * A button at a page's foot that opens another of its views leads there: to the page's top and, with the keyboard, to what the view
 * asks. The window would stay at the foot, and the focus be lost with the button, which goes away.
 */

import { afterPresses, keyAround, motion } from "../shared/steady.js"
import { firstStop } from "./skip.js"

const WAY = "st-key-w_onward_"

/** @param {HTMLElement} stage */
function lookAt(stage) {
  document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: motion() })
  firstStop(stage.querySelector("[class*='st-key-ask_']") ?? stage)?.focus({ preventScroll: true })
}

/** From now on, once a document. */
export const watchWaysOn = () =>
  afterPresses((pressed) => {
    const view = keyAround(pressed, WAY)?.slice(WAY.length)
    return view ? [`.st-key-stage_${view}, .st-key-stage_wide_${view}`, lookAt] : null
  })
