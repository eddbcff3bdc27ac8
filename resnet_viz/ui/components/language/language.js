// The page's language, and a history in which every entry is a view.

export default function ({ data }) {
  document.documentElement.lang = data.code
  keepHistoryOfViews(window)
}

/** From now on the first link of a page takes the place of the page's bare address instead of following it. */
function keepHistoryOfViews(view) {
  if (view.history.keepsViews) return
  const push = view.history.pushState
  view.history.keepsViews = true
  view.history.pushState = function (state, title, url) {
    const from = view.location
    const to = new URL(url, from.href)
    const isBare = from.pathname === to.pathname && !from.search && to.search
    return (isBare ? view.history.replaceState : push).call(this, state, title, url)
  }
}
