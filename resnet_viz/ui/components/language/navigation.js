/**
 * The navigation in the page's language: what it is called, and the menu of what has no room in it.
 *
 * @typedef {{pages: string, more: string}} Words
 */

/** @type {Words | null} */
let words = null

/** In these words from now on; null where there is no navigation. @param {Words | null} given */
export function nameNavigationIn(given) {
  words = given
  document.documentElement.style.setProperty("--rv-more", JSON.stringify(given?.more ?? "")) // `app.css` shows it
  nameNavigation()
}

/** Streamlit draws it anew. */
export function nameNavigation() {
  if (!words) return
  name("[data-testid=stTopNav]", words.pages)
  name(".rc-overflow-item-rest [data-testid=stTopNavSection]", words.more)
}

/** @param {string} place @param {string} name */
function name(place, name) {
  const found = document.querySelector(place)
  if (found && found.getAttribute("aria-label") !== name) found.setAttribute("aria-label", name)
}
