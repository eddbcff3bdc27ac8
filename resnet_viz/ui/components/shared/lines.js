/** What the components that draw lines share. */

import { make } from "./paint.js"

export const DASHES = [[], [9, 5], [3, 4], [12, 4, 3, 4], [1, 4]]
export const LEFT = 58
export const TOP = 14
export const BOTTOM = 40
const RIGHT = 150
/** What is kept free on the right for the names of the lines; phones have no room for them. @param {number} width */
export const rightOf = (width) => (width < 520 ? 14 : RIGHT)

/** A canvas made sharp and empty, its context set to the page's font, and the page's colours. */
export function sheet(root, canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1
  canvas.style.height = `${height}px`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext("2d")
  context.scale(ratio, ratio)
  const style = getComputedStyle(root)
  context.font = `15px ${style.fontFamily}`
  context.textBaseline = "middle"
  return { context, style, ink: style.color, grid: style.getPropertyValue("--st-border-color") || "#d0d5dd" }
}

function dark(style) {
  const [r, g, b] = style.getPropertyValue("--st-background-color").match(/\w\w/g)?.map((h) => parseInt(h, 16)) ?? [255, 255, 255]
  return r + g + b < 384
}

/** The palette's colour of a kind of line. @param {CSSStyleDeclaration} style @param {string} kind */
export function tone(style, kind) {
  if (kind === "plain") return "#D55E00"
  if (kind === "residual") return dark(style) ? "#4DA8DA" : "#0072B2"
  return kind === "branch" ? (dark(style) ? "#9AA7B8" : "#64748B") : style.color
}

/** Names at the ends of the lines, pushed apart where they would lie on each other. */
export function endLabels(context, labels, most, bottom) {
  labels.sort((a, b) => a.y - b.y)
  for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + 18)
  const over = labels.length ? Math.max(0, labels.at(-1).y - bottom) : 0
  context.textAlign = "left"
  context.font = context.font.replace("15px", "600 15px")
  for (const label of labels) {
    context.fillStyle = label.colour
    context.fillText(label.text, Math.min(label.x + 8, most), label.y - over)
  }
}

/** The same names below the drawing, where it is too narrow to hold them. @param {{text: string, colour: string, dash: number[]}[]} items */
export function legend(place, items) {
  place.replaceChildren(
    ...items.map(({ text, colour, dash }) => {
      const stroke = make("canvas", { width: 34, height: 8 })
      stroke.setAttribute("aria-hidden", "true")
      const context = stroke.getContext("2d")
      Object.assign(context, { strokeStyle: colour, lineWidth: 3 })
      context.setLineDash(dash)
      context.moveTo(0, 4)
      context.lineTo(34, 4)
      context.stroke()
      return make("span", {}, stroke, text)
    }),
  )
}
