/**
 * How many of a class are at which page.
 *
 * @typedef {{topic: string, where: Record<string, number>, titles: Record<string, string>, words: Record<string, string>}} Data
 */

import { find, make } from "../shared/dom.js"
import { channel, drawn } from "../shared/live.js"
import { fill } from "../shared/numbers.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".answers")
  const look = () => /** @type {Record<string, number>} */ (channel().topics.get(data.topic)?.where ?? data.where)
  return drawn(place, look, (where) => draw(place, data, where))
}

/** @param {HTMLElement} place @param {Data} data @param {Record<string, number>} where */
function draw(place, { titles, words }, where) {
  const all = Object.values(where).reduce((sum, count) => sum + count, 0)
  const rows = Object.keys(titles).filter((page) => where[page]).map((page) => {
    const bar = make("i", { className: "last" })
    bar.style.width = `${(where[page] / all) * 100}%`
    const number = make("span", { className: "number few", textContent: String(where[page]) })
    const track = make("span", { className: "track" }, bar)
    return make("li", {}, make("div", { className: "bar" }, make("span", { className: "page", textContent: titles[page] }), track, number))
  })
  const said = make("p", { className: "count", textContent: all ? fill(words.where_here, { count: all }) : words.where_nobody })
  said.setAttribute("role", "status")
  place.replaceChildren(said, make("ol", { className: "where" }, ...rows))
}
