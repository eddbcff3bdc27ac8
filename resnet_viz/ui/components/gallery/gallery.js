/**
 * A row of pictures to choose from. It also takes a picture from the clipboard while it is on the page; a large one is made
 * smaller here, so that it fits into a message to the server.
 *
 * @typedef {{code: string, title: string, src: string}} Item
 * @typedef {{items: Item[], chosen: string, heard: number, label: string, paste: string, heavy: string, maxBytes: number, maxSide: number}} Data
 * @typedef {import("../shared/report.js").Component & {data: Data, setTriggerValue: (name: string, value: string) => void}} Component
 */

import { isAnswered, report } from "../shared/report.js"

/** @param {Component} component */
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const list = parentElement.querySelector("[role=radiogroup]")
  const hint = parentElement.querySelector(".hint")
  list.setAttribute("aria-label", data.label)
  hint.textContent = data.paste

  const known = [...list.children].map((b) => b.dataset.code + b.title).join()
  if (known !== data.items.map((i) => i.code + i.title).join()) {
    list.replaceChildren(...data.items.map(button))
  }
  data.items.forEach((item, i) => {
    const image = list.children[i].querySelector("img")
    if (image.getAttribute("src") !== item.src) image.src = item.src // another picture of one's own
  })
  show(isAnswered(component) ? data.chosen : list.dataset.chosen)

  /** @param {Item} item */
  function button(item) {
    const b = document.createElement("button")
    b.type = "button"
    b.dataset.code = item.code
    b.title = item.title
    b.setAttribute("role", "radio")
    const image = document.createElement("img")
    image.src = item.src
    image.alt = item.title
    b.append(image)
    return b
  }

  /** @param {string} code */
  function show(code) {
    list.dataset.chosen = code
    let any = false
    for (const b of list.children) {
      const on = b.dataset.code === code
      any ||= on
      b.setAttribute("aria-checked", String(on))
      b.tabIndex = on ? 0 : -1
    }
    if (!any && list.firstElementChild) list.firstElementChild.tabIndex = 0
  }

  /** @param {HTMLElement} b */
  function choose(b) {
    show(b.dataset.code)
    b.focus()
    report(component, "chosen", b.dataset.code)
  }

  list.onclick = (event) => {
    const b = event.target.closest("button")
    if (b) choose(b)
  }
  list.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const here = event.target.closest("button")
    if (!step || !here) return
    event.preventDefault()
    const all = [...list.children]
    choose(all[(all.indexOf(here) + step + all.length) % all.length])
  }

  /** @param {ClipboardEvent} event */
  const pasted = async (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((f) => !f.type || f.type.startsWith("image/"))
    if (!file) return
    event.preventDefault()
    hint.textContent = data.paste
    const small = await smaller(file, data.maxSide, data.maxBytes)
    if (small.size > data.maxBytes) hint.textContent = data.heavy
    else setTriggerValue("pasted", await base64(small))
  }
  // the newest run's closure replaces the one before: one listener, always with the current setters
  if (parentElement.pasteListener) document.removeEventListener("paste", parentElement.pasteListener)
  parentElement.pasteListener = pasted
  document.addEventListener("paste", pasted)
  return () => document.removeEventListener("paste", parentElement.pasteListener)
}

/**
 * The picture as it is where it is small enough, and otherwise drawn at most `side` pixels a side. A file that the browser cannot
 * read comes back as it is: the server says what is wrong with it.
 *
 * @param {File} file
 * @param {number} side
 * @param {number} bytes
 * @returns {Promise<Blob>}
 */
async function smaller(file, side, bytes) {
  let bitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    return file
  }
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
  if (scale === 1 && file.size <= bytes) return file
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const context = canvas.getContext("2d")
  context.fillStyle = "white" // as the server does with what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = "high"
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95))) ?? file
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function base64(blob) {
  return new Promise((done) => {
    const reader = new FileReader()
    reader.onloadend = () => done(String(reader.result ?? "").split(",")[1] ?? "")
    reader.readAsDataURL(blob)
  })
}
