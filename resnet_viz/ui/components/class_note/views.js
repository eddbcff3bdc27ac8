/** Where the teacher has brought everybody, and whether one is to be told. */

/** @typedef {[number: number, page: string, link: string]} View */

/**
 * Whether a view is news for somebody who has gone along up to number `gone` and is at `page` with the query `link`.
 * @param {View | undefined} view @param {number} gone @param {string} page @param {string} link
 */
export function isNews(view, gone, page, link) {
  if (!view || view[0] <= gone) return false
  return view[1] !== page || sorted(view[2]) !== sorted(link)
}

/** A query whose order does not matter. @param {string} link */
const sorted = (link) => link.split("&").sort().join("&")
