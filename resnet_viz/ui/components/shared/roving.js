/**
 * A group of controls that is one stop for Tab: inside, arrow keys lead from one to the next, Home and End to the first and the last
 * (the "roving tabindex" of the WAI-ARIA Authoring Practices).
 */

import { isBrowsers } from "./dom.js"

const STEPS = new Map([["ArrowRight", 1], ["ArrowDown", 1], ["ArrowLeft", -1], ["ArrowUp", -1]])

/** Whether a key moves within a group. @param {string} key */
export const moves = (key) => STEPS.has(key) || key === "Home" || key === "End"

/**
 * The item that a key leads to; undefined beyond either end, and for a key that does not move.
 * @template T
 * @param {T[]} all @param {T} item @param {string} key @returns {T | undefined}
 */
export function neighbour(all, item, key) {
  if (key === "Home") return all[0]
  if (key === "End") return all.at(-1)
  const step = STEPS.get(key)
  return step ? all[all.indexOf(item) + step] : undefined
}

/** Make one of the items the stop: this one, or the first. @param {(HTMLElement | SVGElement)[]} items @param {EventTarget | null} [stop] */
export function stopAt(items, stop) {
  const chosen = items.find((item) => item === stop) ?? items[0]
  for (const item of items) item.setAttribute("tabindex", item === chosen ? "0" : "-1")
}

/**
 * From now on the buttons of a group are one stop: the one that had the focus last. Where its buttons are replaced, `stopAt` says
 * which of the new ones it is.
 * @param {HTMLElement} group @param {() => HTMLElement[]} buttons
 */
export function rove(group, buttons) {
  /** @param {Event} event */
  const at = ({ target }) => buttons().find((button) => target instanceof Node && button.contains(target))
  stopAt(buttons())
  group.addEventListener("focusin", (event) => {
    const here = at(event)
    if (here) stopAt(buttons(), here)
  })
  group.addEventListener("keydown", (event) => {
    const here = at(event)
    if (!here || isBrowsers(event) || !moves(event.key)) return
    event.preventDefault() // it is used, also at either end
    event.stopPropagation()
    neighbour(buttons(), here, event.key)?.focus()
  })
}
