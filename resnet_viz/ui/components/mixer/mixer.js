/**
 * A 1×1 convolution of the class's picture under the finger. Everything is drawn here; the server hears of the weights when the
 * finger lifts.
 *
 * @typedef {import("../shared/report.js").Component} Reports
 * @typedef {import("../shared/columns.js").Column} Column
 * @typedef {import("./mixer_paint.js").Mix} Mix
 * @typedef {import("./mixer_paint.js").Shown} Shown
 * @typedef {{side: number, presets: Record<string, number[][]>, start: Mix, turn: number, shown: boolean, limit: number, most: number,
 *   words: Record<string, string>}} About
 * @typedef {{about: About, pixels: Column, colours: Column}} Data
 * @typedef {Reports & {data: Data}} Component
 * @typedef {"relu" | "grey" | "neighbour" | "shuffle"} Switch
 * @typedef {{turn?: number, waiting: boolean, dirty: boolean, touched: number, component: Component, root: HTMLElement, about: About, mix: Mix,
 *   distance: number, colours: Uint32Array, picture: Uint8Array, scrambled: Uint8Array | null, order?: Uint32Array, place: [number, number],
 *   words: string, narrow?: boolean, inputPixels: Uint8Array | null, input: ReturnType<typeof surface>, output: ReturnType<typeof surface>,
 *   back: HTMLCanvasElement, backFigure: HTMLElement, bar: HTMLCanvasElement, low: HTMLElement, high: HTMLElement, tiles: HTMLElement,
 *   body: HTMLElement, read: HTMLElement, where: HTMLElement, swatch: HTMLElement, add: HTMLButtonElement, heading: HTMLElement, matrix: HTMLDetailsElement, lower: HTMLDetailsElement, side: HTMLElement,
 *   sliders: {input: HTMLInputElement, value: HTMLElement, row: HTMLElement}[], rows: ReturnType<typeof matrixRow>[],
 *   small: ReturnType<typeof tile>[], boxes: Record<Switch, HTMLInputElement>, shiftSlider: HTMLInputElement, shiftValue: HTMLElement,
 *   note: HTMLElement, scaleKey: string, scaleBar: HTMLCanvasElement, observer?: ResizeObserver}} View
 */

import { picture } from "../shared/canvas.js"
import { bytes } from "../shared/columns.js"
import { find, make, pen } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { fill, fixed, whole } from "../shared/numbers.js"
import { coloured, inflated, unpacked } from "../shared/packed.js"
import { report } from "../shared/report.js"
import { rove, stopAt } from "../shared/roving.js"
import { dot, formula, subscript } from "./in_writing.js"
import { added, noteOf, removed, withNumber, withRows } from "./matrix.js"
import { GREYS, coloursOf, paintChannel, permutation, reachOf, scrambledOf, valueAt } from "./mixer_paint.js"
import { surface } from "./surface.js"

const COLOURS = ["R", "G", "B"]
const NARROW = 620 // px, as for the diagram
const TILE = 4 // the small tiles show every fourth pixel
/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const root = find(component.parentElement, ".mixer")
  const view = memory.get(root) ?? /** @type {View} */ ({ waiting: false, dirty: false, touched: 0, root })
  memory.set(root, view)
  view.component = component
  const { data } = component
  inflated(bytes(data.pixels)).then((planes) => {
    if (view.component.data === data) take(view, data, planes) // else newer data have come
  })
  return ending(root, () => view.observer?.disconnect())
}

/** Show what has come. @param {View} view @param {Data} data @param {Uint8Array} planes inflated */
function take(view, data, planes) {
  const { about } = data
  const { side } = about
  view.about = about
  if (view.turn !== about.turn) {
    view.turn = about.turn
    view.mix = structuredClone(about.start)
    view.distance = view.mix.shift || 1
  }
  view.colours = coloursOf(bytes(data.colours))
  view.picture = coloured(unpacked(planes, [{ planes: 3, height: side, width: side }])[0])
  view.scrambled = null
  view.place ??= [side >> 1, side >> 1]
  const words = JSON.stringify(about.words)
  if (view.words !== words) {
    view.words = words
    build(view)
    fold(view, Boolean(view.narrow))
  }
  refresh(view)
  view.observer ??= new ResizeObserver(() => measure(view))
  view.observer.observe(view.root)
}

/** On a phone what is not needed at first is folded. @param {View} view @param {boolean} narrow */
function fold(view, narrow) {
  view.lower.open = !narrow || view.mix.rows.length > 1
  const place = narrow ? view.lower : view.side
  place.append(view.matrix)
}

/** @param {View} view */
function measure(view) {
  const narrow = view.root.clientWidth < NARROW
  if (narrow !== view.narrow) fold(view, narrow)
  view.narrow = narrow
}

/** The picture as it is mixed: as it is, or shuffled. @param {View} view @returns {Shown} */
function shownOf(view) {
  const { side } = view.about
  if (!view.mix.shuffle) return { side, pixels: view.picture, order: null }
  view.order ??= permutation(side * side)
  view.scrambled ??= scrambledOf(view.picture, view.order)
  return { side, pixels: view.scrambled, order: view.order }
}

// Elements

/** @param {View} view */
function build(view) {
  const say = view.about.words
  view.inputPixels = null
  /** @type {Parameters<typeof surface>[4]} */
  const place = {
    get: () => view.place,
    set: (chosen) => {
      view.place = chosen
      later(view, false)
    },
  }
  view.input = surface("in", say.mix_input, say.mix_keys, view.about.side, place)
  view.output = surface("out", say.mix_output, say.mix_keys, view.about.side, place)
  view.back = make("canvas")
  view.back.setAttribute("role", "img")
  view.back.setAttribute("aria-label", say.mix_back)
  view.backFigure = make("figure", { className: "back" }, make("figcaption", { textContent: say.mix_back }), view.back)
  view.bar = make("canvas", { width: 256, height: 12 })
  view.low = make("span")
  view.high = make("span")
  view.tiles = make("div", { className: "tiles" })
  view.tiles.setAttribute("role", "toolbar")
  view.tiles.setAttribute("aria-label", say.mix_channels)
  rove(view.tiles, () => (view.small ?? []).map(({ button }) => button))
  view.body = make("tbody")
  view.read = make("div", { className: "sum" })
  view.where = make("div", { className: "quiet" })
  view.swatch = make("span", { className: "swatch" })
  const reading = make("div", { className: "read" }, make("div", { className: "line" }, view.swatch, view.where), view.read)
  reading.setAttribute("aria-live", "polite")
  const scale = make("div", { className: "scale" }, view.low, view.bar, view.high)
  view.side = make("div", { className: "side" }, sliders(view), reading, matrix(view))
  view.lower = make(
    "details", { className: "lower" }, make("summary", { textContent: say.mix_more }),
    make("div", { className: "switches" }, ...switches(view)), view.tiles, view.backFigure,
  )
  view.root.replaceChildren(
    presetBar(view),
    make(
      "div", { className: "main" }, view.input.figure, view.output.figure,
      view.side,
      view.lower,
    ),
  )
  view.output.figure.append(scale)
}

/** @param {View} view */
function presetBar(view) {
  const { presets, words } = view.about
  const buttons = Object.entries(presets).map(([name, rows]) => {
    const button = make("button", { type: "button", textContent: words[`mix_preset_${name}`] })
    button.dataset.preset = name
    button.onclick = () => change(view, withRows(view.mix, rows))
    return button
  })
  const bar = make("div", { className: "presets" }, make("span", { className: "quiet", textContent: words.mix_presets }), ...buttons)
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", words.mix_presets)
  rove(bar, () => buttons)
  return bar
}

/** R, G, B and bias of the channel that is shown large. @param {View} view */
function sliders(view) {
  const { words, limit } = view.about
  view.sliders = [...COLOURS, words.mix_bias].map((name, i) => {
    const input = make("input", { type: "range", min: String(-limit), max: String(limit), step: "0.05" })
    input.setAttribute("aria-label", name)
    input.oninput = () => set(view, view.mix.row, i, input.valueAsNumber)
    input.onchange = () => tell(view)
    const value = make("output")
    const row = make("label", { className: `slider ${COLOURS[i] ?? "bias"}` }, make("b", { textContent: name }), input, value)
    return { input, value, row }
  })
  view.heading = make("legend")
  return make("fieldset", { className: "sliders" }, view.heading, ...view.sliders.map((s) => s.row))
}

/** The whole matrix, and what it makes of the chosen pixel. @param {View} view */
function matrix(view) {
  const { words } = view.about
  const head = make("tr", {}, ...["", ...COLOURS, words.mix_bias, "y", ""].map((text) => (text ? make("th", { textContent: text, scope: "col" }) : make("td"))))
  view.add = make("button", { type: "button", className: "add", textContent: words.mix_add })
  view.add.onclick = () => {
    change(view, added(view.mix, view.about.most))
    if (view.add.disabled) view.rows[view.rows.length - 1].remove.focus()
  }
  const table = make("table", {}, make("thead", {}, head), view.body)
  view.matrix = make("details", { className: "matrix" }, make("summary", { textContent: words.mix_matrix }), table, view.add)
  return view.matrix
}

/** @param {View} view @param {number} row */
function matrixRow(view, row) {
  const { words, limit } = view.about
  const pick = make("button", { type: "button", textContent: `y${subscript(row)}`, onclick: () => change(view, { ...view.mix, row }) })
  pick.setAttribute("aria-label", `${pick.textContent}: ${fill(words.mix_show, { channel: row + 1 })}`)
  const cells = [...COLOURS, words.mix_bias].map((name, i) => {
    const input = make("input", { type: "number", min: String(-limit), max: String(limit), step: "0.05" })
    input.setAttribute("aria-label", fill(words.mix_cell, { channel: row + 1, colour: name }))
    input.oninput = () => {
      if (Math.abs(input.valueAsNumber) <= limit) set(view, row, i, input.valueAsNumber)
    }
    input.onchange = () => {
      set(view, row, i, input.valueAsNumber)
      input.value = String(view.mix.rows[row][i])
      tell(view)
    }
    return input
  })
  const value = make("td", { className: "value" })
  const remove = make("button", { type: "button", textContent: "×" })
  remove.setAttribute("aria-label", fill(words.mix_remove, { channel: row + 1 }))
  remove.onclick = () => {
    change(view, removed(view.mix, row))
    const next = view.rows[Math.min(row, view.rows.length - 1)].remove // the focus went with the row
    if (next.disabled) view.add.focus()
    else next.focus()
  }
  const line = make("tr", {}, make("th", { scope: "row" }, pick), ...cells.map((cell) => make("td", {}, cell)), value, make("td", {}, remove))
  return { line, pick, cells, value, remove }
}

/** @param {View} view @param {number} row */
function tile(view, row) {
  const canvas = make("canvas")
  const name = make("span")
  const button = make("button", { type: "button", onclick: () => change(view, { ...view.mix, row }) }, canvas, name)
  return { canvas, name, button }
}

/** @param {View} view */
function switches(view) {
  const { words } = view.about
  view.boxes = { relu: checkbox(), grey: checkbox(), neighbour: checkbox(), shuffle: checkbox() }
  /** @param {Switch} name @param {(on: boolean) => Partial<Mix>} given what the mix becomes */
  const box = (name, given) => {
    const input = view.boxes[name]
    input.onchange = () => change(view, { ...view.mix, ...given(input.checked) })
    return make("label", { className: "switch" }, input, words[`mix_${name}`])
  }
  view.shiftSlider = make("input", { type: "range", min: "1", max: "8", step: "1" })
  view.shiftSlider.setAttribute("aria-label", words.mix_distance)
  view.shiftValue = make("output")
  view.shiftSlider.oninput = () => {
    view.distance = view.shiftSlider.valueAsNumber
    if (view.mix.shift) view.mix = { ...view.mix, shift: view.distance }
    later(view, true)
  }
  view.shiftSlider.onchange = () => tell(view)
  view.note = make("p", { className: "note" })
  view.note.setAttribute("aria-live", "polite")
  return [
    box("relu", (on) => ({ relu: on })),
    box("grey", (on) => ({ grey: on })),
    box("neighbour", (on) => ({ shift: on ? view.distance : 0 })),
    make("span", { className: "distance" }, view.shiftSlider, view.shiftValue),
    box("shuffle", (on) => ({ shuffle: on })),
    view.note,
  ]
}

const checkbox = () => make("input", { type: "checkbox" })

// Changing

/** One number, while the finger moves. @param {View} view @param {number} row @param {number} i @param {number} value */
function set(view, row, i, value) {
  view.mix = withNumber(view.mix, row, i, value, view.about.limit)
  view.touched = row
  later(view, row !== view.mix.row)
}

/** Anything else: drawn, and told to the server. @param {View} view @param {Mix} mix */
function change(view, mix) {
  view.mix = mix
  refresh(view)
  tell(view)
}

/** @param {View} view */
const tell = (view) => report(view.component, "mix", view.mix)

/** Draw in the next frame, once. @param {View} view @param {boolean} all whether more than the large channel changed */
function later(view, all) {
  view.dirty ||= all
  if (view.waiting) return
  view.waiting = true
  requestAnimationFrame(() => {
    view.waiting = false
    draw(view, view.dirty)
    view.dirty = false
  })
}

/** Bring every element to what the mix says, and draw. @param {View} view */
function refresh(view) {
  const { mix, about } = view
  const { rows } = mix
  if (view.rows?.length !== rows.length || view.rows[0].line.parentElement !== view.body) {
    view.rows = rows.map((_, row) => matrixRow(view, row))
    view.body.replaceChildren(...view.rows.map((r) => r.line))
    view.small = rows.map((_, row) => tile(view, row))
    const buttons = view.small.map(({ button }) => button)
    view.tiles.replaceChildren(...buttons)
    stopAt(buttons, buttons[mix.row])
  }
  view.tiles.hidden = rows.length === 1
  view.matrix.open ||= rows.length > 1
  view.lower.open ||= rows.length > 1
  view.root.classList.toggle("unknown", !about.shown)
  view.add.disabled = rows.length === about.most
  for (const { remove } of view.rows) remove.disabled = rows.length === 1
  view.boxes.relu.checked = mix.relu
  view.boxes.grey.checked = mix.grey
  view.boxes.neighbour.checked = mix.shift > 0
  view.boxes.shuffle.checked = mix.shuffle
  view.shiftSlider.disabled = !mix.shift
  view.backFigure.hidden = !mix.shuffle
  view.note.textContent = about.words[`mix_note_${noteOf(mix)}`]
  view.input.caption.textContent = about.words[mix.shuffle ? "mix_input_shuffled" : "mix_input"]
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (view.root.querySelectorAll("[data-preset]"))) {
    button.setAttribute("aria-pressed", String(JSON.stringify(about.presets[button.dataset.preset ?? ""]) === JSON.stringify(rows)))
  }
  draw(view, true)
}

// Drawing

/** @param {View} view @param {boolean} all */
function draw(view, all) {
  const start = performance.now()
  const { mix } = view
  const shown = shownOf(view)
  const colours = mix.grey ? GREYS : view.colours
  paintChannel(view.output.canvas, mix, mix.row, shown, colours)
  if (mix.shuffle) paintChannel(view.back, mix, mix.row, shown, colours, { back: true })
  if (all && view.inputPixels !== shown.pixels) {
    paintPicture(view.input.canvas, shown)
    view.inputPixels = shown.pixels
  }
  if (mix.rows.length > 1) {
    view.small.forEach(({ canvas }, row) => {
      if (all || row === mix.row || row === view.touched) paintChannel(canvas, mix, row, shown, colours, { step: TILE })
    })
  }
  scale(view, reachOf(mix, mix.row, shown), colours)
  numbers(view, shown)
  performance.measure("mixer-frame", { start, end: performance.now() })
}

/** @param {HTMLCanvasElement} canvas @param {Shown} shown */
function paintPicture(canvas, { side, pixels }) {
  canvas.width = canvas.height = side
  pen(canvas).putImageData(picture(pixels, side), 0, 0)
}

/** @param {View} view @param {number} reach @param {Uint32Array} colours */
function scale(view, reach, colours) {
  const { grey } = view.mix
  const key = `${reach} ${grey}`
  if (view.scaleKey === key && view.scaleBar === view.bar) return
  view.scaleKey = key
  view.scaleBar = view.bar
  const image = new ImageData(256, view.bar.height)
  const words = new Uint32Array(image.data.buffer)
  for (let i = 0; i < words.length; i++) words[i] = colours[i % 256]
  pen(view.bar).putImageData(image, 0, 0)
  view.low.textContent = grey ? "0" : whole(-reach)
  view.high.textContent = whole(reach)
}

/** Sliders, matrix, the dot product: all that is text. @param {View} view @param {Shown} shown */
function numbers(view, shown) {
  const { mix, about, place } = view
  const [line, column] = place
  const row = mix.rows[mix.row]
  view.sliders.forEach(({ input, value }, i) => {
    if (input.valueAsNumber !== row[i]) input.value = String(row[i])
    value.textContent = whole(row[i])
  })
  view.shiftSlider.value = String(view.distance)
  view.shiftValue.textContent = `d = ${view.distance}`
  const name = fill(about.words.mix_channel, { channel: mix.row + 1, formula: formula(row, mix) })
  view.heading.textContent = view.output.caption.textContent = name
  const focused = /** @type {ShadowRoot} */ (view.root.getRootNode()).activeElement
  view.rows.forEach(({ line: element, pick, cells, value }, i) => {
    element.classList.toggle("now", i === mix.row)
    pick.setAttribute("aria-pressed", String(i === mix.row))
    cells.forEach((cell, c) => {
      if (cell !== focused && cell.valueAsNumber !== mix.rows[i][c]) cell.value = String(mix.rows[i][c])
    })
    value.textContent = fixed(valueAt(mix, i, shown, line, column), 2)
    view.small[i].button.setAttribute("aria-pressed", String(i === mix.row))
    view.small[i].name.textContent = `y${subscript(i)} = ${formula(mix.rows[i], mix)}`
  })
  const at = 3 * (line * shown.side + column)
  view.swatch.style.background = `rgb(${shown.pixels.slice(at, at + 3).join(" ")})`
  view.where.textContent = fill(about.words.mix_where, { line, column })
  view.read.textContent = dot(mix, shown, line, column)
  for (const { mark } of [view.input, view.output]) {
    mark.style.left = `${((column + 0.5) / shown.side) * 100}%`
    mark.style.top = `${((line + 0.5) / shown.side) * 100}%`
  }
}
