/** A place that is to be looked at: only where it ends up, once the page has been drawn. */

const CALM_FRAMES = 8
const PATIENCE = 8000 // ms for a place that is not there although no script runs
const ELSEWHERE = ["wheel", "touchmove", "popstate", "pointerdown", "keydown"]
const SCROLLING = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]

/** Whether somebody turns to something else: every such event, but of the keys only those that scroll. @param {Event} event */
const isTurn = (event) => event.type !== "keydown" || (SCROLLING.includes(/** @type {KeyboardEvent} */ (event).key) && !event.defaultPrevented)

const FIGURE = ":scope > :is([class*='st-key-figure_'], :has(> [class*='st-key-figure_']))"

/** A picture that leaves its parts to the column around it has no box of its own: its figure is the place. @param {HTMLElement | null} place */
const boxOf = (place) => (place?.getClientRects().length === 0 ? (/** @type {HTMLElement | null} */ (place.querySelector(FIGURE)) ?? place) : place)

/**
 * Call `act` with the place, once, when the script has ended and the place has stayed where it is for some frames: what is drawn
 * later would push it away. Whoever scrolls, presses something or goes back meanwhile is left alone, and a place that does not come is
 * not waited for for ever. Returns what gives it up.
 * @param {string} selector @param {(place: HTMLElement) => void} act
 */
export function onceSteady(selector, act) {
  let isWanted = true
  let frames = 0
  let before = ""
  let missing = 0 // since when
  const stop = () => {
    isWanted = false
    for (const kind of ELSEWHERE) window.removeEventListener(kind, turn)
  }
  /** @param {Event} event */
  const turn = (event) => {
    if (isTurn(event)) stop()
  }
  /** @param {number} time */
  const look = (time) => {
    if (!isWanted) return
    const place = boxOf(document.querySelector(selector))
    const isRunning = !document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
    const now = place ? [place.getBoundingClientRect().top, place.offsetHeight, document.querySelector("[data-testid=stMain]")?.scrollHeight].join() : ""
    frames = place && now === before && !isRunning ? frames + 1 : 0
    before = now
    if (place || isRunning) missing = 0
    else missing ||= time
    if (place && frames > CALM_FRAMES) {
      stop()
      act(place)
    } else if (missing && time - missing > PATIENCE) stop()
    else requestAnimationFrame(look)
  }
  for (const kind of ELSEWHERE) window.addEventListener(kind, turn, { passive: true })
  requestAnimationFrame(look)
  return stop
}

/**
 * From now on, once a document: a press gives up what the one before was waiting for and, where `after` names a place and what to do
 * with it, waits for that.
 * @param {(pressed: Element) => [string, (place: HTMLElement) => void] | null} after
 */
export function afterPresses(after) {
  let giveUp = () => {}
  document.addEventListener(
    "click",
    ({ target }) => {
      giveUp()
      const wanted = target instanceof Element ? after(target) : null
      if (wanted) giveUp = onceSteady(...wanted)
    },
    true,
  )
}

/** The class by which the app's script calls the nearest place around something, from its first letters. @param {Element | null} inside @param {string} first */
export const keyAround = (inside, first) => [...(inside?.closest(`[class*='${first}']`)?.classList ?? [])].find((each) => each.startsWith(first))

/** How a scroll goes: at once for who has asked for less motion. @returns {ScrollBehavior} */
export const motion = () => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth")
