/**
 * What the document of every page needs besides what Streamlit gives it: its language, a history in which every entry is a view, a menu
 * that closes once something is chosen, names for groups of buttons and for the navigation, a way past it and one to a question out of
 * sight, explanations that stay in the window, copies without what nobody sees, verdicts that come into it, fields that speak
 * its language, and ways on that lead to the top of what they open.
 */

import { offerBelow, watchBelow } from "./below.js"
import { watchCopies } from "./copies.js"
import { callInputs, nameInputs } from "./inputs.js"
import { nameNavigation, nameNavigationIn } from "./navigation.js"
import { watchWaysOn } from "./onward.js"
import { nameSkip, offerSkip } from "./skip.js"
import { watchTips } from "./tips.js"
import { callUploads, nameUploads } from "./uploads.js"
import { nameVerdicts, watchVerdicts } from "./verdict.js"

const NARROW = "(max-width: 768px)" // where Streamlit's menu lies over the page

/** @typedef {{ code: string, upload: string, inputs: import("./inputs.js").Words, skip: import("./skip.js").Words | null, below: string | null, navigation: import("./navigation.js").Words | null }} Data */

/** @param {{ data: Data }} component */
export default function ({ data }) {
  document.documentElement.lang = data.code
  offerSkip(data.skip)
  offerBelow(data.below)
  callUploads(data.upload)
  callInputs(data.inputs)
  nameNavigationIn(data.navigation)
  const marked = /** @type {Document & { isWatched?: boolean }} */ (document)
  if (marked.isWatched) return
  marked.isWatched = true
  keepHistoryOfViews()
  closeMenuAfterChoice()
  nameWhatIsAsked()
  watchTips()
  watchCopies()
  watchVerdicts()
  watchWaysOn()
}

/**
 * From now on the first link of a page takes the place of the page's bare address instead of following it, and a page that is opened
 * begins at its top: Streamlit leaves that to chance, for the browser may hold on to the foot, which the last page had too.
 */
function keepHistoryOfViews() {
  const push = window.history.pushState
  /** @type {History["pushState"]} */
  window.history.pushState = function (state, title, url) {
    const from = window.location
    const to = new URL(url ?? "", from.href)
    if (from.pathname !== to.pathname) beginAtTop()
    const isBare = from.pathname === to.pathname && !from.search && Boolean(to.search)
    return (isBare ? window.history.replaceState : push).call(this, state, title, url)
  }
}

/** What is seen, and where Tab goes on if the focus was on what goes away, or has gone with it; the tour's bar stays. */
function beginAtTop() {
  const main = document.querySelector("[data-testid=stMain]")
  main?.scrollTo({ top: 0, behavior: "instant" })
  const held = document.activeElement
  if (held && held !== document.body && (!main?.contains(held) || held.closest(".st-key-tour_bar"))) return
  document.body.tabIndex = -1
  document.body.focus({ preventScroll: true })
  document.body.removeAttribute("tabindex")
}

/** Streamlit leaves the menu of a narrow window over the page that was chosen in it. */
function closeMenuAfterChoice() {
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("[data-testid=stSidebarNavLink]") || !window.matchMedia(NARROW).matches) return
    const close = document.querySelector("[data-testid=stSidebarCollapseButton] button")
    if (close instanceof HTMLElement) setTimeout(() => close.click())
  })
}

/** The options of a prediction are one group, and its name is the question: Streamlit has no word for that. So is the way to it. */
function nameWhatIsAsked() {
  let waits = false
  const name = () => {
    waits = false
    for (const box of document.querySelectorAll("[class*='st-key-ask_']")) {
      const question = box.querySelector("[data-testid=stMarkdownContainer] strong")?.textContent
      if (!question || box.getAttribute("aria-label") === question) continue
      box.setAttribute("role", "group")
      box.setAttribute("aria-label", question)
    }
    nameVerdicts()
    nameSkip()
    nameNavigation()
    nameUploads()
    nameInputs()
    watchBelow()
  }
  const later = () => {
    if (!waits) requestAnimationFrame(name)
    waits = true
  }
  new MutationObserver(later).observe(document.body, { childList: true, characterData: true, subtree: true })
  later()
}
