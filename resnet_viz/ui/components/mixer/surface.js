/** A canvas on which a pixel can be chosen, with the pointer or the arrow keys. */

import { isBrowsers, make } from "../shared/dom.js"
import { clamp } from "../shared/scales.js"

/**
 * @param {string} className @param {string} label @param {string} keys what the keys do, for screen readers @param {number} side of the picture
 * @param {{get: () => [number, number], set: (place: [number, number]) => void}} place line and column of the chosen pixel
 */
export function surface(className, label, keys, side, place) {
  const canvas = make("canvas")
  const mark = make("div", { className: "mark" })
  const frame = make("div", { className: "frame", tabIndex: 0 }, canvas, mark)
  frame.setAttribute("role", "application")
  frame.setAttribute("aria-label", `${label}. ${keys}`)
  /** @param {number} line @param {number} column */
  const choose = (line, column) => place.set([clamp(line, side), clamp(column, side)])
  frame.onpointermove = frame.onpointerdown = (event) => {
    if (!event.buttons) return // a mouse on its way to the sliders leaves the chosen pixel alone
    const box = frame.getBoundingClientRect()
    choose(Math.floor(((event.clientY - box.top) / box.height) * side), Math.floor(((event.clientX - box.left) / box.width) * side))
  }
  frame.onkeydown = (event) => {
    if (isBrowsers(event)) return
    const step = event.shiftKey ? 16 : 1
    const down = /** @type {Record<string, number>} */ ({ ArrowDown: step, ArrowUp: -step })[event.key] ?? 0
    const right = /** @type {Record<string, number>} */ ({ ArrowRight: step, ArrowLeft: -step })[event.key] ?? 0
    if (!down && !right) return
    event.preventDefault()
    const [line, column] = place.get()
    choose(line + down, column + right)
  }
  const caption = make("figcaption", { textContent: label })
  return { canvas, mark, caption, figure: make("figure", { className }, caption, frame) }
}
