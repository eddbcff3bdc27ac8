/**
 * Feature maps beside the picture they came from. Point at a map: it is enlarged, the same place is marked in every map, and
 * the box on the picture is what that place could see.
 *
 * @typedef {{title: string, note: string, count: number, total: number, height: number, width: number}} Group
 * @typedef {{picture: string, side: number, heat: number[], field: number[] | null, range: [number, number], layout: "atlas" | "strip", groups: Group[],
 *   words: Record<string, string>}} About
 * @typedef {import("../shared/columns.js").Column} Column
 * @typedef {{about: About, pixels: Column, bounds: Column, colours: Column}} Data
 * @typedef {Group & {pixels: Uint8Array, low: Float32Array, high: Float32Array}} Drawn
 * @typedef {import("./layout.js").Place} Place
 * @typedef {{range: string, heat: boolean, opacity: number, here: Place | null, pinned: boolean, root: HTMLElement, about: About, shape: string,
 *   groups: Drawn[], picture?: HTMLImageElement, heatmap: Uint8Array, tables: Uint8Array[], lay: import("./layout.js").Layout, layKey: string,
 *   ratio: number, still: HTMLCanvasElement, canvases: Record<"picture" | "preview" | "grid" | "bar", HTMLCanvasElement>,
 *   legend: HTMLElement, opacityInput: HTMLElement, read: HTMLElement, barLow: HTMLElement, barHigh: HTMLElement, more: HTMLElement,
 *   observer?: ResizeObserver}} View
 */

import { outline, paintScale, ratioOf, stamp } from "../shared/canvas.js"
import { bytes, floats } from "../shared/columns.js"
import { find, isBrowsers, make, pen } from "../shared/dom.js"
import { ending } from "../shared/ending.js"
import { fill, number } from "../shared/numbers.js"
import { between, colourAt, scaleEnds, valueOfByte } from "../shared/scales.js"
import { cornerOf, fieldOf, layOut, middleOf, placeAt, walked } from "./layout.js"

/** One per mounted component. @type {WeakMap<HTMLElement, View>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = find(parentElement, ".maps")
  const view = memory.get(root) ?? /** @type {View} */ ({ range: "layer", heat: false, opacity: 0.65, here: null, pinned: false, shape: "", root })
  memory.set(root, view)
  const start = performance.now()
  unpack(view, data)
  if (view.shape !== shapeOf(view.about)) build(view)
  words(view)
  if (view.here && view.here.channel >= view.groups[0].count) view.here = null
  paintAll(view)
  performance.measure("maps-paint", { start, end: performance.now() })
  if (!view.observer) {
    view.observer = new ResizeObserver(() => arrange(view) && paintAll(view))
    view.observer.observe(root)
  }
  return ending(root, () => view.observer?.disconnect())
}

/** What decides which elements there are. @param {About} about */
const shapeOf = (about) => JSON.stringify([about.layout, about.groups.map((g) => [g.title, g.count, g.height, g.width]), about.side, about.heat])

/** Cut the travelled arrays into groups. @param {View} view @param {Data} data */
function unpack(view, data) {
  const [pixels, bounds, colours] = [bytes(data.pixels), floats(data.bounds), bytes(data.colours)]
  const about = data.about
  let at = 0
  view.about = about
  if (view.picture?.src !== about.picture) takePicture(view, about.picture)
  const heat = about.heat[0] * about.heat[1]
  view.heatmap = pixels.subarray(at, (at += heat))
  let bound = 0
  view.groups = about.groups.map((g) => {
    const size = g.count * g.height * g.width
    const group = { ...g, pixels: pixels.subarray(at, at + size), low: bounds.subarray(bound, bound + g.count), high: bounds.subarray(bound + g.count, bound + 2 * g.count) }
    at += size
    bound += 2 * g.count
    return group
  })
  view.tables = [colours.subarray(0, 768), colours.subarray(768)]
}

/** The picture is painted once it has been decoded; until then the one before stays. @param {View} view @param {string} source */
function takePicture(view, source) {
  const image = new Image()
  image.src = source
  view.picture = image
  image.decode().then(() => view.picture === image && paintPicture(view), console.error)
}

/** @param {View} view */
function build(view) {
  Object.assign(view, { here: null, pinned: false }) // a place in maps that are there no more
  view.shape = shapeOf(view.about)
  view.canvases = {
    picture: make("canvas", { width: 520, height: 520 }),
    preview: make("canvas", { width: 480, height: 480 }),
    grid: make("canvas", { tabIndex: 0 }),
    bar: make("canvas", { width: 220, height: 12 }),
  }
  const { grid, bar } = view.canvases
  const ranges = ["map", "layer", "network"].map((name) => {
    const input = make("input", { type: "radio", name: "range", value: name, checked: view.range === name })
    input.onchange = () => {
      view.range = name
      paintAll(view)
    }
    const text = make("span", { className: `word-${name}` })
    return make("label", {}, input, text)
  })
  view.legend = make("legend")
  const heat = make("input", { type: "checkbox", checked: view.heat })
  heat.onchange = () => {
    view.heat = heat.checked
    paintPicture(view)
  }
  const opacity = make("input", { type: "range", min: "0.1", max: "1", step: "0.05", value: String(view.opacity) })
  opacity.oninput = () => {
    view.opacity = Number(opacity.value)
    view.heat = heat.checked = true
    paintPicture(view)
  }
  view.opacityInput = opacity
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.barLow = make("span")
  view.barHigh = make("span")
  view.more = make("span")
  const side = make(
    "div", { className: "side" },
    make("div", { className: "picture" }, view.canvases.picture),
    make("div", { className: "controls" }, make("label", {}, heat, make("span", { className: "word-heat" })), opacity),
    make("div", { className: "preview" }, view.canvases.preview),
    view.read,
  )
  find(side, ".controls").hidden = !view.heatmap.length
  const strip = view.about.layout === "strip"
  const heads = make("div", { className: "heads" })
  if (strip) heads.append(...view.groups.map((g) => make("div", {}, g.title, make("small", { textContent: g.note }))))
  heads.style.gridTemplateColumns = `repeat(${view.groups.length}, 1fr)`
  grid.setAttribute("role", "application")
  const main = make(
    "div", { className: "main" },
    make(
      "div", { className: "controls" }, make("fieldset", {}, view.legend, ...ranges),
      make("span", { className: "bar" }, view.barLow, bar, view.barHigh), view.more,
    ),
    heads,
    make("div", { className: "grid" }, grid),
  )
  view.root.replaceChildren(side, main)
  view.layKey = ""
  listen(view)
  arrange(view)
}

/** All words again: the language may have changed. @param {View} view */
function words(view) {
  const say = view.about.words
  view.legend.textContent = say.maps_range
  for (const name of ["map", "layer", "network", "heat"]) find(view.root, `.word-${name}`).textContent = say[`maps_${name}`]
  view.opacityInput.setAttribute("aria-label", say.maps_opacity)
  const [first] = view.groups
  view.canvases.grid.setAttribute("aria-label", fill(say.maps_label, { count: first.count }))
  view.canvases.picture.setAttribute("role", "img")
  view.canvases.picture.setAttribute("aria-label", say.maps_picture)
  view.canvases.preview.setAttribute("role", "img")
  view.canvases.preview.setAttribute("aria-label", say.maps_preview)
  view.more.textContent = first.total > first.count ? fill(say.maps_first, { count: first.count, total: first.total }) : ""
  if (!view.here) view.read.textContent = say.maps_hint
}

/** The grid in the width there is. True when something changed. @param {View} view */
function arrange(view) {
  const { grid } = view.canvases
  const width = grid.parentElement?.clientWidth
  if (!width) return false
  const lay = layOut(width, view.groups, view.about.layout === "strip")
  const key = JSON.stringify([width, lay])
  if (view.layKey === key) return false
  view.layKey = key
  view.lay = lay
  view.ratio = ratioOf(grid)
  const height = lay.rows * lay.pitchY
  grid.style.height = `${height}px`
  grid.width = Math.round(width * view.ratio)
  grid.height = Math.round(height * view.ratio)
  return true
}

/** The values that black and white, or blue and vermilion, stand for. @param {View} view @param {Drawn} group @param {number} channel @returns {[number, number]} */
function bounds(view, group, channel) {
  if (view.range === "map") return [group.low[channel], group.high[channel]]
  if (view.range === "network") return view.about.range
  const all = view.about.layout === "strip" ? view.groups : [group]
  return [Math.min(...all.map((g) => Math.min(...g.low))), Math.max(...all.map((g) => Math.max(...g.high)))]
}

/** One map as an ImageData of its own size. @param {View} view @param {Drawn} group @param {number} channel @param {[number, number]} ends */
function image(view, group, channel, [low, high]) {
  const [bottom, top] = scaleEnds(low, high)
  const table = view.tables[low < 0 ? 1 : 0]
  const lookup = new Uint32Array(256)
  for (let b = 0; b < 256; b++) {
    lookup[b] = colourAt(table, top > bottom ? (valueOfByte(b, group.low[channel], group.high[channel]) - bottom) / (top - bottom) : 0)
  }
  const size = group.height * group.width
  const out = new ImageData(group.width, group.height)
  const words = new Uint32Array(out.data.buffer)
  const from = channel * size
  for (let i = 0; i < size; i++) words[i] = lookup[group.pixels[from + i]]
  return out
}

/** @param {View} view */
function paintAll(view) {
  arrange(view)
  if (!view.lay) return // nothing to paint on yet
  const { grid } = view.canvases
  const still = make("canvas", { width: grid.width, height: grid.height })
  const context = pen(still)
  context.scale(view.ratio, view.ratio)
  view.groups.forEach((group, g) => {
    const shared = view.range === "map" ? null : bounds(view, group, 0)
    for (let i = 0; i < group.count; i++) {
      const [x, y] = cornerOf(view.lay, g, i)
      stamp(context, image(view, group, i, shared ?? bounds(view, group, i)), x, y, view.lay.tile, view.lay.tile)
    }
  })
  if (view.about.layout === "strip") operators(view, context)
  view.still = still
  paintMarks(view)
}

/** The signs between the columns of a strip: x + F(x) = sum → ReLU. @param {View} view @param {CanvasRenderingContext2D} context */
function operators(view, context) {
  const signs = /** @type {Record<number, string[]>} */ ({ 4: ["+", "=", "→"], 3: ["+", "="], 2: ["→"] })[view.groups.length] ?? []
  context.fillStyle = getComputedStyle(view.root).color
  context.font = "600 20px sans-serif"
  context.textAlign = "center"
  context.textBaseline = "middle"
  for (let i = 0; i < view.groups[0].count; i++) {
    for (const [g, sign] of signs.entries()) context.fillText(sign, (g + 1) * view.lay.pitchX, i * view.lay.pitchY + view.lay.tile / 2)
  }
}

/** What follows the pointer: marks on the tiles, the enlarged map, the box on the picture, the numbers. @param {View} view */
function paintMarks(view) {
  const { here } = view
  const context = pen(view.canvases.grid)
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, view.canvases.grid.width, view.canvases.grid.height)
  context.drawImage(view.still, 0, 0)
  context.scale(view.ratio, view.ratio)
  if (here) {
    view.groups.forEach((group, g) => {
      for (let i = 0; i < group.count; i++) {
        const [x, y] = cornerOf(view.lay, g, i)
        const [w, h] = [view.lay.tile / group.width, view.lay.tile / group.height]
        outline(context, x + here.column * w, y + here.row * h, w, h, 1)
        if (g === here.group && i === here.channel) outline(context, x, y, view.lay.tile, view.lay.tile, 3)
      }
    })
  }
  paintPreview(view)
  paintPicture(view)
  paintBar(view)
  if (here) view.read.textContent = reading(view, here)
}

/** @param {View} view */
function paintPreview(view) {
  const canvas = view.canvases.preview
  const context = pen(canvas)
  context.clearRect(0, 0, canvas.width, canvas.height)
  const { group: g, channel, row, column } = view.here ?? { group: view.groups.length - 1, channel: 0, row: -1, column: -1 }
  const group = view.groups[g]
  stamp(context, image(view, group, channel, bounds(view, group, channel)), 0, 0, canvas.width, canvas.height)
  const [w, h] = [canvas.width / group.width, canvas.height / group.height]
  if (row >= 0) outline(context, column * w, row * h, w, h, 3)
}

/** @param {View} view */
function paintPicture(view) {
  const canvas = view.canvases.picture
  const { side, field } = view.about
  if (!view.picture?.complete) return
  const context = pen(canvas)
  context.imageSmoothingEnabled = side > 96
  context.drawImage(view.picture, 0, 0, canvas.width, canvas.height)
  if (view.heat && view.heatmap.length) {
    const [h, w] = view.about.heat
    const heat = new ImageData(w, h)
    for (let i = 0; i < w * h; i++) {
      const b = view.heatmap[i]
      heat.data.set([...view.tables[0].subarray(3 * b, 3 * b + 3), Math.round(b * view.opacity)], 4 * i)
    }
    stamp(context, heat, 0, 0, canvas.width, canvas.height, true)
  }
  if (!view.here || !field) return
  const [left, top, size, inside] = fieldOf(field, view.here, side)
  /** @param {number} v */
  const clip = (v) => (between(0, v, side) * canvas.width) / side
  const [x0, y0, x1, y1] = [clip(left), clip(top), clip(left + size), clip(top + size)]
  outline(context, x0 + 1.5, y0 + 1.5, Math.max(2, x1 - x0 - 3), Math.max(2, y1 - y0 - 3), 3, inside ? [] : [10, 6])
}

/** @param {View} view */
function paintBar(view) {
  const { group: g, channel } = view.here ?? { group: 0, channel: 0 }
  const [low, high] = bounds(view, view.groups[g], channel)
  const [bottom, top] = scaleEnds(low, high)
  paintScale(view.canvases.bar, view.tables[low < 0 ? 1 : 0])
  view.barLow.textContent = number(bottom)
  view.barHigh.textContent = number(top)
}

/** The value of a map at a place. @param {Drawn} group @param {Place} place */
const valueAt = (group, { channel, row, column }) =>
  valueOfByte(group.pixels[(channel * group.height + row) * group.width + column], group.low[channel], group.high[channel])

/** @param {View} view @param {Place} here */
function reading(view, here) {
  const say = view.about.words
  const { channel, row, column } = here
  const group = view.groups[here.group]
  const where = fill(say.maps_where, { channel, row, column })
  if (view.about.layout === "strip" && view.groups.length > 2) {
    const [x, fx, sum, after] = view.groups.map((each) => number(valueAt(each, here)))
    const plus = fx.startsWith("−") ? `(${fx})` : fx
    return `${where}\n${x} + ${plus} ≈ ${sum}${after === undefined ? "" : `  →  ReLU ${after}`}`
  }
  return `${where}\n≈ ${number(valueAt(group, here))}\n${fill(say.maps_span, { low: number(group.low[channel]), high: number(group.high[channel]) })}`
}

/** @param {View} view */
function listen(view) {
  const { grid } = view.canvases
  let waiting = false
  const show = () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      paintMarks(view)
    })
  }
  /** @param {MouseEvent} event */
  const at = (event) => {
    const box = grid.getBoundingClientRect()
    return placeAt(view.lay, view.groups, event.clientX - box.left, event.clientY - box.top)
  }
  grid.onpointermove = (event) => {
    if (view.pinned) return
    view.here = at(event) ?? view.here
    show()
  }
  grid.onclick = (event) => {
    const found = at(event)
    if (!found) return
    view.pinned = !view.pinned || JSON.stringify(found) !== JSON.stringify(view.here)
    view.here = found
    show()
  }
  grid.onkeydown = (event) => {
    if (isBrowsers(event)) return
    const side = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1 })[event.key] ?? 0
    const down = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 })[event.key] ?? 0
    if (event.key === "Escape") view.pinned = false
    else if (event.key === "Enter") view.pinned = !view.pinned
    else if (!side && !down) return
    event.preventDefault()
    view.here = walked(view.lay, view.groups, view.here ?? middleOf(view.groups[0]), side, down, event.shiftKey)
    show()
  }
  grid.onfocus = () => {
    view.here ??= middleOf(view.groups[0])
    show()
  }
}
