/** The project's colours, as `draw/palette.py` has them. */

const BLUE = "#0072b2"
const BLUE_ON_DARK = "#4da8da"
const VERMILION = "#d55e00"
export const SLATE = "#64748b"
/** What a tour lights. */
export const AMBER = "#e69f00"
const GREEN = "#009e73"
const GREEN_ON_DARK = "#35c39a"
const SLATE_ON_DARK = "#9aa7b8"
/** What on white ground stands for a colour on dark ground. @type {Record<string, string>} */
export const ON_LIGHT = { [BLUE_ON_DARK]: BLUE, [GREEN_ON_DARK]: GREEN, [SLATE_ON_DARK]: SLATE }

/**
 * The colour of a kind of line: vermilion for plain networks, blue for residual ones, slate for a branch; the page's ink for a sum.
 * @param {string} kind @param {boolean} dark @param {string} ink
 */
export function tone(kind, dark, ink) {
  if (kind === "plain") return VERMILION
  if (kind === "residual") return dark ? BLUE_ON_DARK : BLUE
  if (kind === "branch") return dark ? SLATE_ON_DARK : SLATE
  return ink
}

/** @type {Record<string, number[]>} */
const DASHES = { plain: [9, 5], some: [14, 4, 3, 4] }

/** The dash pattern of a network's line: broken where skips are missing, unbroken where all are there. @param {string} kind */
export const dashOfKind = (kind) => DASHES[kind] ?? []

/** A colour nearer to the page's ink by up to a third. @param {string} colour @param {number} strength from 0 to 1 @param {string} ink */
export const deepened = (colour, strength, ink) => (strength ? `color-mix(in srgb, ${colour} ${100 - 35 * strength}%, ${ink})` : colour)
