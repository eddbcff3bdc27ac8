/**
 * Takes pictures of figures: whatever a figure shows, with its caption and its source, as SVG or as PNG, on white ground.
 * It waits for what the buttons below each figure ask for.
 *
 * @typedef {{format: "png" | "svg", name: string, source: string, failed: () => void}} Order
 * @typedef {{dark: import("./colours.js").Theme, light: import("./colours.js").Theme, title: string}} Data
 */

import { find, make, pen } from "../shared/dom.js"
import { listen } from "../shared/listen.js"
import { SLATE } from "../shared/palette.js"
import { isDark } from "../shared/theme.js"
import { onLight } from "./colours.js"
import { whileLight } from "./light.js"
import { shape } from "./svg.js"
import { oneByOne } from "./one_by_one.js"
import { walked } from "./walk.js"
import { citedAddress, enlargement, wrapped } from "./words.js"

const SCALE = 2 // pixels of a PNG for one of the page
const EDGE = 16 // of white around the picture, in px
const NARROWEST = 360 // px, so that a caption has room
const FONT = "'Source Sans', system-ui, 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"

/** A figure that is light for one picture must be its own self again before the next is taken. */
const inTurn = oneByOne()

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  /** @param {Event} event */
  const asked = async (event) => {
    const { detail: order, target } = /** @type {CustomEvent<Order>} */ (event)
    const figure = target instanceof Element && target.closest("[class*='st-key-figure_']")
    if (!figure) return order.failed()
    try {
      const dark = isDark(getComputedStyle(find(parentElement, "span")))
      const svg = await inTurn(() => whileLight(figure, dark ? data.light : null, SCALE, () => composed(figure, order.source, data, dark)))
      const text = new XMLSerializer().serializeToString(svg)
      save(order.format === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await bitmapOf(text, svg), `${order.name}.${order.format}`)
    } catch (error) {
      console.warn(error)
      order.failed()
    }
  }
  return listen(parentElement, "take-picture", asked)
}

/** The words of a figure's caption. @param {Element} figure */
function captionOf(figure) {
  const copy = figure.querySelector("[class*='st-key-caption_'] [data-testid=stCaptionContainer]")?.cloneNode(true)
  if (!(copy instanceof Element)) return ""
  for (const unread of copy.querySelectorAll(".katex-mathml, .tip")) unread.remove()
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim()
}

/** @param {Element} figure @param {string} source @param {Data} data @param {boolean} dark */
function composed(figure, source, data, dark) {
  const { drawn, bounds } = walked(figure, (colour, role) => (dark ? onLight(colour, role, data.dark, data.light) : colour))
  if (!(bounds.right > bounds.left)) throw new Error("the figure shows nothing")
  const width = Math.max(NARROWEST, Math.ceil(bounds.right - bounds.left) + 2 * EDGE)
  drawn.setAttribute("transform", `translate(${EDGE - bounds.left} ${EDGE - bounds.top})`)
  const caption = captionOf(figure)
  const below = [
    { text: caption, size: 15, colour: data.light.text },
    { text: [source, data.title, citedAddress(window.location)].filter(Boolean).join(" · "), size: 12.5, colour: SLATE },
  ]
  const context = pen(make("canvas"))
  let y = Math.ceil(bounds.bottom - bounds.top) + 2 * EDGE
  const lines = below.flatMap(({ text, size, colour }) => {
    context.font = `${size}px system-ui, sans-serif`
    return wrapped(text, width - 2 * EDGE, (part) => context.measureText(part).width).map((line) => {
      y += size * 1.4
      return shape("text", { x: EDGE, y, "font-size": size, fill: colour, "font-family": FONT }, line)
    })
  })
  const height = Math.ceil(y + EDGE)
  const size = { width, height, viewBox: `0 0 ${width} ${height}` }
  return shape("svg", { ...size, role: "img" }, shape("title", {}, caption), shape("rect", { width, height, fill: "#ffffff" }), drawn, ...lines)
}

/** @param {string} text @param {SVGElement} svg @returns {Promise<Blob>} */
async function bitmapOf(text, svg) {
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)))
  const scale = enlargement(width, height, SCALE)
  const image = new Image()
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
  try {
    await image.decode()
    const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) })
    pen(canvas).drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise((/** @type {BlobCallback} */ done) => canvas.toBlob(done, "image/png"))
    if (!blob) throw new Error("the browser made no PNG")
    return blob
  } finally {
    URL.revokeObjectURL(image.src)
  }
}

/** @param {Blob} file @param {string} name */
function save(file, name) {
  const link = make("a", { href: URL.createObjectURL(file), download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
