/**
 * In a narrow window what stands beside a picture comes below it. A question there is out of sight, and whoever reads on has seen
 * the picture through before anything is asked: until it has come into view once, a button at the foot of the window leads to it.
 */

import { motion } from "../shared/steady.js"
import { firstStop } from "./skip.js"

const PANEL = "[class*='st-key-panel_']"
const QUESTION = "[class*='st-key-ask_']"
const FOOT = 60 // px above the window's edge in which a question counts as unseen: there the button lies

/** Names of questions to which somebody has scrolled: one that is in view before may only be there until the picture is drawn. @type {Set<string>} */
const seen = new Set()
/** @type {Element | null} */
let watched = null

const found = () => /** @type {HTMLButtonElement | null} */ (document.querySelector("body > .rv-below"))
const nameOf = (/** @type {Element} */ question) => [...question.classList].find((each) => each.startsWith("st-key-ask_")) ?? ""

const watcher = globalThis.IntersectionObserver && new IntersectionObserver(
  (entries) => {
    const { target, isIntersecting, boundingClientRect } = entries[entries.length - 1]
    if (isIntersecting && document.querySelector("[data-testid=stMain]")?.scrollTop) seen.add(nameOf(target))
    const button = found()
    if (button) button.hidden = isIntersecting || boundingClientRect.top < 0 || seen.has(nameOf(target))
  },
  { rootMargin: `0px 0px -${FOOT}px 0px` },
)

/** Watch the question beside the page's first picture, where there is one. */
export function watchBelow() {
  const question = document.querySelector(PANEL)?.querySelector(QUESTION) ?? null
  if (question === watched) return
  watcher.disconnect()
  watched = question
  const button = found()
  if (button) button.hidden = true
  if (question) watcher.observe(question)
}

/** Offer the way in these words; null where only a part of a page is drawn. @param {string | null} word */
export function offerBelow(word) {
  if (!word) return found()?.remove()
  const button = found() ?? Object.assign(document.createElement("button"), { type: "button", className: "rv-below", hidden: true })
  if (button.textContent !== word) button.textContent = word
  button.onclick = () => {
    watched?.scrollIntoView({ block: "center", behavior: motion() })
    if (watched) firstStop(watched)?.focus({ preventScroll: true })
  }
  if (!button.isConnected) document.body.append(button)
}
