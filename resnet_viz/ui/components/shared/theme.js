/** The page's colours, as Streamlit's theme gives them. */

/** Whether a colour, written `#rrggbb`, is nearer to black than to white. @param {string} colour */
export function isDarkColour(colour) {
  const [r, g, b] = colour.match(/\w\w/g)?.map((pair) => Number.parseInt(pair, 16)) ?? [255, 255, 255]
  return r + g + b < 384
}

/** Whether the page is dark. @param {CSSStyleDeclaration} style a computed one, of any element on the page */
export const isDark = (style) => isDarkColour(style.getPropertyValue("--st-background-color"))

/** The colour of quiet lines. @param {CSSStyleDeclaration} style */
export const borderOf = (style) => style.getPropertyValue("--st-border-color") || "#d0d5dd"
