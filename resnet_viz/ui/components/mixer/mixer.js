/**
 * A 1×1 convolution of the class's picture under the finger. Everything is drawn here; the server hears of the weights when the
 * finger lifts.
 *
 * @typedef {{side: number, presets: Record<string, number[][]>, start: Mix, turn: number, narrow: boolean, limit: number, most: number, words: Record<string, string>}} About
 * @typedef {import("../shared/report.js").Component & {data: {about: About, pixels: any, colours: any}}} Component
 * @typedef {import("./mixer_paint.js").Mix} Mix
 * @typedef {import("./mixer_paint.js").Shown} Shown
 */

import { clamp, make } from "../shared/paint.js"
import { report } from "../shared/report.js"
import { GREYS, coloursOf, paintChannel, permutation, reachOf, valueAt } from "./mixer_paint.js"

const COLOURS = ["R", "G", "B"]
const NARROW = 620 // px, as for the diagram
const TILE = 4 // the small tiles show every fourth pixel
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {Component} component */
export default function (component) {
  const root = component.parentElement.querySelector(".mixer")
  const view = memory.get(root) ?? { turn: undefined, waiting: false, dirty: false }
  memory.set(root, view)
  view.component = component
  view.root = root
  const { about } = component.data
  view.about = about
  if (view.turn !== about.turn) {
    view.turn = about.turn
    view.mix = structuredClone(about.start)
    view.distance = view.mix.shift || 1
  }
  const [pixels, table] = [component.data.pixels, component.data.colours].map((c) => c.getChildAt(0).toArray())
  view.colours = coloursOf(table)
  view.picture = pixels
  view.scrambled = null
  view.place ??= [about.side >> 1, about.side >> 1]
  const words = JSON.stringify(about.words)
  if (view.words !== words) {
    view.words = words
    build(view)
  }
  refresh(view)
  view.observer ??= new ResizeObserver(() => measure(view))
  view.observer.observe(root)
  return () => view.observer.disconnect()
}

/** Tells the page when it turns narrow or wide. */
function measure(view) {
  const narrow = view.root.clientWidth < NARROW
  if (narrow !== (view.narrow ?? view.about.narrow)) report(view.component, "narrow", narrow)
  view.narrow = narrow
}

/** The picture as it is mixed: as it is, or shuffled. @returns {Shown} */
function shownOf(view) {
  const { side } = view.about
  if (!view.mix.shuffle) return { side, pixels: view.picture, order: null }
  view.order ??= permutation(side * side)
  if (!view.scrambled) {
    view.scrambled = new Uint8Array(view.picture.length)
    view.order.forEach((from, to) => {
      for (let c = 0; c < 3; c++) view.scrambled[3 * to + c] = view.picture[3 * from + c]
    })
  }
  return { side, pixels: view.scrambled, order: view.order }
}

// Elements

function build(view) {
  const say = view.about.words
  view.inputPixels = null
  view.input = surface(view, "in", say.mix_input)
  view.output = surface(view, "out", say.mix_output)
  view.back = make("canvas")
  view.back.setAttribute("role", "img")
  view.back.setAttribute("aria-label", say.mix_back)
  view.backFigure = make("figure", { className: "back" }, make("figcaption", { textContent: say.mix_back }), view.back)
  view.bar = make("canvas", { width: 256, height: 12 })
  view.low = make("span")
  view.high = make("span")
  view.tiles = make("div", { className: "tiles" })
  view.tiles.setAttribute("role", "group")
  view.tiles.setAttribute("aria-label", say.mix_channels)
  view.body = make("tbody")
  view.read = make("div", { className: "sum" })
  view.where = make("div", { className: "quiet" })
  view.swatch = make("span", { className: "swatch" })
  const reading = make("div", { className: "read" }, make("div", { className: "line" }, view.swatch, view.where), view.read)
  reading.setAttribute("aria-live", "polite")
  const scale = make("div", { className: "scale" }, view.low, view.bar, view.high)
  view.root.replaceChildren(
    presetBar(view),
    make(
      "div", { className: "main" }, view.input.figure, view.output.figure,
      make("div", { className: "side" }, sliders(view), reading, matrix(view)),
      make("div", { className: "lower" }, make("div", { className: "switches" }, ...switches(view)), view.tiles, view.backFigure),
    ),
  )
  view.output.figure.append(scale)
}

/** A canvas on which a pixel can be chosen. */
function surface(view, className, label) {
  const canvas = make("canvas")
  const mark = make("div", { className: "mark" })
  const frame = make("div", { className: "frame", tabIndex: 0 }, canvas, mark)
  frame.setAttribute("role", "application")
  frame.setAttribute("aria-label", `${label}. ${view.about.words.mix_keys}`)
  const { side } = view.about
  const choose = (line, column) => {
    view.place = [clamp(line, side), clamp(column, side)]
    later(view, false)
  }
  frame.onpointermove = frame.onpointerdown = (event) => {
    const box = frame.getBoundingClientRect()
    choose(Math.floor(((event.clientY - box.top) / box.height) * side), Math.floor(((event.clientX - box.left) / box.width) * side))
  }
  frame.onkeydown = (event) => {
    const step = event.shiftKey ? 16 : 1
    const down = { ArrowDown: step, ArrowUp: -step }[event.key] ?? 0
    const right = { ArrowRight: step, ArrowLeft: -step }[event.key] ?? 0
    if (!down && !right) return
    event.preventDefault()
    choose(view.place[0] + down, view.place[1] + right)
  }
  const caption = make("figcaption", { textContent: label })
  const figure = make("figure", { className }, caption, frame)
  return { canvas, mark, figure, caption }
}

function presetBar(view) {
  const { presets, words } = view.about
  const buttons = Object.entries(presets).map(([name, rows]) => {
    const button = make("button", { type: "button", textContent: words[`mix_preset_${name}`] })
    button.dataset.preset = name
    button.onclick = () => change(view, { rows: structuredClone(rows), row: 0 })
    return button
  })
  const bar = make("div", { className: "presets" }, make("span", { className: "quiet", textContent: words.mix_presets }), ...buttons)
  bar.setAttribute("role", "group")
  bar.setAttribute("aria-label", words.mix_presets)
  return bar
}

/** R, G, B and bias of the channel that is shown large. */
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

/** The whole matrix, and what it makes of the chosen pixel. */
function matrix(view) {
  const { words } = view.about
  const head = make("tr", {}, ...["", ...COLOURS, words.mix_bias, "y", ""].map((text) => make(text ? "th" : "td", { textContent: text, scope: "col" })))
  view.add = make("button", { type: "button", className: "add", textContent: words.mix_add })
  view.add.onclick = () => change(view, { rows: [...view.mix.rows, [1, -1, 0, 0]], row: view.mix.rows.length })
  const table = make("table", {}, make("caption", { textContent: words.mix_matrix }), make("thead", {}, head), view.body)
  return make("div", { className: "matrix" }, table, view.add)
}

function matrixRow(view, row) {
  const { words, limit } = view.about
  const pick = make("button", { type: "button", textContent: `y${subscript(row)}`, onclick: () => change(view, { row }) })
  pick.setAttribute("aria-label", fill(words.mix_show, { channel: row + 1 }))
  const cells = [...COLOURS, words.mix_bias].map((name, i) => {
    const input = make("input", { type: "number", min: String(-limit), max: String(limit), step: "0.05" })
    input.setAttribute("aria-label", fill(words.mix_cell, { channel: row + 1, colour: name }))
    input.oninput = () => {
      if (Math.abs(input.valueAsNumber) <= limit) set(view, row, i, input.valueAsNumber)
    }
    input.onchange = () => {
      if (input.value) set(view, row, i, Math.max(-limit, Math.min(limit, input.valueAsNumber)))
      input.value = String(view.mix.rows[row][i])
      tell(view)
    }
    return input
  })
  const value = make("td", { className: "value" })
  const remove = make("button", { type: "button", textContent: "×" })
  remove.setAttribute("aria-label", fill(words.mix_remove, { channel: row + 1 }))
  remove.onclick = () => {
    const rows = view.mix.rows.filter((_, i) => i !== row)
    change(view, { rows, row: Math.min(view.mix.row, rows.length - 1) })
  }
  const line = make("tr", {}, make("th", { scope: "row" }, pick), ...cells.map((cell) => make("td", {}, cell)), value, make("td", {}, remove))
  return { line, pick, cells, value, remove }
}

function tile(view, row) {
  const canvas = make("canvas")
  const name = make("span")
  const button = make("button", { type: "button", onclick: () => change(view, { row }) }, canvas, name)
  return { canvas, name, button }
}

function switches(view) {
  const { words } = view.about
  const box = (name, flip) => {
    const input = make("input", { type: "checkbox", onchange: () => flip(input.checked) })
    view[`${name}Box`] = input
    return make("label", { className: "switch" }, input, words[`mix_${name}`])
  }
  view.shiftSlider = make("input", { type: "range", min: "1", max: "8", step: "1" })
  view.shiftSlider.setAttribute("aria-label", words.mix_distance)
  view.shiftValue = make("output")
  view.shiftSlider.oninput = () => {
    view.distance = view.shiftSlider.valueAsNumber
    if (view.mix.shift) view.mix.shift = view.distance
    later(view, true)
  }
  view.shiftSlider.onchange = () => tell(view)
  view.note = make("p", { className: "note" })
  view.note.setAttribute("aria-live", "polite")
  return [
    box("relu", (on) => change(view, { relu: on })),
    box("grey", (on) => change(view, { grey: on })),
    box("neighbour", (on) => change(view, { shift: on ? view.distance : 0 })),
    make("span", { className: "distance" }, view.shiftSlider, view.shiftValue),
    box("shuffle", (on) => change(view, { shuffle: on })),
    view.note,
  ]
}

// Changing

/** One number, while the finger moves. */
function set(view, row, i, value) {
  view.mix.rows[row][i] = Math.round(value * 1e4) / 1e4
  view.touched = row
  later(view, row !== view.mix.row)
}

/** Anything else: drawn, and told to the server. @param {Partial<Mix>} given */
function change(view, given) {
  Object.assign(view.mix, given)
  refresh(view)
  tell(view)
}

function tell(view) {
  report(view.component, "mix", structuredClone(view.mix))
}

/** Draw in the next frame, once. @param {boolean} all whether more than the large channel changed */
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

/** Bring every element to what the mix says, and draw. */
function refresh(view) {
  const { mix, about } = view
  const { rows } = mix
  if (view.rows?.length !== rows.length || view.rows[0].line.parentElement !== view.body) {
    view.rows = rows.map((_, row) => matrixRow(view, row))
    view.body.replaceChildren(...view.rows.map((r) => r.line))
    view.small = rows.map((_, row) => tile(view, row))
    view.tiles.replaceChildren(...view.small.map((t) => t.button))
  }
  view.tiles.hidden = rows.length === 1
  view.add.disabled = rows.length === about.most
  view.rows.forEach(({ remove }) => (remove.disabled = rows.length === 1))
  view.reluBox.checked = mix.relu
  view.greyBox.checked = mix.grey
  view.neighbourBox.checked = mix.shift > 0
  view.shuffleBox.checked = mix.shuffle
  view.shiftSlider.disabled = !mix.shift
  view.backFigure.hidden = !mix.shuffle
  view.note.textContent = about.words[`mix_note_${mix.shift ? (mix.shuffle ? "both" : "neighbour") : mix.shuffle ? "shuffle" : "none"}`]
  view.input.caption.textContent = about.words[mix.shuffle ? "mix_input_shuffled" : "mix_input"]
  for (const button of view.root.querySelectorAll("[data-preset]")) {
    button.setAttribute("aria-pressed", String(JSON.stringify(about.presets[button.dataset.preset]) === JSON.stringify(rows)))
  }
  draw(view, true)
}

// Drawing

function draw(view, all) {
  const start = performance.now()
  const { mix, about } = view
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

function paintPicture(canvas, { side, pixels }) {
  canvas.width = canvas.height = side
  const image = new ImageData(side, side)
  const words = new Uint32Array(image.data.buffer)
  for (let i = 0; i < words.length; i++) words[i] = 0xff000000 | (pixels[3 * i + 2] << 16) | (pixels[3 * i + 1] << 8) | pixels[3 * i]
  canvas.getContext("2d").putImageData(image, 0, 0)
}

function scale(view, reach, colours) {
  const { grey } = view.mix
  const key = `${reach} ${grey}`
  if (view.scaleKey === key && view.scaleBar === view.bar) return
  view.scaleKey = key
  view.scaleBar = view.bar
  const image = new ImageData(256, view.bar.height)
  const words = new Uint32Array(image.data.buffer)
  for (let i = 0; i < words.length; i++) words[i] = colours[i % 256]
  view.bar.getContext("2d").putImageData(image, 0, 0)
  view.low.textContent = grey ? "0" : plain(-reach)
  view.high.textContent = plain(reach)
}

/** Sliders, matrix, the dot product: all that is text. */
function numbers(view, shown) {
  const { mix, about, place } = view
  const [line, column] = place
  const row = mix.rows[mix.row]
  view.sliders.forEach(({ input, value }, i) => {
    if (input.valueAsNumber !== row[i]) input.value = String(row[i])
    value.textContent = plain(row[i])
  })
  view.shiftSlider.value = String(view.distance)
  view.shiftValue.textContent = `d = ${view.distance}`
  const name = fill(about.words.mix_channel, { channel: mix.row + 1, formula: formula(row, mix) })
  view.heading.textContent = view.output.caption.textContent = name
  const focused = view.root.getRootNode().activeElement
  view.rows.forEach(({ line: element, pick, cells, value }, i) => {
    element.classList.toggle("now", i === mix.row)
    pick.setAttribute("aria-pressed", String(i === mix.row))
    cells.forEach((cell, c) => {
      if (cell !== focused && cell.valueAsNumber !== mix.rows[i][c]) cell.value = String(mix.rows[i][c])
    })
    value.textContent = digits(valueAt(mix, i, shown, line, column))
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

// Numbers as people write them

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])
const digits = (v) => v.toFixed(2).replace("-", "−").replace(/^−0\.00$/, "0.00")
const plain = (v) => String(v).replace("-", "−")
const subscript = (row) => String.fromCharCode(0x2081 + row)

/** R + 2G − B + 0.5. */
function formula([r, g, b, bias], { relu }) {
  const terms = [[r, "R"], [g, "G"], [b, "B"], [bias, ""]].filter(([w]) => w)
  const text = terms.map(([w, colour], i) => {
    const size = Math.abs(w) === 1 && colour ? "" : String(Math.abs(w))
    return `${w < 0 ? (i ? " − " : "−") : i ? " + " : ""}${size}${colour}`
  })
  const sum = text.join("") || "0"
  return relu ? `max(0, ${sum})` : sum
}

/** 1·0.82 + 2·0.31 − 1·0.12 + 0 = 1.32, with the subtracted neighbour where there is one. */
function dot(mix, shown, line, column) {
  const [r, g, b, bias] = mix.rows[mix.row]
  const products = (i) => [r, g, b].map((w, c) => `${w < 0 ? (c ? " − " : "−") : c ? " + " : ""}${Math.abs(w)}·${digits(shown.pixels[i + c] / 255)}`).join("")
  const rounded = (i) => [r, g, b].reduce((sum, w, c) => sum + w * Number((shown.pixels[i + c] / 255).toFixed(2)), 0)
  const here = 3 * (line * shown.side + column)
  const there = mix.shift && column >= mix.shift ? here - 3 * mix.shift : -1
  let text = products(here)
  let sum = rounded(here) + bias
  if (mix.shift) text = `(${text}) − (${there < 0 ? "0" : products(there)})`
  if (there >= 0) sum -= rounded(there)
  text += `${bias < 0 ? " − " : " + "}${Math.abs(bias)}`
  const value = valueAt(mix, mix.row, shown, line, column)
  if (mix.relu) [text, sum] = [`max(0, ${text})`, Math.max(0, sum)]
  return `${text} ${Math.abs(sum - Number(value.toFixed(2))) < 5e-4 ? "=" : "≈"} ${digits(value)}`
}
