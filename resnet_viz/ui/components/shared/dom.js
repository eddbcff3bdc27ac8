/** Elements, made and found. */

/**
 * A new element with properties and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Partial<HTMLElementTagNameMap[K]>} [more] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, more = {}, ...children) {
  const element = Object.assign(document.createElement(tag), more)
  element.append(...children)
  return element
}

/** The element that a selector names; there is always one. @param {ParentNode} place @param {string} selector @returns {HTMLElement} */
export function find(place, selector) {
  const found = place.querySelector(selector)
  if (!found) throw new Error(`there is no ${selector}`)
  return /** @type {HTMLElement} */ (found)
}

/** The element at or around an event's target that a selector names. @param {Event} event @param {string} selector @returns {HTMLElement | null} */
export function around(event, selector) {
  const { target } = event
  return target instanceof Element ? target.closest(selector) : null
}

/** Whether a key is the browser's own: Alt with an arrow is Back. @param {{altKey: boolean, ctrlKey: boolean, metaKey: boolean}} event */
export const isBrowsers = (event) => event.altKey || event.ctrlKey || event.metaKey

/** What one draws with. @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [options] */
export const pen = (canvas, options) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", options))
