/**
 * The answers of a class. What the server gave is shown until the live channel has told more.
 *
 * @typedef {{counts?: number[][], answered?: number, expected?: number}} Now
 * @typedef {{topic: string, question: string, options: string[], right: number | null, own: number | null,
 *   words: Record<string, string>, now: Now}} Data
 * @typedef {{shape: string, list: HTMLElement, count: HTMLElement, bars: {fillUp: HTMLElement, number: HTMLElement}[][]}} View  bars by option and round
 */

import { find, make } from "../shared/dom.js"
import { channel, drawn } from "../shared/live.js"
import { fill } from "../shared/numbers.js"
import { bars, said } from "./rows.js"

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".answers")
  const look = () => {
    const told = /** @type {Record<string, Now> | undefined} */ (channel().topics.get(data.topic)?.polls)?.[data.question]
    return { ...data.now, ...told }
  }
  return drawn(place, look, (now) => draw(place, data, now))
}

/** The elements stay as long as there are as many: a bar grows from where it was, and a screen reader hears the count. @param {HTMLElement} place @param {Data} data @param {Now} now */
function draw(place, data, now) {
  const view = memory.get(place) ?? begin(place)
  const rounds = now.counts ?? []
  const rows = bars(rounds, data.options.length)
  const shape = JSON.stringify([data.options, data.right, data.own, data.words, rounds.length])
  if (view.shape !== shape) build(view, data, rounds.length)
  view.shape = shape
  rows.forEach((row, option) => {
    row.forEach((bar, round) => {
      const { fillUp, number } = view.bars[option][round]
      fillUp.style.width = `${bar.share * 100}%`
      number.textContent = said(bar)
    })
  })
  view.count.textContent = fill(data.words.bars_answered, { answered: now.answered ?? 0, expected: now.expected ?? 0 })
}

/** @param {HTMLElement} place @returns {View} */
function begin(place) {
  const [list, count] = [make("ol"), make("p", { className: "count" })]
  count.setAttribute("role", "status")
  place.replaceChildren(list, count)
  const view = { shape: "", list, count, bars: [] }
  memory.set(place, view)
  return view
}

/** Rows without their numbers. @param {View} view @param {Data} data @param {number} rounds */
function build(view, { options, right, own, words }, rounds) {
  view.bars = options.map(() =>
    Array.from({ length: rounds }, (_, at) => ({
      fillUp: make("i", { className: at === rounds - 1 ? "last" : "before" }),
      number: make("span", { className: "number" }),
    })),
  )
  const lines = options.map((option, which) => {
    const name = which === own ? fill(words.bars_yours, { option }) : option
    const each = view.bars[which].map(({ fillUp, number }, at) => {
      const round = rounds > 1 ? make("span", { className: "round", textContent: fill(words.bars_round, { number: at + 1 }) }) : ""
      return make("div", { className: "bar" }, round, make("span", { className: "track" }, fillUp), number)
    })
    return make("li", { className: which === right ? "right" : "" }, make("span", { className: "option", textContent: which === right ? `✓ ${name}` : name }), ...each)
  })
  view.list.replaceChildren(...lines)
  view.list.hidden = !lines.length
}
