/**
 * A row of pictures to choose from. It also takes a picture from the clipboard while it is on the page.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {{code: string, title: string, src: string}} Item
 * @typedef {{items: Item[], chosen: string, heard: number, label: string, paste: string, listens: boolean, heavy: string, maxBytes: number, maxSide: number}} Data
 * @typedef {Reports & {data: Data, setTriggerValue: (name: string, value: string) => void}} Component
 */

import { around, find, isBrowsers, make } from "../shared/dom.js"
import { listen } from "../shared/listen.js"
import { isAnswered, report } from "../shared/report.js"
import { base64, fileOf, smaller } from "./clipboard.js"

/** @param {Component} component */
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const list = find(parentElement, "[role=radiogroup]")
  const hint = find(parentElement, ".hint")
  list.setAttribute("aria-label", data.label)
  hint.textContent = data.paste
  const heavy = find(parentElement, ".heavy")
  /** Until the next paste or choice, however often this is drawn. @param {boolean} isHeavy */
  const tell = (isHeavy) => {
    const said = isHeavy ? data.heavy : ""
    if (heavy.textContent !== said) heavy.textContent = said
  }
  tell(heavy.textContent !== "")

  const known = buttons(list).map((b) => `${b.dataset.code}${b.title}`).join()
  if (known !== data.items.map((i) => i.code + i.title).join()) list.replaceChildren(...data.items.map(button))
  for (const [i, b] of buttons(list).entries()) {
    const image = /** @type {HTMLImageElement} */ (find(b, "img"))
    if (image.getAttribute("src") !== data.items[i].src) image.src = data.items[i].src // another picture of one's own
  }
  show(list, isAnswered(component) ? data.chosen : (list.dataset.chosen ?? ""))

  /** @param {HTMLButtonElement} b */
  function choose(b) {
    show(list, b.dataset.code ?? "")
    tell(false)
    b.focus()
    report(component, "chosen", b.dataset.code)
  }

  list.onclick = (event) => {
    const b = around(event, "button")
    if (b) choose(/** @type {HTMLButtonElement} */ (b))
  }
  list.onkeydown = (event) => {
    const step = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 })[event.key]
    const here = around(event, "button")
    if (!step || !here || isBrowsers(event)) return
    event.preventDefault()
    const all = buttons(list)
    choose(all[(all.indexOf(/** @type {HTMLButtonElement} */ (here)) + step + all.length) % all.length])
  }

  /** @param {ClipboardEvent} event */
  const pasted = async (event) => {
    const file = fileOf(event)
    if (!file) return
    event.preventDefault()
    tell(false)
    const small = await smaller(file, data.maxSide, data.maxBytes)
    if (small.size > data.maxBytes) tell(true)
    else setTriggerValue("pasted", await base64(small))
  }
  return listen(parentElement, "paste", data.listens ? pasted : null)
}

/** @param {HTMLElement} list */
const buttons = (list) => /** @type {HTMLButtonElement[]} */ ([...list.children])

/** @param {Item} item */
function button(item) {
  const b = make("button", { type: "button", title: item.title }, make("img", { src: item.src, alt: item.title }))
  b.dataset.code = item.code
  b.setAttribute("role", "radio")
  return b
}

/** Mark the chosen picture, and make it, or else the first, the one tab stop. @param {HTMLElement} list @param {string} code */
function show(list, code) {
  list.dataset.chosen = code
  const all = buttons(list)
  const chosen = all.find((b) => b.dataset.code === code)
  for (const b of all) {
    b.setAttribute("aria-checked", String(b === chosen))
    b.tabIndex = b === (chosen ?? all[0]) ? 0 : -1
  }
}
