/**
 * After an answer its verdict is what one looks at: it comes into view, with the picture it is about where both fit, and the focus
 * goes to it, so that it is read aloud. Only the press of an option does that; whoever scrolls or presses on meanwhile is left alone.
 */

import { motion, onceSteady } from "../shared/steady.js"

const OPTION = "[class*='st-key-ask_'] [class*='st-key-w_predict_'] button"
const GAP = 12 // px between a verdict and the edge of what is seen

/** Where a verdict is taken to: itself, or from its picture down to it where that is no taller than the room. @param {{top: number, bottom: number}} verdict @param {{top: number, bottom: number} | null} picture @param {number} room */
export function span(verdict, picture, room) {
  const top = Math.min(verdict.top, picture?.top ?? verdict.top)
  const bottom = Math.max(verdict.bottom, picture?.bottom ?? verdict.bottom)
  return bottom - top <= room ? { above: verdict.top - top, below: bottom - verdict.bottom } : { above: 0, below: 0 }
}

/** What the header and the tour's bar leave of the window. */
function seen() {
  const head = document.querySelector("[data-testid=stHeader]")?.getBoundingClientRect().bottom ?? 0
  const bar = document.querySelector(".st-key-tour_bar [data-testid=stBidiComponentIsolated]")
  const foot = bar?.shadowRoot?.querySelector(".tour")?.getBoundingClientRect().height ?? 0
  return { head: head + GAP, foot: foot + GAP, room: window.innerHeight - head - foot - 2 * GAP }
}

/** @param {HTMLElement} verdict */
function bringIntoView(verdict) {
  const figures = verdict.closest("[class*='st-key-stage_']")?.querySelectorAll("[class*='st-key-picture_'] [class*='st-key-figure_']")
  const { head, foot, room } = seen()
  const { above, below } = span(verdict.getBoundingClientRect(), figures?.[0]?.getBoundingClientRect() ?? null, room)
  verdict.style.scrollMargin = `${head + above}px 0 ${foot + below}px`
  verdict.scrollIntoView({ block: "nearest", behavior: motion() })
}

/** The press took the focus with it, unless somebody has put it elsewhere. @param {HTMLElement} verdict */
function giveFocus(verdict) {
  if (document.activeElement && document.activeElement !== document.body) return
  verdict.tabIndex = -1
  verdict.setAttribute("role", "group")
  verdict.setAttribute("aria-label", verdict.querySelector("[data-testid=stMarkdownContainer]")?.textContent ?? "")
  verdict.focus({ preventScroll: true })
}

/** From now on, once a document. */
export function watchVerdicts() {
  let giveUp = () => {}
  document.addEventListener(
    "click",
    ({ target }) => {
      giveUp()
      const ask = target instanceof Element && target.closest(OPTION)?.closest("[class*='st-key-ask_']")
      const name = ask && [...ask.classList].find((each) => each.startsWith("st-key-ask_"))
      if (!name) return
      giveUp = onceSteady(`.${name.replace("ask_", "answered_")}`, (verdict) => {
        bringIntoView(verdict)
        giveFocus(verdict)
      })
    },
    true,
  )
}
