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
function firstStop(place) {
  for (const element of place.querySelectorAll("*")) {
    const found = /** @type {HTMLElement} */ (element)
    if (found.matches(STOPS) && found.tabIndex >= 0 && !found.matches(":disabled") && found.checkVisibility({ visibilityProperty: true })) return found
    const inside = found.shadowRoot && firstStop(found.shadowRoot)
    if (inside) return inside
  }
  return null
}

/** Where the way leads now. @returns {{kind: Kind, stop: HTMLElement | SVGElement | null}} */
function target() {
  for (const [kind, selector] of PLACES) {
    for (const place of document.querySelectorAll(selector)) {
      const stop = place.checkVisibility() ? firstStop(place) : null
      if (stop) return { kind, stop }
    }
  }
  return { kind: "page", stop: document.querySelector("main, [data-testid=stMain]") }
}

/** Offer the way in these words; null where there is no navigation to pass. @param {Words | null} words */
export function offerSkip(words) {
  const found = /** @type {HTMLButtonElement | null} */ (document.querySelector("body > .rv-skip"))
  if (!words) return found?.remove()
  const button = found ?? document.createElement("button")
  button.type = "button"
  button.className = "rv-skip"
  const say = () => {
    button.textContent = words[target().kind]
  }
  say()
  button.onfocus = say // a question may have come or gone
  button.onclick = () => target().stop?.focus()
  if (!found) document.body.prepend(button)
}
