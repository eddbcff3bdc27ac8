/**
 * An SVG that only has to be looked at, in the colours of light or of dark ground.
 *
 * @typedef {{svg: string}} Data
 */

import { find } from "../shared/dom.js"
import { isDark } from "../shared/theme.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const place = find(parentElement, ".figure")
  if (place.dataset.svg !== data.svg) place.innerHTML = place.dataset.svg = data.svg
  for (const svg of place.querySelectorAll("svg.rv")) svg.classList.toggle("dark", isDark(getComputedStyle(place)))
}
