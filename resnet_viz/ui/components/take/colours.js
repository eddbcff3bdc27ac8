/**
 * Colours as a file on white ground has them.
 *
 * @typedef {{red: number, green: number, blue: number, alpha: number}} Colour  parts of 255, and of 1
 * @typedef {"line" | "letter" | "word" | "ground"} Role  what has a colour: a drawing, the letters in one, words or boxes of the page
 * @typedef {{text: string, background: string, secondary: string, primary: string}} Theme  colours, written `#rrggbb`
 */

import { ON_LIGHT } from "../shared/palette.js"

const DARK_GROUND = 9.5 // contrast with white; the colours of data have less

/** A computed colour: `rgb(…)`, `color(srgb …)` or `#rrggbb`. Null for what is none, such as `none` or `url(…)`. @param {string} written @returns {Colour | null} */
export function parsed(written) {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(written)
  if (hex) return colour(hex.slice(1).map((pair) => Number.parseInt(pair, 16)))
  const found = /^(rgba?|color)\(([^)]*)\)$/.exec(written)
  if (!found) return null
  const numbers = found[2].match(/-?[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? []
  if (numbers.length < 3) return null
  return found[1] === "color" ? colour(numbers.slice(0, 3).map((part) => Math.round(255 * part)), numbers[3]) : colour(numbers, numbers[3])
}

/** @param {number[]} parts @param {number} [alpha] @returns {Colour} */
const colour = ([red, green, blue], alpha = 1) => ({ red, green, blue, alpha })

/** As every program reads it; what of it shows is told apart. @param {Colour} colour */
export const written = ({ red, green, blue }) => `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`

/** Our own that are lighter on dark ground, and what Streamlit 1.67 gives to Plotly's charts in its dark theme and in its light one. @type {Record<Role, Record<string, string>>} */
const CHARTS = { line: { "#31333f": "#e6eaf1", ...ON_LIGHT }, letter: { "#e6eaf1": "#808495", "#fafafa": "#262730" }, word: {}, ground: ON_LIGHT }

/**
 * The colour of the light theme that stands for one of the dark theme.
 * Streamlit's coloured words are too pale for white and its coloured grounds too dark; all else is the same in both.
 * @param {Colour} colour @param {Role} role @param {Theme} dark @param {Theme} light @returns {Colour}
 */
export function onLight(colour, role, dark, light) {
  const pairs = /** @type {(keyof Theme)[]} */ (Object.keys(dark)).map((part) => [dark[part].toLowerCase(), light[part]])
  const found = parsed(Object.fromEntries([...pairs, ...Object.entries(CHARTS[role])])[written(colour)] ?? "")
  if (found) return { ...found, alpha: colour.alpha }
  if (role === "word") return legible(colour)
  return role === "ground" && contrastWithWhite(colour) > DARK_GROUND ? pale(colour) : colour
}

/** A ground of the same hue, as pale as this one is dark. @param {Colour} colour @returns {Colour} */
function pale({ red, green, blue, alpha }) {
  const lift = 255 - Math.max(red, green, blue) / 8 - Math.max(red, green, blue)
  return { red: red + lift, green: green + lift, blue: blue + lift, alpha }
}

/** A colour of words, as dark as it must be to be read on white (WCAG's least contrast, that of large words). @param {Colour} colour @returns {Colour} */
export function legible(colour) {
  let found = colour
  while (contrastWithWhite(found) < 3) found = { ...found, red: found.red * 0.94, green: found.green * 0.94, blue: found.blue * 0.94 }
  return found
}

/** WCAG's contrast of an opaque colour with white. @param {Colour} colour */
export function contrastWithWhite({ red, green, blue }) {
  const [r, g, b] = [red, green, blue].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
}

/** The colours that a CSS gradient is made of, in their order. @param {string} image */
export const coloursOf = (image) => (image.match(/(?:rgba?|color)\([^)]*\)/g) ?? []).map(parsed).filter((each) => each !== null)
