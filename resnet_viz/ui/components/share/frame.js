/** What another site's page needs to show a view: HTML for a teacher to copy. */

/** @param {string} text */
const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** One picture of the view with its controls, without the rest of its page. @param {string} address @param {string} title of the page, which screen readers say */
export function frameOf(address, title) {
  const view = new URL(address)
  view.searchParams.set("embed", "true")
  return `<iframe src="${quoted(view.href)}" title="${quoted(title)}" width="100%" height="640" loading="lazy" style="border: 0"></iframe>`
}
