/**
 * A form that is posted by fetch: a navigation's request would not say where it comes from, as our documents send no referrer.
 *
 * @typedef {{path: string, language: string, asks: boolean, button: string, sure: string, words: Record<string, string>}} Data
 */

import { find, make } from "../shared/dom.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const form = /** @type {HTMLFormElement} */ (find(parentElement, ".post"))
  const text = JSON.stringify(data)
  if (form.dataset.drawn === text) return
  form.dataset.drawn = text
  const { words, asks, sure, button } = data
  const field = make("input", { type: "password", name: "passphrase", required: true, autocomplete: "current-password", maxLength: 200 })
  const box = make("input", { type: "checkbox", required: true })
  const press = make("button", { type: "submit", textContent: button })
  const said = make("p", { className: "said" })
  said.setAttribute("role", "alert")
  form.replaceChildren(
    ...(asks ? [make("label", {}, words.form_passphrase, field)] : []),
    ...(sure ? [make("label", { className: "sure" }, box, sure)] : []),
    press,
    said,
  )
  form.onsubmit = async (event) => {
    event.preventDefault()
    press.disabled = true
    said.textContent = ""
    const problem = await post(data, field.value)
    press.disabled = false
    said.textContent = problem
  }
}

/** Post the form, and open what the server leads to; else what is wrong. @param {Data} data @param {string} passphrase @returns {Promise<string>} */
async function post({ path, language, words }, passphrase) {
  const body = new URLSearchParams({ lang: language, passphrase })
  const answer = await fetch(path, { method: "POST", body }).catch(() => null)
  if (!answer) return words.form_offline
  if (answer.ok) {
    window.location.assign(answer.url)
    return ""
  }
  return words[`form_${answer.status}`] ?? (await answer.text())
}
