/**
 * A card of flat colours with sharp edges, what filters make of it, and how much of that are surfaces and how much edges.
 *
 * @typedef {(r: number, g: number, b: number) => number} OfPixel  what a 1×1 convolution makes of a colour, each from 0 to 1
 * @typedef {{surfaces: number, edges: number}} Measured
 */

export const SIDE = 48
const COLOURS = [[0.8, 0.8, 0.8], [0.05, 0.05, 0.05], [1, 1, 1], [0.85, 0.15, 0.15], [0.1, 0.6, 0.2], [0.1, 0.25, 0.8], [0.95, 0.85, 0.1]]
const SURROUNDING = 2 // a pixel lies inside a surface when all are of its colour that are so near

/** Which colour stands at a place. @param {number} line @param {number} column */
function colourAt(line, column) {
  /** @param {number} top @param {number} left @param {number} height @param {number} width */
  const within = (top, left, height, width) => line >= top && line < top + height && column >= left && column < left + width
  if ((line - 12) ** 2 + (column - 13) ** 2 < 64) return 3
  if (within(5, 27, 15, 7)) return 1
  if (within(5, 34, 15, 8)) return 2
  if (line >= 27 && line < 43 && column >= 5 && column - 5 < line - 26) return 4
  if (within(26, 26, 9, 16)) return 5
  if (within(35, 26, 8, 16)) return 6
  return 0
}

const PLACES = Array.from({ length: SIDE * SIDE }, (_, i) => colourAt(Math.floor(i / SIDE), i % SIDE))

/** The colour at a place, as three numbers from 0 to 1. @param {number} i */
export const colour = (i) => COLOURS[PLACES[i]]

/** The places around one, at most so far away, within the card. @param {number} i @param {number} far */
function around(i, far) {
  const found = []
  const [line, column] = [Math.floor(i / SIDE), i % SIDE]
  for (let l = Math.max(0, line - far); l <= Math.min(SIDE - 1, line + far); l++) {
    for (let c = Math.max(0, column - far); c <= Math.min(SIDE - 1, column + far); c++) found.push(l * SIDE + c)
  }
  return found
}

const EDGES = PLACES.map((own, i) => around(i, 1).some((j) => PLACES[j] !== own))
/** A place inside each surface, far from its edges. */
const INSIDE = COLOURS.map((_, own) => PLACES.findIndex((p, i) => p === own && around(i, SURROUNDING).every((j) => PLACES[j] === own)))

/** A 1×1 convolution of the card. @param {OfPixel} mix */
export const mixed = (mix) => Float64Array.from(PLACES, (_, i) => mix(...(/** @type {[number, number, number]} */ (colour(i)))))

/** A 3×3 convolution: eight times the pixel minus its neighbours, the same for each colour. Beyond the card its rim goes on. */
export function filtered() {
  const grey = mixed((r, g, b) => (r + g + b) / 3)
  return Float64Array.from(grey, (here, i) => around(i, 1).reduce((sum, j) => sum + here - grey[j], 0))
}

/**
 * How far the surfaces differ, and how far pixels at edges differ from the inside of their own surface, on average.
 * @param {Float64Array} values @returns {Measured}
 */
export function measured(values) {
  const inside = INSIDE.map((i) => values[i])
  let [sum, count] = [0, 0]
  values.forEach((value, i) => {
    if (!EDGES[i]) return
    sum += Math.abs(value - inside[PLACES[i]])
    count += 1
  })
  return { surfaces: Math.max(...inside) - Math.min(...inside), edges: sum / count }
}

const SEEN = 0.02 // what differs by less cannot be seen

/** What that amounts to. @param {Measured} found @returns {"surfaces" | "vanished" | "solved" | "both"} */
export function verdict({ surfaces, edges }) {
  if (edges < SEEN) return surfaces < SEEN ? "vanished" : "surfaces"
  return surfaces < SEEN ? "solved" : "both"
}
