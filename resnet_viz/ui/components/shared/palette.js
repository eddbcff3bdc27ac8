/** The project's colours. The same stand in `draw/charts.py`, `draw/diagram.css` and `.streamlit/config.toml`. */

export const BLUE = "#0072b2"
export const BLUE_ON_DARK = "#4da8da"
export const VERMILION = "#d55e00"
export const SLATE = "#64748b"
export const SLATE_ON_DARK = "#9aa7b8"

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
