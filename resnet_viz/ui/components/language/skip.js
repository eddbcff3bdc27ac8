/**
 * The way past the navigation, before all else that Tab stops at. It leads to what is to be done on the page: the open question,
 * where there is none the first picture's controls, and where there is no picture the page.
 *
 * @typedef {"question" | "picture" | "page"} Kind
 * @typedef {Record<Kind, string>} Words
 */

const PLACES = /** @type {const} */ ([["question", "[class*='st-key-ask_']"], ["picture", "[class*='st-key-picture_'], [class*='st-key-figure_']"]])
const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]"

/** The first thing in a place at which Tab stops, also in components. @param {Element | ShadowRoot} place @returns {HTMLElement | SVGElement | null} */
export function firstStop(place) {
  for (const element of place.querySelectorAll("*")) {
    const found = /** @type {HTMLElement} */ (element)
    if (found.matches(STOPS) && found.tabIndex >= 0 && !found.matches(":disabled") && found.checkVisibility({ visibilityProperty: true })) return found
    const inside = found.shadowRoot && firstStop(found.shadowRoot)
    if (inside) return inside
  }
  return null
}

/** Where the way leads now. @returns {{kind: Kind, place: Element | null}} */
function target() {
  for (const [kind, selector] of PLACES) {
    const place = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility())
    if (place) return { kind, place }
  }
  return { kind: "page", place: null }
}

const found = () => /** @type {HTMLButtonElement | null} */ (document.querySelector("body > .rv-skip"))

/** Call the way after where it leads now. */
export function nameSkip() {
  const button = found()
  const name = button?.dataset[target().kind] ?? ""
  if (button && button.textContent !== name) button.textContent = name
}

/** Offer the way in these words; null where there is no navigation to pass. @param {Words | null} words */
export function offerSkip(words) {
  if (!words) return found()?.remove()
  const button = found() ?? document.createElement("button")
  Object.assign(button.dataset, words)
  button.type = "button"
  button.className = "rv-skip"
  button.onclick = () => {
    const { place } = target()
    const stop = (place && firstStop(place)) ?? /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stMain]"))
    stop?.focus()
  }
  if (!button.isConnected) document.body.prepend(button)
  nameSkip()
}
