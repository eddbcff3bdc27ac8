/**
 * A button at a page's foot that opens another of its views leads there: to the page's top and, with the keyboard, to what the view
 * asks. The window would stay at the foot, and the focus be lost with the button, which goes away.
 */

import { motion, onceSteady } from "../shared/steady.js"
import { firstStop } from "./skip.js"

const WAY = "w_onward_"

/** From now on, once a document. */
export function watchWaysOn() {
  let giveUp = () => {}
  document.addEventListener(
    "click",
    ({ target }) => {
      giveUp()
      const way = target instanceof Element && target.closest(`[class*='st-key-${WAY}']`)
      const name = way && [...way.classList].find((each) => each.startsWith(`st-key-${WAY}`))
      if (!name) return
      const view = name.replace(`st-key-${WAY}`, "")
      giveUp = onceSteady(`.st-key-stage_${view}, .st-key-stage_wide_${view}`, (stage) => {
        document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: motion() })
        firstStop(stage.querySelector("[class*='st-key-ask_']") ?? stage)?.focus({ preventScroll: true })
      })
    },
    true,
  )
}
