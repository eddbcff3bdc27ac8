/**
 * Feature maps beside the picture they came from. Point at a map: it is enlarged, the same place is marked in every map, and
 * the box on the picture is what that place could see.
 *
 * @typedef {{title: string, note: string, count: number, total: number, height: number, width: number}} Group
 * @typedef {{side: number, heat: number[], field: number[] | null, range: number[], layout: "atlas" | "strip", groups: Group[],
 *   words: Record<string, string>}} About
 * @typedef {{about: About, pixels: any, bounds: any, colours: any}} Data
 */

import { clamp, colourAt, make, number, outline, paintScale, scaleEnds, stamp } from "../shared/paint.js"

const GAP = 4
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".maps")
  const view = memory.get(root) ?? { range: "layer", heat: false, opacity: 0.65, here: null, pinned: false }
  memory.set(root, view)
  const start = performance.now()
  unpack(view, data)
  if (view.shape !== shapeOf(view.about)) build(root, view)
  words(view)
  if (view.here && view.here.channel >= view.groups[0].count) view.here = null
  paintAll(view)
  performance.measure("maps-paint", { start, end: performance.now() })
  if (!view.observer) {
    view.observer = new ResizeObserver(() => layOut(view) && paintAll(view))
    view.observer.observe(root)
  }
  return () => view.observer.disconnect()
}

/** What decides which elements there are. */
const shapeOf = (about) => JSON.stringify([about.layout, about.groups.map((g) => [g.title, g.count, g.height, g.width]), about.side])

/** Cut the travelled arrays into groups. */
function unpack(view, data) {
  const [pixels, bounds, colours] = [data.pixels, data.bounds, data.colours].map((c) => c.getChildAt(0).toArray())
  const about = data.about
  let at = about.side * about.side * 3
  view.about = about
  view.picture = pixels.subarray(0, at)
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

function build(root, view) {
  view.shape = shapeOf(view.about)
  view.canvases = {}
  const canvas = (name, more) => (view.canvases[name] = make("canvas", more))
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
    make("div", { className: "picture" }, canvas("picture", { width: 520, height: 520 })),
    make("div", { className: "controls" }, make("label", {}, heat, make("span", { className: "word-heat" })), opacity),
    make("div", { className: "preview" }, canvas("preview", { width: 480, height: 480 })),
    view.read,
  )
  side.querySelector(".controls").hidden = !view.heatmap.length
  const strip = view.about.layout === "strip"
  const heads = make("div", { className: "heads" })
  if (strip) heads.append(...view.groups.map((g) => make("div", {}, g.title, make("small", { textContent: g.note }))))
  heads.style.gridTemplateColumns = `repeat(${view.groups.length}, 1fr)`
  const grid = canvas("grid", { tabIndex: 0 })
  grid.setAttribute("role", "application")
  const main = make(
    "div", { className: "main" },
    make(
      "div", { className: "controls" }, make("fieldset", {}, view.legend, ...ranges),
      make("span", { className: "bar" }, view.barLow, canvas("bar", { width: 220, height: 12 }), view.barHigh), view.more,
    ),
    heads,
    make("div", { className: "grid" }, grid),
  )
  root.replaceChildren(side, main)
  view.root = root
  listen(view)
  layOut(view)
}

/** All words again: the language may have changed. */
function words(view) {
  const say = view.about.words
  view.legend.textContent = say.maps_range
  for (const name of ["map", "layer", "network", "heat"]) view.root.querySelector(`.word-${name}`).textContent = say[`maps_${name}`]
  view.opacityInput.setAttribute("aria-label", say.maps_opacity)
  const [first] = view.groups
  view.canvases.grid.setAttribute("aria-label", say.maps_label.replace("{count}", String(first.count)))
  view.canvases.picture.setAttribute("role", "img")
  view.canvases.picture.setAttribute("aria-label", say.maps_picture)
  view.canvases.preview.setAttribute("role", "img")
  view.canvases.preview.setAttribute("aria-label", say.maps_preview)
  view.more.textContent = first.total > first.count ? say.maps_first.replace("{count}", first.count).replace("{total}", first.total) : ""
  if (!view.here) view.read.textContent = say.maps_hint
}

/** Tile size and columns from the width there is. True when something changed. */
function layOut(view) {
  const width = view.canvases.grid.parentElement.clientWidth
  if (!width) return false
  const [group] = view.groups
  const strip = view.about.layout === "strip"
  const wanted = strip ? 92 : Math.max(56, Math.min(96, Math.sqrt((width * 520) / group.count)))
  const columns = strip ? view.groups.length : Math.max(1, Math.min(group.count, Math.floor((width + GAP) / (wanted + GAP))))
  const pitch = strip ? width / columns : (width + GAP) / columns
  const tile = strip ? Math.min(92, pitch - 30) : Math.min(pitch - GAP, 120)
  const rows = strip ? group.count : Math.ceil(group.count / columns)
  const key = [width, columns, tile, rows].join()
  if (view.layKey === key) return false
  Object.assign(view, { layKey: key, columns, tile, rows, pitchX: strip ? pitch : tile + GAP, pitchY: tile + (strip ? 10 : GAP), offset: strip ? (pitch - tile) / 2 : 0 })
  const ratio = globalThis.devicePixelRatio || 1
  const grid = view.canvases.grid
  const height = rows * view.pitchY
  grid.style.height = `${height}px`
  grid.width = Math.round(width * ratio)
  grid.height = Math.round(height * ratio)
  view.ratio = ratio
  return true
}

/** The values that black and white, or blue and vermilion, stand for. */
function bounds(view, group, channel) {
  if (view.range === "map") return [group.low[channel], group.high[channel]]
  if (view.range === "network") return view.about.range
  const all = view.about.layout === "strip" ? view.groups : [group]
  return [Math.min(...all.map((g) => Math.min(...g.low))), Math.max(...all.map((g) => Math.max(...g.high)))]
}

/** One map as an ImageData of its own size. */
function image(view, group, channel, [low, high]) {
  const [bottom, top] = scaleEnds(low, high)
  const table = view.tables[low < 0 ? 1 : 0]
  const lookup = new Uint32Array(256)
  const [own, step] = [group.low[channel], (group.high[channel] - group.low[channel]) / 255]
  for (let b = 0; b < 256; b++) {
    lookup[b] = colourAt(table, top > bottom ? (own + b * step - bottom) / (top - bottom) : 0)
  }
  const size = group.height * group.width
  const out = new ImageData(group.width, group.height)
  const words = new Uint32Array(out.data.buffer)
  const from = channel * size
  for (let i = 0; i < size; i++) words[i] = lookup[group.pixels[from + i]]
  return out
}

/** Where tile i of group g stands, in CSS pixels. */
const place = (view, g, i) =>
  view.about.layout === "strip" ? [g * view.pitchX + view.offset, i * view.pitchY] : [(i % view.columns) * view.pitchX, Math.floor(i / view.columns) * view.pitchY]

function paintAll(view) {
  layOut(view)
  const still = document.createElement("canvas")
  const grid = view.canvases.grid
  still.width = grid.width
  still.height = grid.height
  const context = still.getContext("2d")
  context.scale(view.ratio, view.ratio)
  view.groups.forEach((group, g) => {
    const shared = view.range === "map" ? null : bounds(view, group, 0)
    for (let i = 0; i < group.count; i++) {
      const [x, y] = place(view, g, i)
      stamp(context, image(view, group, i, shared ?? bounds(view, group, i)), x, y, view.tile, view.tile)
    }
  })
  if (view.about.layout === "strip") operators(view, context)
  view.still = still
  paintMarks(view)
}

/** The signs between the columns of a strip: x + F(x) = sum → ReLU. */
function operators(view, context) {
  const signs = { 4: ["+", "=", "→"], 3: ["+", "="], 2: ["→"] }[view.groups.length] ?? []
  context.fillStyle = getComputedStyle(view.root).color
  context.font = "600 20px sans-serif"
  context.textAlign = "center"
  context.textBaseline = "middle"
  for (let i = 0; i < view.groups[0].count; i++) {
    signs.forEach((sign, g) => context.fillText(sign, (g + 1) * view.pitchX, i * view.pitchY + view.tile / 2))
  }
}

/** What follows the pointer: marks on the tiles, the enlarged map, the box on the picture, the numbers. */
function paintMarks(view) {
  const context = view.canvases.grid.getContext("2d")
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, view.canvases.grid.width, view.canvases.grid.height)
  context.drawImage(view.still, 0, 0)
  context.scale(view.ratio, view.ratio)
  if (view.here) {
    view.groups.forEach((group, g) => {
      for (let i = 0; i < group.count; i++) {
        const [x, y] = place(view, g, i)
        const [w, h] = [view.tile / group.width, view.tile / group.height]
        outline(context, x + view.here.column * w, y + view.here.row * h, w, h, 1)
        if (g === view.here.group && i === view.here.channel) outline(context, x, y, view.tile, view.tile, 3)
      }
    })
  }
  paintPreview(view)
  paintPicture(view)
  paintBar(view)
  if (view.here) view.read.textContent = reading(view)
}

function paintPreview(view) {
  const canvas = view.canvases.preview
  const context = canvas.getContext("2d")
  context.clearRect(0, 0, canvas.width, canvas.height)
  const { group: g, channel, row, column } = view.here ?? { group: view.groups.length - 1, channel: 0, row: -1, column: -1 }
  const group = view.groups[g]
  stamp(context, image(view, group, channel, bounds(view, group, channel)), 0, 0, canvas.width, canvas.height)
  const [w, h] = [canvas.width / group.width, canvas.height / group.height]
  if (row >= 0) outline(context, column * w, row * h, w, h, 3)
}

function paintPicture(view) {
  const canvas = view.canvases.picture
  const { side } = view.about
  const context = canvas.getContext("2d")
  const pixels = new ImageData(side, side)
  for (let i = 0, j = 0; i < view.picture.length; i += 3, j += 4) {
    pixels.data.set([view.picture[i], view.picture[i + 1], view.picture[i + 2], 255], j)
  }
  stamp(context, pixels, 0, 0, canvas.width, canvas.height, side > 96)
  if (view.heat) {
    const [h, w] = view.about.heat
    const heat = new ImageData(w, h)
    for (let i = 0; i < w * h; i++) {
      const b = view.heatmap[i]
      heat.data.set([...view.tables[0].subarray(3 * b, 3 * b + 3), Math.round(b * view.opacity)], 4 * i)
    }
    stamp(context, heat, 0, 0, canvas.width, canvas.height, true)
  }
  if (!view.here || !view.about.field) return
  const [size, stride, from] = view.about.field
  const unit = canvas.width / side
  const [left, top] = [from + view.here.column * stride, from + view.here.row * stride]
  const inside = left >= 0 && top >= 0 && left + size <= side && top + size <= side
  const clip = (v) => Math.max(0, Math.min(side, v)) * unit
  const [x0, y0, x1, y1] = [clip(left), clip(top), clip(left + size), clip(top + size)]
  outline(context, x0 + 1.5, y0 + 1.5, Math.max(2, x1 - x0 - 3), Math.max(2, y1 - y0 - 3), 3, inside ? [] : [10, 6])
}

function paintBar(view) {
  const { group: g, channel } = view.here ?? { group: 0, channel: 0 }
  const [low, high] = bounds(view, view.groups[g], channel)
  const [bottom, top] = scaleEnds(low, high)
  paintScale(view.canvases.bar, view.tables[low < 0 ? 1 : 0])
  view.barLow.textContent = number(bottom)
  view.barHigh.textContent = number(top)
}

/** The value of a map at the marked place. */
function valueAt(view, group) {
  const { channel, row, column } = view.here
  const b = group.pixels[(channel * group.height + row) * group.width + column]
  return group.low[channel] + (b / 255) * (group.high[channel] - group.low[channel])
}

function reading(view) {
  const say = view.about.words
  const { group: g, channel, row, column } = view.here
  const group = view.groups[g]
  const where = say.maps_where.replace("{channel}", channel).replace("{row}", row).replace("{column}", column)
  if (view.about.layout === "strip" && view.groups.length > 2) {
    const [x, fx, sum, after] = view.groups.map((each) => number(valueAt(view, each)))
    const plus = fx.startsWith("−") ? `(${fx})` : fx
    return `${where}\n${x} + ${plus} ≈ ${sum}${after === undefined ? "" : `  →  ReLU ${after}`}`
  }
  const span = say.maps_span.replace("{low}", number(group.low[channel])).replace("{high}", number(group.high[channel]))
  return `${where}\n≈ ${number(valueAt(view, group))}\n${span}`
}

function listen(view) {
  const grid = view.canvases.grid
  let waiting = false
  const show = () => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      paintMarks(view)
    })
  }
  const at = (event) => {
    const box = grid.getBoundingClientRect()
    const [x, y] = [event.clientX - box.left, event.clientY - box.top]
    const strip = view.about.layout === "strip"
    const [column, row] = [Math.floor(x / view.pitchX), Math.floor(y / view.pitchY)]
    const [g, channel] = strip ? [column, row] : [0, row * view.columns + column]
    const group = view.groups[g]
    if (!group || (!strip && column >= view.columns) || channel < 0 || channel >= group.count) return null
    const [left, top] = place(view, g, channel)
    const [u, v] = [(x - left) / view.tile, (y - top) / view.tile]
    if (u < 0 || v < 0 || u >= 1 || v >= 1) return null
    return { group: g, channel, row: Math.floor(v * group.height), column: Math.floor(u * group.width) }
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
    const group = view.groups[view.here?.group ?? 0]
    const here = view.here ?? { group: 0, channel: 0, row: group.height >> 1, column: group.width >> 1 }
    const strip = view.about.layout === "strip"
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0
    if (event.key === "Escape") view.pinned = false
    else if (event.key === "Enter") view.pinned = !view.pinned
    else if (!side && !down) return
    event.preventDefault()
    if (event.shiftKey) {
      here.column = clamp(here.column + side, group.width)
      here.row = clamp(here.row + down, group.height)
    } else if (strip) {
      here.group = clamp(here.group + side, view.groups.length)
      here.channel = clamp(here.channel + down, group.count)
    } else {
      here.channel = clamp(here.channel + side + down * view.columns, group.count)
    }
    view.here = here
    show()
  }
  grid.onfocus = () => {
    view.here ??= { group: 0, channel: 0, row: view.groups[0].height >> 1, column: view.groups[0].width >> 1 }
    show()
  }
}
