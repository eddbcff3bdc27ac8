/** Elements of an SVG, made, and copied with the look that the page's styles give them. */

import { written, parsed } from "./colours.js"
import { short } from "./words.js"

const SVG = "http://www.w3.org/2000/svg"
const INHERITED = [
  "fill-rule", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "font-family", "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing", "paint-order", "shape-rendering", "visibility",
  "marker-start", "marker-mid", "marker-end", "white-space",
]
/** What is not inherited, and what it is where nobody has said anything. @type {Record<string, string>} */
const OWN = {
  opacity: "1", "dominant-baseline": "auto", "clip-path": "none", mask: "none",
  "mix-blend-mode": "normal", "image-rendering": "auto", "vector-effect": "none",
}
const COLOURS = [["fill", "fill-opacity"], ["stroke", "stroke-opacity"]]
const KEPT = new Set([
  "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points", "width", "height", "viewBox", "transform",
  "preserveAspectRatio", "offset", "gradientUnits", "gradientTransform", "patternUnits", "patternTransform", "patternContentUnits", "clipPathUnits",
  "maskUnits", "markerWidth", "markerHeight", "markerUnits", "refX", "refY", "orient", "rotate", "textLength", "lengthAdjust", "pathLength",
])
const LEFT_OUT = new Set(["style", "script", "foreignObject", "animate", "animateTransform", "set", "title", "desc"])

/**
 * @param {string} name @param {Record<string, string | number>} [attributes] @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function shape(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, typeof value === "number" ? short(value) : value)
  element.append(...children)
  return element
}

/** @typedef {(colour: import("./colours.js").Colour, role: import("./colours.js").Role) => import("./colours.js").Colour} Recolour */

/** Give an element a colour as `fill` or another property, and how much of it shows. @param {SVGElement} element @param {string} property @param {string} value @param {Recolour} recolour @param {import("./colours.js").Role} role @param {number} [opacity] that it has besides its colour's own */
export function paint(element, property, value, recolour, role, opacity = 1) {
  const colour = parsed(value)
  const found = colour && recolour(colour, role)
  element.setAttribute(property, found ? written(found) : local(value))
  element.setAttribute(`${property.replace("-color", "")}-opacity`, short((found?.alpha ?? 1) * opacity))
}

/** A reference as it is inside a file: `url(#name)`. @param {string} value */
const local = (value) => value.replace(/url\("?[^")]*#([^")]*)"?\)/, "url(#$1)")

/**
 * A copy of an SVG's element that looks as the page's styles make it look, without needing them.
 * @param {SVGElement} original @param {Recolour} recolour @param {CSSStyleDeclaration | null} [above] the style of the element around it
 * @returns {SVGElement | null} null for what does not show
 */
export function copied(original, recolour, above = null) {
  if (LEFT_OUT.has(original.tagName) || original.matches("[data-take=no]")) return null
  const style = getComputedStyle(original)
  if (style.display === "none" && !/^(defs|clipPath|linearGradient|radialGradient|marker|mask|pattern|symbol|stop)$/.test(original.tagName)) return null
  const copy = shape(original.tagName)
  for (const { name, value } of original.attributes) if (KEPT.has(name)) copy.setAttribute(name, value)
  if (original.id) copy.id = original.id
  const link = original.getAttribute("href") ?? original.getAttribute("xlink:href")
  if (link && /^(#|data:image\/)/.test(link)) copy.setAttribute("href", link)
  if (!original.hasAttribute("transform") && style.transform !== "none" && above) copy.setAttribute("transform", style.transform)
  const role = /^(text|tspan)$/.test(original.tagName) ? "letter" : "line"
  for (const pair of COLOURS) {
    const [colour, opacity] = pair.map((property) => style.getPropertyValue(property))
    if (!above || pair.some((property) => above.getPropertyValue(property) !== style.getPropertyValue(property))) paint(copy, pair[0], colour, recolour, role, Number(opacity))
  }
  if (original.tagName === "stop") paint(copy, "stop-color", style.stopColor, recolour, role, Number(style.stopOpacity))
  for (const property of INHERITED) {
    const value = style.getPropertyValue(property)
    if (above?.getPropertyValue(property) !== value) put(copy, property, value)
  }
  for (const [property, usual] of Object.entries(OWN)) {
    const value = style.getPropertyValue(property)
    if (value && value !== usual) put(copy, property, value)
  }
  for (const child of original.childNodes) {
    if (child instanceof SVGElement) copy.append(copied(child, recolour, style) ?? "")
    else if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode())
  }
  if (original instanceof SVGTextElement && !original.childElementCount && original.getComputedTextLength() > 0) {
    copy.setAttribute("textLength", short(original.getComputedTextLength()))
    copy.setAttribute("lengthAdjust", "spacingAndGlyphs")
  }
  return copy
}

/** @param {SVGElement} copy @param {string} property @param {string} value */
function put(copy, property, value) {
  if (property === "mix-blend-mode" || property === "white-space") copy.style.setProperty(property, value)
  else copy.setAttribute(property, local(value))
}

/** Names of gradients and clips are those of one picture: put `prefix` before them. @param {SVGElement} svg @param {string} prefix */
export function withOwnNames(svg, prefix) {
  const named = new Map([...svg.querySelectorAll("[id]")].map((element) => [element.id, `${prefix}${element.id}`]))
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (name === "id") element.id = named.get(value) ?? value
      else if (name === "href" && value.startsWith("#")) element.setAttribute(name, `#${named.get(value.slice(1)) ?? value.slice(1)}`)
      else if (value.startsWith("url(#")) element.setAttribute(name, value.replace(/url\(#([^)]*)\)/, (_, id) => `url(#${named.get(id) ?? id})`))
    }
  }
  return svg
}
