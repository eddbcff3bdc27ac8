/**
 * The answers of a class. What the server gave is shown until the live channel has told more.
 *
 * @typedef {{counts?: number[][], answered?: number, expected?: number}} Now
 * @typedef {{topic: string, question: string, options: string[], right: number | null, own: number | null,
 *   words: Record<string, string>, now: Now}} Data
 */

import { find, make } from "../shared/dom.js"
import { channel, drawn } from "../shared/live.js"
import { fill } from "../shared/numbers.js"
import { bars, said } from "./rows.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".answers")
  const look = () => {
    const told = /** @type {Record<string, Now> | undefined} */ (channel().topics.get(data.topic)?.polls)?.[data.question]
    return { ...data.now, ...told }
  }
  return drawn(place, look, (now) => draw(place, data, now))
}

/** @param {HTMLElement} place @param {Data} data @param {Now} now */
function draw(place, { options, right, own, words }, now) {
  const count = make("p", { className: "count", textContent: fill(words.bars_answered, { answered: now.answered ?? 0, expected: now.expected ?? 0 }) })
  count.setAttribute("role", "status")
  const rounds = now.counts ?? []
  const rows = bars(rounds, options.length).map((row, option) => {
    const name = option === own ? fill(words.bars_yours, { option: options[option] }) : options[option]
    const each = row.map((bar, at) => {
      const fillUp = make("i", { className: at === row.length - 1 ? "last" : "before" })
      fillUp.style.width = `${bar.share * 100}%`
      const track = make("span", { className: "track" }, fillUp)
      const round = row.length > 1 ? make("span", { className: "round", textContent: fill(words.bars_round, { number: at + 1 }) }) : ""
      return make("div", { className: "bar" }, round, track, make("span", { className: "number", textContent: said(bar) }))
    })
    const line = make("li", { className: option === right ? "right" : "" }, make("span", { className: "option", textContent: option === right ? `✓ ${name}` : name }), ...each)
    return line
  })
  place.replaceChildren(...(rows.length ? [make("ol", {}, ...rows)] : []), count)
}
