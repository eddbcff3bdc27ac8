/**
 * After an answer its verdict is what one looks at: it comes into view, with the picture it is about where both fit, and the focus
 * goes to it, so that it is read aloud. Only the press of an option does that; whoever scrolls or presses on meanwhile is left alone.
 */

const OPTION = "[class*='st-key-ask_'] [class*='st-key-w_predict_'] button"
const CALM_FRAMES = 8
const GAP = 12 // px between a verdict and the edge of what is seen
const ELSEWHERE = ["wheel", "touchmove", "popstate"]

let wanted = "" // the class of the verdict that is waited for
let waits = false

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
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches
  verdict.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" })
}

/** The press took the focus with it, unless somebody has put it elsewhere. @param {HTMLElement} verdict */
function giveFocus(verdict) {
  if (document.activeElement && document.activeElement !== document.body) return
  verdict.tabIndex = -1
  verdict.setAttribute("role", "group")
  verdict.setAttribute("aria-label", verdict.querySelector("[data-testid=stMarkdownContainer]")?.textContent ?? "")
  verdict.focus({ preventScroll: true })
}

/** Once a frame, until the run has ended and nothing moves any more: what is drawn later pushes the verdict away. */
function follow() {
  let frames = 0
  let before = ""
  const look = () => {
    const verdict = /** @type {HTMLElement | null} */ (wanted && document.querySelector(`.${wanted}`))
    if (!wanted) {
      waits = false
      return
    }
    const place = verdict ? `${verdict.getBoundingClientRect().top},${verdict.offsetHeight},${document.querySelector("[data-testid=stMain]")?.scrollHeight}` : ""
    const isRunning = !document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
    frames = place && place === before && !isRunning ? frames + 1 : 0
    before = place
    if (verdict && frames > CALM_FRAMES) {
      wanted = ""
      waits = false
      bringIntoView(verdict)
      giveFocus(verdict)
      return
    }
    requestAnimationFrame(look)
  }
  if (!waits) requestAnimationFrame(look)
  waits = true
}

/** From now on, once a document. */
export function watchVerdicts() {
  document.addEventListener(
    "click",
    ({ target }) => {
      const option = target instanceof Element ? target.closest(OPTION) : null
      const ask = option?.closest("[class*='st-key-ask_']")
      const name = ask && [...ask.classList].find((each) => each.startsWith("st-key-ask_"))
      wanted = name ? name.replace("st-key-ask_", "st-key-answered_") : ""
      if (wanted) follow()
    },
    true,
  )
  const forget = () => {
    wanted = ""
  }
  for (const kind of ELSEWHERE) window.addEventListener(kind, forget, { passive: true })
}
