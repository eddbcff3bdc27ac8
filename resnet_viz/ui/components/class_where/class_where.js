/**
 * How many of a class are at which page.
 *
 * @typedef {{topic: string, where: Record<string, number>, titles: Record<string, string>, words: Record<string, string>}} Data
 * @typedef {{line: HTMLElement, name: HTMLElement, bar: HTMLElement, number: HTMLElement}} Row
 * @typedef {{count: HTMLElement, list: HTMLElement, rows: Map<string, Row>}} View  rows by page
 */

import { find, make } from "../shared/dom.js"
import { channel, drawn } from "../shared/live.js"
import { fill } from "../shared/numbers.js"

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".answers")
  const look = () => /** @type {Record<string, number>} */ (channel().topics.get(data.topic)?.where ?? data.where)
  return drawn(place, look, (where) => draw(place, data, where))
}

/** The elements stay as long as somebody is there: a bar grows from where it was, and a screen reader hears the count. @param {HTMLElement} place @param {Data} data @param {Record<string, number>} where */
function draw(place, { titles, words }, where) {
  const view = memory.get(place) ?? begin(place)
  const all = Object.values(where).reduce((sum, count) => sum + count, 0)
  const pages = Object.keys(titles).filter((page) => where[page])
  for (const [page, { line }] of view.rows) {
    if (pages.includes(page)) continue
    line.remove()
    view.rows.delete(page)
  }
  pages.forEach((page, at) => {
    const row = view.rows.get(page) ?? begun(view, page)
    if (view.list.children[at] !== row.line) view.list.insertBefore(row.line, view.list.children[at] ?? null)
    row.name.textContent = titles[page]
    row.bar.style.width = `${(where[page] / all) * 100}%`
    row.number.textContent = String(where[page])
  })
  view.count.textContent = all ? fill(words.where_here, { count: all }) : words.where_nobody
}

/** @param {HTMLElement} place @returns {View} */
function begin(place) {
  const [count, list] = [make("p", { className: "count" }), make("ol", { className: "where" })]
  count.setAttribute("role", "status")
  place.replaceChildren(count, list)
  const view = { count, list, rows: new Map() }
  memory.set(place, view)
  return view
}

/** @param {View} view @param {string} page @returns {Row} */
function begun(view, page) {
  const [name, bar, number] = [make("span", { className: "page" }), make("i", { className: "last" }), make("span", { className: "number few" })]
  const line = make("li", {}, make("div", { className: "bar" }, name, make("span", { className: "track" }, bar), number))
  const row = { line, name, bar, number }
  view.rows.set(page, row)
  return row
}
