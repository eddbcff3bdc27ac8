/**
 * What an element of the page shows, as an SVG: through shadow roots, at the places where it stands.
 *
 * @typedef {{into: SVGElement, recolour: import("./svg.js").Recolour, bounds: {left: number, top: number, right: number, bottom: number}, count: number}} Walk
 */

import { make, pen } from "../shared/dom.js"
import { coloursOf, parsed } from "./colours.js"
import { copied, paint, shape, withOwnNames } from "./svg.js"
import { pieces } from "./words.js"

const CONTROLS = [
  "[data-take=no]", "[class*=st-key-caption_]", "[class*=st-key-ask_]", "[class*=st-key-answered_]", "input", "select", "textarea", "fieldset", "summary", "[role=slider]", "[role=tablist]",
  "label:has(input)", ".modebar-container", ".hint", ".read", "[data-testid=stElementToolbar]", "[data-testid=stTooltipIcon]", ".tip", "style", "script",
  ...["Selectbox", "Slider", "Button", "ButtonGroup", "Radio", "Checkbox", "NumberInput", "TextInput", "DownloadButton", "FileUploader", "Multiselect"].map(
    (name) => `.st${name}`,
  ),
  "button:not(:has(canvas, img))",
].join(", ")
const SIDES = /** @type {const} */ (["top", "right", "bottom", "left"])

/** @param {Element} root @param {import("./svg.js").Recolour} recolour */
export function walked(root, recolour) {
  /** @type {Walk} */
  const walk = { into: shape("g"), recolour, bounds: { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }, count: 0 }
  for (const child of root.childNodes) visit(child, walk)
  return { drawn: walk.into, bounds: walk.bounds }
}

/** @param {Node} node @param {Walk} walk */
function visit(node, walk) {
  if (node.nodeType === Node.TEXT_NODE) return words(/** @type {Text} */ (node), walk)
  if (!(node instanceof Element) || node.matches(CONTROLS)) return
  const style = getComputedStyle(node)
  if (style.display !== "contents" && !node.checkVisibility({ opacityProperty: true })) return
  const box = node.getBoundingClientRect()
  if (/Material/.test(style.fontFamily) || (box.width <= 1 && box.height <= 1 && /hidden|clip/.test(style.overflow))) return
  const isShown = style.visibility === "visible"
  const own = Number(style.opacity) < 1 ? shape("g", { opacity: style.opacity }) : null
  const inner = own ? { ...walk, into: own } : walk
  if (own) walk.into.append(own)
  if (node instanceof SVGSVGElement) return isShown ? svg(node, box, inner) : undefined
  if (isShown) backgroundAndBorder(style, box, inner)
  if (node instanceof HTMLCanvasElement) return isShown ? bitmap(node, node.width && node.height ? node.toDataURL() : "", style, box, inner) : undefined
  if (node instanceof HTMLImageElement) return isShown ? bitmap(node, asData(node), style, box, inner) : undefined
  const clipped = clip(node, style, box, inner)
  const children = node.shadowRoot?.childNodes ?? (node instanceof HTMLSlotElement ? node.assignedNodes() : node.childNodes)
  for (const child of children) visit(child, clipped)
  Object.assign(walk, { count: clipped.count })
}

/** @param {Walk} walk @param {DOMRect} box */
function reach({ bounds }, box) {
  bounds.left = Math.min(bounds.left, box.left)
  bounds.top = Math.min(bounds.top, box.top)
  bounds.right = Math.max(bounds.right, box.right)
  bounds.bottom = Math.max(bounds.bottom, box.bottom)
}

/** Where an element cuts off what is larger, so does the picture. @param {Element} node @param {CSSStyleDeclaration} style @param {DOMRect} box @param {Walk} walk @returns {Walk} */
function clip(node, style, box, walk) {
  const cuts = /hidden|clip/.test(style.overflow) && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1)
  if (!cuts || !box.width || !box.height) return walk
  const id = `clip${walk.count++}`
  const group = shape("g", { "clip-path": `url(#${id})` })
  walk.into.append(shape("clipPath", { id }, shape("rect", placed(box))), group)
  return { ...walk, into: group, bounds: { left: 0, top: 0, right: 0, bottom: 0 } }
}

/** @param {DOMRect} box */
const placed = (box) => ({ x: box.left, y: box.top, width: box.width, height: box.height })

/** @param {SVGSVGElement} node @param {DOMRect} box @param {Walk} walk */
function svg(node, box, walk) {
  const copy = copied(node, walk.recolour)
  if (!copy || !box.width || !box.height) return
  for (const [name, value] of Object.entries(placed(box))) copy.setAttribute(name, String(value))
  copy.removeAttribute("transform")
  copy.setAttribute("overflow", getComputedStyle(node).overflow.split(" ")[0])
  walk.into.append(withOwnNames(copy, `p${walk.count++}-`))
  reach(walk, box)
}

/** @param {Element} node @param {string} href @param {CSSStyleDeclaration} style @param {DOMRect} box @param {Walk} walk */
function bitmap(node, href, style, box, walk) {
  if (!href || !box.width || !box.height) return
  const fit = /** @type {Record<string, string>} */ ({ contain: "xMidYMid meet", cover: "xMidYMid slice" })[style.objectFit] ?? "none"
  const image = shape("image", { ...placed(box), href, preserveAspectRatio: fit })
  if (style.imageRendering === "pixelated") image.style.imageRendering = "pixelated"
  const radius = Number.parseFloat(style.borderTopLeftRadius) || 0
  if (radius && node.tagName !== "CANVAS") {
    const id = `clip${walk.count++}`
    walk.into.append(shape("clipPath", { id }, shape("rect", { ...placed(box), rx: radius })))
    image.setAttribute("clip-path", `url(#${id})`)
  }
  walk.into.append(image)
  reach(walk, box)
}

/** A picture of this server as a part of the file. @param {HTMLImageElement} image */
function asData(image) {
  if (image.src.startsWith("data:image/")) return image.src
  if (!image.complete || !image.naturalWidth) return ""
  const canvas = make("canvas", { width: image.naturalWidth, height: image.naturalHeight })
  pen(canvas).drawImage(image, 0, 0)
  return canvas.toDataURL()
}

/** @param {CSSStyleDeclaration} style @param {DOMRect} box @param {Walk} walk */
function backgroundAndBorder(style, box, walk) {
  if (!box.width || !box.height) return
  const rx = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2)
  const ground = parsed(style.backgroundColor)
  const gradient = style.backgroundImage.includes("gradient(") ? coloursOf(style.backgroundImage) : []
  if (ground?.alpha || gradient.length) {
    const rect = shape("rect", { ...placed(box), rx })
    paint(rect, "fill", style.backgroundColor, walk.recolour, "ground")
    if (gradient.length) gradientFill(rect, style.backgroundImage, gradient, walk)
    walk.into.append(rect)
    reach(walk, box)
  }
  const lines = SIDES.map((side) => ({
    side, width: Number.parseFloat(style.getPropertyValue(`border-${side}-width`)) || 0,
    colour: style.getPropertyValue(`border-${side}-color`), kind: style.getPropertyValue(`border-${side}-style`),
  })).filter((line) => line.width && !/none|hidden/.test(line.kind) && parsed(line.colour)?.alpha)
  if (!lines.length) return
  reach(walk, box)
  const [{ width, colour, kind }] = lines
  const isFrame = lines.length === 4 && lines.every((line) => line.width === width && line.colour === colour)
  const drawn = isFrame
    ? [{ width, colour, kind, line: shape("rect", { x: box.left + width / 2, y: box.top + width / 2, width: Math.max(0, box.width - width), height: Math.max(0, box.height - width), rx, fill: "none" }) }]
    : lines.map((each) => ({ ...each, line: edge(each.side, each.width, box) }))
  for (const { width: thick, colour: of, kind: how, line } of drawn) {
    line.setAttribute("stroke-width", String(thick))
    if (how === "dashed") line.setAttribute("stroke-dasharray", `${3 * thick} ${2 * thick}`)
    if (how === "dotted") line.setAttribute("stroke-dasharray", `${thick} ${thick}`)
    paint(line, "stroke", of, walk.recolour, "line")
    walk.into.append(line)
  }
}

/** @param {SVGElement} rect @param {string} image @param {import("./colours.js").Colour[]} colours @param {Walk} walk */
function gradientFill(rect, image, colours, walk) {
  if (image.startsWith("repeating")) return paint(rect, "fill", `rgb(${colours[0].red}, ${colours[0].green}, ${colours[0].blue})`, walk.recolour, "line")
  const id = `gradient${walk.count++}`
  const stops = colours.map((each, n) => {
    const stop = shape("stop", { offset: n / Math.max(1, colours.length - 1) })
    paint(stop, "stop-color", `rgba(${each.red}, ${each.green}, ${each.blue}, ${each.alpha})`, walk.recolour, "line")
    return stop
  })
  const isUpright = /^linear-gradient\((?:to (?:top|bottom)|180deg|0deg|rgb|color)/.test(image)
  walk.into.append(shape("linearGradient", { id, x2: isUpright ? 0 : 1, y2: isUpright ? 1 : 0 }, ...stops))
  rect.setAttribute("fill", `url(#${id})`)
}

/** One side of a box. @param {typeof SIDES[number]} side @param {number} width @param {DOMRect} box */
function edge(side, width, { left, top, right, bottom }) {
  const half = width / 2
  const ends = {
    top: [left, top + half, right, top + half],
    bottom: [left, bottom - half, right, bottom - half],
    left: [left + half, top, left + half, bottom],
    right: [right - half, top, right - half, bottom],
  }[side]
  return shape("line", { x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3] })
}

// Words

/** The ascent and descent of a font. @type {Map<string, [number, number]>} */
const metrics = new Map()
/** @type {CanvasRenderingContext2D | undefined} */
let scratch

/** @param {CSSStyleDeclaration} style @returns {[number, number]} */
function metricsOf(style) {
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  const known = metrics.get(font)
  if (known) return known
  scratch ??= pen(make("canvas"))
  scratch.font = font
  const { fontBoundingBoxAscent, fontBoundingBoxDescent } = scratch.measureText("x")
  metrics.set(font, [fontBoundingBoxAscent, fontBoundingBoxDescent])
  return [fontBoundingBoxAscent, fontBoundingBoxDescent]
}

/** @typedef {{text: string, left: number, right: number, top: number, height: number}} Run  a part of a text in one line */

/** The lines of a text, as the page has broken them. @param {Text} node @returns {Run[]} */
function linesOf(node) {
  /** @type {Run[]} */
  const runs = []
  const range = document.createRange()
  let at = 0
  let gap = ""
  for (const piece of pieces(node.data)) {
    const from = at
    at += piece.length
    if (!piece.trim()) {
      gap = piece
      continue
    }
    range.setStart(node, from)
    range.setEnd(node, at)
    const boxes = [...range.getClientRects()].filter((box) => box.width)
    for (const [n, box] of boxes.entries()) {
      const text = n ? "" : piece // a word that is broken stands whole in its first line
      const last = runs.at(-1)
      if (last && Math.abs(last.top - box.top) < 2) Object.assign(last, { text: last.text + gap + text, right: box.right })
      else if (text) runs.push({ text, left: box.left, right: box.right, top: box.top, height: box.height })
      gap = ""
    }
  }
  return runs
}

/** @param {Text} node @param {Walk} walk */
function words(node, walk) {
  const around = node.parentElement
  if (!node.data.trim() || !around) return
  const style = getComputedStyle(around)
  if (style.visibility !== "visible" || /Material/.test(style.fontFamily)) return
  const [ascent, descent] = metricsOf(style)
  for (const run of linesOf(node)) {
    const y = run.top + (run.height * ascent) / (ascent + descent)
    const said = style.textTransform === "uppercase" ? run.text.toUpperCase() : run.text
    const text = shape("text", { x: run.left, y, "font-family": style.fontFamily, "font-size": style.fontSize, textLength: run.right - run.left, lengthAdjust: "spacingAndGlyphs" }, said)
    if (style.fontWeight !== "400") text.setAttribute("font-weight", style.fontWeight)
    if (style.fontStyle !== "normal") text.setAttribute("font-style", style.fontStyle)
    text.style.whiteSpace = "pre"
    paint(text, "fill", style.color, walk.recolour, "word")
    walk.into.append(text)
    reach(walk, new DOMRect(run.left, run.top, run.right - run.left, run.height))
  }
}
