/**
 * The address of the view that is on the screen: to copy, as a code for the cameras of a class, and as a frame for another site.
 *
 * @typedef {{codes: string, framed: "" | "embed" | "refused", words: Record<string, string>}} Data
 *   `framed`: whether the page has a picture for other sites, and whether any of them may show it
 */

import { find, make } from "../shared/dom.js"
import { frameOf } from "./frame.js"

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
  const frame = data.framed ? framed(data) : null
  place.replaceChildren(make("div", { className: "row" }, field, copy), said, codes, ...(frame ? [frame.fold] : []))
  showCode(data, field, codes, said).then(() => frame?.show(field.value))
}

/** The frame's code, folded, with its own button. @param {Data} data */
function framed({ framed: kind, words: say }) {
  const code = make("textarea", { readOnly: true, rows: 5 })
  code.setAttribute("aria-label", say.share_embed_code)
  code.onfocus = () => code.select()
  const note = make("p", { textContent: kind === "refused" ? say.share_embed_refused : say.share_embed_note })
  const said = make("p", { className: "said" })
  said.setAttribute("role", "status")
  const copy = make("button", { type: "button", textContent: say.share_embed_copy })
  copy.onclick = async () => {
    said.textContent = (await copied(code)) ? say.share_copied : say.share_select
  }
  const fold = make("details", { className: "frame" }, make("summary", { textContent: say.share_embed }), note, code, copy, said)
  /** @param {string} address */
  const show = (address) => {
    code.value = frameOf(address, document.title)
  }
  return { fold, show }
}

/** Put a field's text into the clipboard. A page that came by plain http has no clipboard: there the older command, and at least the text is marked. @param {HTMLInputElement | HTMLTextAreaElement} field */
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
