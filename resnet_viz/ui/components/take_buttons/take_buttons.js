/**
 * Asks for the figure around it as a file. `components/take` makes it.
 *
 * @typedef {{name: string, source: string, words: Record<string, string>}} Data
 */

import { find, make } from "../shared/dom.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".take")
  const said = make("span", { className: "said" })
  said.setAttribute("role", "status")
  const failed = () => {
    said.textContent = data.words.take_failed
  }
  const buttons = ["png", "svg"].map((format) => {
    const button = make("button", { type: "button", textContent: format.toUpperCase(), title: data.words[`take_${format}`] })
    button.onclick = () => {
      said.textContent = ""
      const detail = { format, name: data.name, source: data.source, failed }
      place.dispatchEvent(new CustomEvent("take-picture", { bubbles: true, composed: true, detail }))
    }
    return button
  })
  place.replaceChildren(...buttons, said)
}
