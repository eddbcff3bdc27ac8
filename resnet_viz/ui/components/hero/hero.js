/**
 * Home's experiment: a picture on its way through nine residual blocks. Each block is a button that removes its skip or puts it
 * back. What the network says to every choice travels once, so that a click needs no answer from the server.
 *
 * @typedef {{sample: string, png: string, packed: number}} Picture  `packed`: bytes of its maps
 * @typedef {{blocks: string[], classes: string[], sides: number[], pictures: Picture[], words: Record<string, string>, language: string}} About
 * @typedef {{parentElement: HTMLElement, data: {about: About, codes: string, chances: string, maps: string, colours: string}}} Component
 * @typedef {{name: HTMLElement, chance: HTMLElement, bar: HTMLElement}} Row
 * @typedef {{choice: number, picture: number, about: About, guesses: import("./choices.js").Guesses, maps: Uint8Array[], colours: Uint8Array,
 *   shape: string, root: HTMLElement, photo: HTMLImageElement, chosen: HTMLButtonElement[], blocks: HTMLButtonElement[],
 *   rows: Row[], restore: HTMLButtonElement, said: HTMLElement}} View
 */

import { decoded } from "../shared/columns.js"
import { find, make, pen } from "../shared/dom.js"
import { fill } from "../shared/numbers.js"
import { inflated } from "../shared/packed.js"
import { rove } from "../shared/roving.js"
import { guessesOf, isGone, mapOf, percent, sentence, switched } from "./choices.js"

const BLOCK = `<svg viewBox="0 0 96 92" aria-hidden="true">
  <path class="wire" d="M0 66H96"/><path class="skip" d="M8 66V34Q8 10 32 10H58Q80 10 80 34V57"/>
  <rect class="branch" x="17" y="48" width="46" height="36" rx="7"/><path d="M36 75l4-18h12M38 66h9"/>
  <circle class="sum" cx="80" cy="66" r="9"/><path class="sum sign" d="M75 66h10M80 61v10"/>
</svg>`

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function ({ parentElement, data }) {
  const root = find(parentElement, ".hero")
  const view = memory.get(root) ?? /** @type {View} */ (/** @type {unknown} */ ({ choice: 0, picture: 0, maps: [], shape: "", root }))
  memory.set(root, view)
  view.about = data.about
  view.guesses = { codes: decoded(data.codes), chances: new Uint16Array(decoded(data.chances).buffer) }
  view.colours = decoded(data.colours)
  const shape = JSON.stringify(data.about)
  if (view.shape !== shape) {
    view.shape = shape
    build(view)
    unpack(decoded(data.maps), data.about.pictures).then((maps) => {
      view.maps = maps
      show(view)
    })
  }
  show(view)
}

/** The maps of each picture, which travel deflated. @param {Uint8Array} packed @param {Picture[]} pictures */
async function unpack(packed, pictures) {
  const found = []
  let at = 0
  for (const picture of pictures) {
    const part = packed.subarray(at, (at += picture.packed))
    found.push(await inflated(part))
  }
  return found
}

/** @param {View} view */
function build(view) {
  const { about, root } = view
  const { words } = about
  view.photo = make("img", { className: "photo", alt: "" })
  view.chosen = about.pictures.map((picture, n) => {
    const label = words[`sample_${picture.sample}`]
    const button = make("button", { type: "button", title: label }, make("img", { src: picture.png, alt: label }))
    button.onclick = () => go(view, { picture: n })
    return button
  })
  view.blocks = about.blocks.map((name, n) => {
    const label = fill(words.hero_remove, { block: name })
    const button = make("button", { type: "button", ariaLabel: label, className: "block", innerHTML: BLOCK })
    button.append(make("canvas", { width: about.sides[n], height: about.sides[n] }), make("span", { textContent: name }))
    button.onclick = () => go(view, { choice: switched(view.choice, n) })
    return button
  })
  view.rows = [0, 1, 2].map(() => ({ name: make("span"), chance: make("span", { className: "chance" }), bar: make("i") }))
  view.restore = make("button", { type: "button", className: "restore", textContent: words.hero_restore })
  view.restore.onclick = () => go(view, { choice: 0 })
  view.said = make("p", { className: "said" })
  view.said.setAttribute("aria-live", "polite")
  const lines = view.rows.map(({ name, chance, bar }) => make("li", {}, name, chance, make("b", {}, bar)))
  const pictures = make("div", { className: "pictures", role: "toolbar", ariaLabel: words.hero_pictures }, ...view.chosen)
  const network = make("div", { className: "network", role: "toolbar", ariaLabel: words.hero_network }, ...view.blocks)
  rove(pictures, () => view.chosen)
  rove(network, () => view.blocks)
  root.replaceChildren(
    make("div", { className: "input" }, view.photo, pictures),
    network,
    make("div", { className: "output" }, make("ol", { ariaLabel: words.hero_guesses }, ...lines), view.restore),
    view.said,
  )
}

/** Another choice of skips or another picture. @param {View} view @param {{choice?: number, picture?: number}} to */
function go(view, to) {
  const start = performance.now()
  Object.assign(view, to)
  show(view)
  performance.measure("hero-redraw", { start, end: performance.now() })
}

/** @param {View} view */
function show(view) {
  const { about, choice, picture } = view
  const { words } = about
  const [intact, now] = [0, choice].map((each) => guessesOf(view.guesses, about.blocks.length, picture, each))
  const name = (/** @type {import("./choices.js").Guess} */ { code }) => words[`class_${about.classes[code]}`]
  view.photo.src = about.pictures[picture].png
  view.photo.alt = words[`sample_${about.pictures[picture].sample}`]
  for (const [n, button] of view.chosen.entries()) button.ariaPressed = String(n === picture)
  for (const [n, button] of view.blocks.entries()) {
    button.ariaPressed = String(isGone(choice, n))
    button.title = fill(isGone(choice, n) ? words.hero_put_back : words.hero_remove, { block: about.blocks[n] }) // what a press does
    if (view.maps.length) paint(find(button, "canvas"), mapOf(view.maps[picture], about.sides, n, choice), view.colours)
  }
  for (const [n, row] of view.rows.entries()) {
    row.name.textContent = name(now[n])
    row.chance.textContent = percent(now[n].chance)
    row.bar.style.width = `${100 * now[n].chance}%`
  }
  view.root.classList.toggle("changed", now[0].code !== intact[0].code)
  view.restore.disabled = choice === 0
  view.said.textContent = sentence(words, about.blocks, choice, name, intact[0], now[0], about.language)
}

/** A map, whose values are shades. @param {HTMLElement} canvas @param {Uint8Array} values @param {Uint8Array} colours */
function paint(canvas, values, colours) {
  const surface = /** @type {HTMLCanvasElement} */ (canvas)
  const image = new ImageData(surface.width, surface.height)
  for (const [n, value] of values.entries()) image.data.set([...colours.subarray(3 * value, 3 * value + 3), 255], 4 * n)
  pen(surface).putImageData(image, 0, 0)
}
