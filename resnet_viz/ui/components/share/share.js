/**
 * The address of the view that is on the screen: to copy, and as a code for the cameras of a class.
 *
 * @typedef {{codes: string, words: Record<string, string>}} Data
 */

import { find, make } from "../shared/dom.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".share")
  const say = data.words
  const field = make("input", { readOnly: true, value: window.location.href })
  field.setAttribute("aria-label", say.share_address)
  field.onfocus = () => field.select()
  const said = make("p", { className: "said" })
  said.setAttribute("role", "status")
  const copy = make("button", { type: "button", textContent: say.share_copy })
  copy.onclick = async () => {
    said.textContent = (await copied(field)) ? say.share_copied : say.share_select
  }
  const codes = make("div", { className: "codes" })
  place.replaceChildren(make("div", { className: "row" }, field, copy), said, codes)
  showCode(data, field, codes, said)
}

/** Put a field's text into the clipboard. A page that came by plain http has no clipboard: there the older command, and at least the text is marked. @param {HTMLInputElement} field */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value)
    return true
  } catch {
    field.focus()
    field.select()
    try {
      return document.execCommand("copy")
    } catch {
      return false
    }
  }
}

/** @param {Data} data @param {HTMLInputElement} field @param {HTMLElement} codes @param {HTMLElement} said */
async function showCode({ codes: path, words: say }, field, codes, said) {
  const { pathname, search } = window.location
  const answer = await fetch(`${path}?to=${encodeURIComponent(pathname + search)}`).catch(() => null)
  if (!answer?.ok) {
    said.textContent = say.share_no_code
    return
  }
  const svg = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement
  const address = svg.querySelector("title")?.textContent ?? field.value
  field.value = address
  if (/^\w+:\/\/(localhost|[^/:]*\.localhost|127\.[\d.]+|\[::1\])([:/]|$)/.test(address)) said.textContent = say.share_only_here
  svg.setAttribute("role", "img")
  const large = make("dialog", {}, document.importNode(svg, true), make("p", { textContent: address }))
  const close = make("button", { type: "button", textContent: say.share_close })
  close.onclick = () => large.close()
  large.onclick = (event) => event.target === large && large.close()
  large.append(close)
  const enlarge = make("button", { type: "button", className: "enlarge" }, document.importNode(svg, true), make("span", { textContent: say.share_large }))
  enlarge.onclick = () => large.showModal()
  codes.replaceChildren(enlarge, large)
}
