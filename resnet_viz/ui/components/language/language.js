// The page's language, and a history in which every entry is a view.

/** @param {{ data: { code: string } }} component */
export default function ({ data }) {
  document.documentElement.lang = data.code
  keepHistoryOfViews()
}

/** From now on the first link of a page takes the place of the page's bare address instead of following it. */
function keepHistoryOfViews() {
  const marked = /** @type {History & { keepsViews?: boolean }} */ (window.history)
  if (marked.keepsViews) return
  marked.keepsViews = true
  const push = window.history.pushState
  /** @type {History["pushState"]} */
  window.history.pushState = function (state, title, url) {
    const from = window.location
    const to = new URL(url ?? "", from.href)
    const isBare = from.pathname === to.pathname && !from.search && Boolean(to.search)
    return (isBare ? window.history.replaceState : push).call(this, state, title, url)
  }
}
