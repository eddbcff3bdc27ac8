/**
 * After an answer its verdict is what one looks at: it comes into view, with the picture it is about where both fit, and the focus
 * goes to it, so that it is read aloud. So does the question for who wants to be asked again. After the press that trains it is the
 * curves, and after the choice of a claim its sentence, which on a phone are above what is pressed. Only such a press does that;
 * whoever scrolls or presses on meanwhile is left alone.
 */

import { afterPresses, keyAround, motion } from "../shared/steady.js"

/** What is pressed, what it stands in, and what comes in the place of that. */
const WAYS = [
  ["[class*='st-key-ask_'] [class*='st-key-w_predict_'] button", "st-key-ask_", "st-key-answered_"],
  ["[class*='st-key-answered_'] [class*='_again'] button", "st-key-answered_", "st-key-ask_"],
  ["[class*='st-key-ask_'] [class*='st-key-w_reveal_'] button", "st-key-ask_", "st-key-answered_"],
  ["[class*='st-key-answered_'] [class*='st-key-desk_'] button", "st-key-answered_", "st-key-ask_"],
  [".st-key-quiz_question [class*='st-key-w_quiz_'] button", "st-key-quiz_question", "st-key-quiz_verdict"],
]
const NAMED = "[class*='st-key-answered_'][role=group], .st-key-quiz_verdict[role=group]"
const TRAIN = ":is(.st-key-w_race_train, .st-key-w_next_run) button"
const CURVES = ".st-key-figure_race"
const CLAIM = ":is(.st-key-w_claim, .st-key-w_claim_next)"
const SENTENCE = ".st-key-claim_sentence"
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

/** The first picture of a verdict's stage, without its caption, above which a verdict may stand. @param {HTMLElement} verdict @param {number} bottom the verdict's */
function drawn(verdict, bottom) {
  const figure = verdict.closest("[class*='st-key-stage_']")?.querySelector("[class*='st-key-picture_'] [class*='st-key-figure_']")
  const box = figure?.getBoundingClientRect()
  if (!box) return null
  const caption = figure?.querySelector("[class*='st-key-caption_']")?.getBoundingClientRect()
  return { top: box.top, bottom: figure?.contains(verdict) ? bottom : caption?.top ?? box.bottom }
}

/** @param {HTMLElement} place a verdict, a question or, which is its own picture, what a figure shows */
function bringIntoView(place) {
  const box = place.getBoundingClientRect()
  const { head, foot, room } = seen()
  const { above, below } = span(box, drawn(place, box.bottom), room)
  place.style.scrollMargin = `${head + above}px 0 ${foot + below}px`
  place.scrollIntoView({ block: "nearest", behavior: motion() })
}

/** What is read aloud: an icon's letters are no words. @param {Element | null} sentence */
function wordsOf(sentence) {
  const copy = /** @type {Element | undefined} */ (sentence?.cloneNode(true))
  for (const icon of copy?.querySelectorAll("[role=img]") ?? []) icon.remove()
  return copy?.textContent?.trim() ?? ""
}

/** @param {Element} verdict */
function name(verdict) {
  const words = wordsOf(verdict.querySelector("[data-testid=stMarkdownContainer]"))
  if (verdict.getAttribute("aria-label") !== words) verdict.setAttribute("aria-label", words)
}

/** Those that have had the focus are called as they read, also in another language. */
export function nameVerdicts() {
  for (const verdict of document.querySelectorAll(NAMED)) name(verdict)
}

/** The press took the focus with it, unless somebody has put it elsewhere. What is asked has its name (`language.js`). @param {HTMLElement} place */
function giveFocus(place) {
  if (document.activeElement && document.activeElement !== document.body) return
  place.tabIndex = -1
  if (!place.matches("[class*='st-key-ask_']")) {
    place.setAttribute("role", "group")
    name(place)
  }
  place.focus({ preventScroll: true })
}

/** @param {HTMLElement} place */
function bringThere(place) {
  bringIntoView(place)
  giveFocus(place)
}

/** From now on, once a document. */
export const watchVerdicts = () =>
  afterPresses((pressed) => {
    if (pressed.closest(TRAIN)) return [CURVES, bringIntoView]
    if (pressed.closest(CLAIM)) return [SENTENCE, bringIntoView]
    for (const [button, from, to] of WAYS) {
      const name = keyAround(pressed.closest(button), from)
      if (name) return [`.${name.replace(from, to)}`, bringThere]
    }
    return null
  })
