/**
 * The note that says where the teacher is.
 *
 * @typedef {import("./views.js").View} View
 * @typedef {{topic: string, page: string, link: string, view: number, follows: boolean, titles: Record<string, string>,
 *   words: Record<string, string>}} Data
 * @typedef {import("../shared/report.js").Component & {data: Data}} Component
 */

import { find, make } from "../shared/dom.js"
import { channel, listen } from "../shared/live.js"
import { fill } from "../shared/numbers.js"
import { report } from "../shared/report.js"
import { isNews } from "./views.js"

const SPREAD = 300 // milliseconds over which a class that follows asks for its pages

/** The numbers of the views that this tab has gone to, or not, before the server has heard of it, by class. @type {Map<string, number>} */
const done = new Map()

/** @param {Component} component */
export default function (component) {
  const { data, parentElement } = component
  const place = find(parentElement, ".note")
  const code = data.topic.split("-")[0]
  const gone = () => Math.max(data.view, done.get(code) ?? 0)
  const answer = (/** @type {"go" | "stay"} */ what, /** @type {number} */ number) => {
    if (number <= gone()) return
    done.set(code, number)
    place.hidden = !data.follows // who follows reads where to until the page is there
    report(component, what, number)
  }
  const look = () => {
    const view = /** @type {View | undefined} */ (channel().topics.get(data.topic)?.view)
    place.hidden = !isNews(view, gone(), data.page, data.link)
    if (!view || place.hidden || place.dataset.number === String(view[0])) return
    const [number, page] = view
    place.dataset.number = String(number)
    draw(place, data, page, number, answer)
    if (data.follows) setTimeout(() => answer("go", number), Math.random() * SPREAD)
  }
  place.dataset.number = ""
  look()
  return listen(place, look)
}

/** @param {HTMLElement} place @param {Data} data @param {string} page @param {number} number @param {(what: "go" | "stay", number: number) => void} answer */
function draw(place, { titles, words, follows }, page, number, answer) {
  const title = titles[page] ?? page
  const said = make("p", { textContent: fill(follows ? words.note_going : words.note_here, { title }) })
  if (follows) return place.replaceChildren(said)
  const go = make("button", { type: "button", className: "go", textContent: words.note_go })
  const stay = make("button", { type: "button", textContent: words.note_stay })
  go.onclick = () => answer("go", number)
  stay.onclick = () => answer("stay", number)
  place.replaceChildren(said, make("div", {}, go, stay))
}
