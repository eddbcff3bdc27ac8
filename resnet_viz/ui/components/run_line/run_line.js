/**
 * How a run stands, in a sentence of the text files that follows the channel.
 *
 * @typedef {{name: string, now: string, topic: string, says: Record<string, string>, steps: number, batch: number}} Data
 * @typedef {{says: string, step: number, rate: number | null, ahead: number, wait: number | null, silent: number | null,
 *   test: number | null}} Standing
 */

import { find } from "../shared/dom.js"
import { channel, listen } from "../shared/live.js"
import { fill } from "../shared/numbers.js"

const SAID_FOR = 2000 // milliseconds: later it would be read as if it were true

/** Which sentence each mounted line has said last. @type {WeakMap<HTMLElement, string>} */
const heard = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = find(parentElement, ".run-line")
  find(root, "strong").textContent = data.name
  const draw = () => {
    const told = /** @type {Standing | undefined} */ (/** @type {unknown} */ (channel().topics.get(data.topic)))
    const now = (told && sentence(told, data)) || find(root, ".now").textContent || data.now
    find(root, ".now").textContent = now
    if (!told || heard.get(root) === told.says) return
    if (heard.has(root)) tell(find(root, ".said"), `${data.name}: ${now}`)
    heard.set(root, told.says)
  }
  find(root, ".now").textContent = ""
  draw()
  return listen(parentElement, draw)
}

/** Have a screen reader say a text once. @param {HTMLElement} region @param {string} text */
function tell(region, text) {
  region.textContent = text
  setTimeout(() => region.replaceChildren(), SAID_FOR)
}

/** What is said of a run; empty where there are no words for it. @param {Standing} told @param {Data} data */
export function sentence({ says, ...told }, { says: words, steps, batch }) {
  const left = told.rate ? ((steps - told.step) * batch) / told.rate : 0
  const values = { ...told, rate: told.rate ?? 0, wait: told.wait ?? 0, silent: told.silent ?? 0, test: told.test ?? 0, steps, left }
  return words[says] ? fill(words[says], values) : ""
}
