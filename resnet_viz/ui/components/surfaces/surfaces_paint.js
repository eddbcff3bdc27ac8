/**
 * How the surfaces are painted: solid and turned, or from above with lines of equal loss.
 *
 * @typedef {import("./surfaces.js").View} View
 * @typedef {import("./surfaces.js").Surface} Surface
 * @typedef {CanvasRenderingContext2D} Context
 * @typedef {[number, number, number]} Spot  a point on the canvas: x, y, how far away
 * @typedef {(row: number, column: number, z: number) => Spot} ToSpot
 */

import { disc, line } from "../shared/canvas.js"
import { pen } from "../shared/dom.js"
import { fill, number, short } from "../shared/numbers.js"
import { between, colourText } from "../shared/scales.js"
import { ticks, unitOf } from "./scale.js"

const DISTANCE = 6 // of the eye, in half sides of the floor
const TALL = 1.15 // of the highest point, in the same unit
const RIM = 42 // pixels around the map
const CONTOURS = 9

/**
 * A point of the room on the canvas. `x`, `y` from −1 to 1, `z` from 0 to 1.
 * @param {View["turned"]} turned @param {{x: number, y: number, unit: number}} place @param {number} x @param {number} y @param {number} z
 * @returns {Spot}
 */
function project(turned, place, x, y, z) {
  const [cy, sy, cp, sp] = turned
  const [across, away, up] = [x * cy - y * sy, x * sy + y * cy, (z - 0.5) * TALL]
  const far = away * cp - up * sp
  const size = (place.unit * DISTANCE) / (DISTANCE + far)
  return [place.x + across * size, place.y - (up * cp + away * sp) * size, far]
}

/** The four points of each patch of the mesh, by their numbers. @param {Surface} surface @returns {number[][]} */
function patchesOf({ lines, side }) {
  const found = []
  for (let i = 1; i < lines.length; i++)
    for (let j = 1; j < lines.length; j++) found.push([[i - 1, j - 1], [i - 1, j], [i, j], [i, j - 1]].map(([r, c]) => lines[r] * side + lines[c]))
  return found
}

/** The surface in perspective: patches from the farthest to the nearest. @param {Context} context @param {View} view @param {Surface} surface @param {string} ink */
export function paintSolid(context, view, surface, ink) {
  const { width, height } = surface
  const place = { x: width / 2 + 12, y: height * 0.455, unit: Math.min(width * 0.3, height * 0.36) }
  const { scale, side } = surface
  /** @type {ToSpot} */
  const spot = (row, column, z) => project(view.turned, place, (2 * column) / (side - 1) - 1, (2 * row) / (side - 1) - 1, z)
  surface.spots = surface.values.map((value, n) => (value < 0 ? null : spot(Math.floor(n / side), n % side, unitOf(scale, value))))
  floor(context, view, surface, spot, ink)
  const spots = /** @type {Spot[]} */ (surface.spots) // the mesh has no gaps
  const patches = patchesOf(surface).map((corners) => ({ corners, far: corners.reduce((sum, n) => sum + spots[n][2], 0) }))
  patches.sort((a, b) => b.far - a.far)
  context.lineJoin = "round"
  context.lineWidth = 0.6
  for (const { corners } of patches) {
    const heights = corners.map((n) => unitOf(scale, surface.values[n]))
    context.beginPath()
    for (const n of corners) context.lineTo(spots[n][0], spots[n][1])
    context.closePath()
    const mean = (heights[0] + heights[1] + heights[2] + heights[3]) / 4
    context.fillStyle = colourText(view.table, mean, slope(heights, surface.lines.length))
    context.strokeStyle = colourText(view.table, mean, 0.62)
    context.fill()
    context.stroke()
  }
  surface.spots.forEach((p, n) => {
    if (p && !surface.inMesh.has(n)) disc(context, p[0], p[1], 2.5, ink) // just measured
  })
  pins(context, view, surface, ink, (n, top) => {
    context.strokeStyle = ink
    context.setLineDash([3, 3])
    line(context, spot(Math.floor(n / side), n % side, 0), top)
    context.setLineDash([])
  })
}

/** The network itself and the point that is read, each after what `before` draws for it; the lowest and the highest loss in words. @param {Context} context @param {View} view @param {Surface} surface @param {string} ink @param {(n: number, top: Spot) => void} [before] */
function pins(context, view, surface, ink, before) {
  const middle = (surface.side * surface.side - 1) / 2
  for (const [n, radius] of /** @type {const} */ ([[middle, 6], [view.at, 7]])) {
    const top = n === null ? null : surface.spots[n]
    if (n === null || !top) continue
    before?.(n, top)
    pin(context, top[0], top[1], radius, n === middle ? surface.colour : null)
  }
  surface.ends?.forEach((n, isHighest) => {
    const spot = surface.spots[n]
    if (spot) end(context, view, surface, ink, spot, n, isHighest > 0)
  })
}

/** The lowest or the highest loss, written beside its place. @param {Context} context @param {View} view @param {Surface} surface @param {string} ink @param {Spot} spot @param {number} n @param {boolean} isHighest */
function end(context, view, surface, ink, [x, y], n, isHighest) {
  const said = fill(view.about.words[isHighest ? "surfaces_highest" : "surfaces_lowest"], { loss: number(surface.values[n]) })
  const font = context.font
  context.font = `bold ${font}`
  context.textAlign = "center"
  context.textBaseline = "middle"
  const half = context.measureText(said).width / 2 + 4
  const at = /** @type {const} */ ([between(half, x, surface.width - half), between(10, y + (isHighest ? -18 : 20), surface.height - 10)])
  context.strokeStyle = view.paper
  context.lineWidth = 5
  context.lineJoin = "round"
  context.strokeText(said, ...at)
  context.fillStyle = ink
  context.fillText(said, ...at)
  context.font = font
  if (n !== (surface.side * surface.side - 1) / 2) disc(context, x, y, 3.5, ink) // the network itself has its pin
}

/** How much light a patch gets, from the left: 1 where it lies flat. @param {number[]} heights @param {number} lines */
function slope([a, b, c, d], lines) {
  const steep = ((lines - 1) / 2) * TALL * 0.5
  const [x, y] = [(b + c - a - d) * steep, (c + d - a - b) * steep]
  return Math.max(0.8, Math.min(1.1, (1 - 0.45 * x + 0.25 * y) / Math.hypot(1, x, y)))
}

/** The floor with its two directions, and the axis of the loss at the corner that is farthest to the left. @param {Context} context @param {View} view @param {Surface} surface @param {ToSpot} spot @param {string} ink */
function floor(context, view, surface, spot, ink) {
  const { side, scale } = surface
  const end = side - 1
  const corners = [[0, 0], [0, end], [end, end], [end, 0]]
  const feet = corners.map(([row, column]) => spot(row, column, 0))
  context.strokeStyle = view.grid
  context.lineWidth = 1
  context.beginPath()
  for (const [x, y] of feet) context.lineTo(x, y)
  context.closePath()
  context.stroke()
  context.fillStyle = ink
  context.textBaseline = "middle"
  const say = view.about.words
  const middle = spot(end / 2, end / 2, 0)
  for (const edge of [0, 1, 2, 3]) {
    const [a, b] = [feet[edge], feet[(edge + 1) % 4]]
    const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    if (y < middle[1]) continue // only the edges in front
    context.textAlign = Math.abs(x - middle[0]) < 30 ? "center" : x < middle[0] ? "right" : "left"
    context.fillText(edge % 2 ? say.surfaces_second : say.surfaces_first, x + Math.sign(Math.round((x - middle[0]) / 30)) * 6, y + 14)
  }
  const left = feet.reduce((best, p, n) => (p[0] < feet[best][0] ? n : best), 0)
  const [row, column] = corners[left]
  context.strokeStyle = ink
  const top = spot(row, column, 1)
  line(context, feet[left], top)
  context.textAlign = "center"
  const highest = surface.ends ? surface.spots[surface.ends[1]] : null
  const isTaken = highest && Math.hypot(highest[0] - top[0], highest[1] - top[1]) < 60 // by the words of the highest loss
  context.fillText(say.surfaces_loss, top[0], top[1] - (isTaken ? 40 : 18))
  context.textAlign = "right"
  if (surface.values.every((v) => v < 0)) return
  for (const tick of ticks(scale)) {
    const [x, y] = spot(row, column, unitOf(scale, tick))
    line(context, [x - 5, y], [x, y])
    context.fillText(short(tick), x - 8, y)
  }
}

/** The surface from above: a square a measured point, and lines of equal loss. @param {Context} context @param {View} view @param {Surface} surface @param {string} ink */
export function paintMap(context, view, surface, ink) {
  const { side, scale, lines, values } = surface
  const size = Math.min(surface.width, surface.height) - 2 * RIM
  const [left, top] = [(surface.width - size) / 2, (surface.height - size) / 2]
  /** @param {number} n */
  const at = (n) => ((n + 0.5) / side) * size
  const edges = [0, ...lines.slice(1).map((l, n) => at((l + lines[n]) / 2)), size]
  surface.spots = values.map((value, n) => (value < 0 ? null : [left + at(n % side), top + size - at(Math.floor(n / side)), 0]))
  for (let i = 0; i < lines.length; i++)
    for (let j = 0; j < lines.length; j++) {
      context.fillStyle = colourText(view.table, unitOf(scale, values[lines[i] * side + lines[j]]))
      context.fillRect(left + edges[j], top + size - edges[i + 1], edges[j + 1] - edges[j] + 0.5, edges[i + 1] - edges[i] + 0.5)
    }
  values.forEach((value, n) => {
    const spot = surface.spots[n]
    if (!spot || surface.inMesh.has(n)) return
    context.fillStyle = colourText(view.table, unitOf(scale, value))
    context.fillRect(spot[0] - 4, spot[1] - 4, 8, 8)
  })
  contours(context, surface)
  context.fillStyle = ink
  context.textBaseline = "middle"
  context.textAlign = "center"
  const say = view.about.words
  const reach = String(view.about.reach)
  context.fillText(say.surfaces_first, left + size / 2, top + size + 26)
  context.fillText(`−${reach}`, left + at(0), top + size + 14)
  context.fillText(reach, left + at(side - 1), top + size + 14)
  context.save()
  context.translate(left - 28, top + size / 2)
  context.rotate(-Math.PI / 2)
  context.fillText(say.surfaces_second, 0, 0)
  context.restore()
  context.fillText(`−${reach}`, left - 16, top + size - at(0))
  context.fillText(reach, left - 16, top + size - at(side - 1))
  pins(context, view, surface, ink)
}

/** Lines of equal loss, at even steps of the scale: where a level crosses the edges of a cell, its crossings are joined. @param {Context} context @param {Surface} surface */
function contours(context, surface) {
  const { scale, values } = surface
  const spots = /** @type {Spot[]} */ (surface.spots) // the mesh has no gaps
  const patches = patchesOf(surface)
  context.lineWidth = 1.2
  context.strokeStyle = "#fff"
  context.globalAlpha = 0.85
  for (let level = 1; level <= CONTOURS; level++) {
    const height = level / (CONTOURS + 1)
    for (const corners of patches) {
      /** @type {[number, number][]} */
      const crossings = []
      corners.forEach((n, k) => {
        const m = corners[(k + 1) % 4]
        const [a, b] = [unitOf(scale, values[n]), unitOf(scale, values[m])]
        if (a < height === b < height) return
        const t = (height - a) / (b - a)
        crossings.push([spots[n][0] + t * (spots[m][0] - spots[n][0]), spots[n][1] + t * (spots[m][1] - spots[n][1])])
      })
      for (let k = 1; k < crossings.length; k += 2) line(context, crossings[k - 1], crossings[k])
    }
  }
  context.globalAlpha = 1
}

/** A mark that shows on every colour: a disc for the network itself, a ring for the point that is read. @param {Context} context @param {number} x @param {number} y @param {number} radius @param {string | null} colour */
function pin(context, x, y, radius, colour) {
  for (const [stroke, thick] of /** @type {const} */ ([["#000", 4.5], ["#fff", 2.2]])) {
    context.strokeStyle = stroke
    context.lineWidth = thick
    context.beginPath()
    context.arc(x, y, radius, 0, 7)
    context.stroke()
  }
  if (colour) disc(context, x, y, radius - 1, colour)
}

/**
 * The colours between two places, from 0 to 1, of a bar; never too narrow to be seen.
 * @param {HTMLCanvasElement} canvas @param {Uint8Array} table @param {readonly number[]} part
 */
export function paintPart(canvas, table, [from, to]) {
  const context = pen(canvas)
  const wide = Math.max(5, Math.round((to - from) * canvas.width))
  const left = Math.min(Math.round(from * canvas.width), canvas.width - wide)
  context.clearRect(0, 0, canvas.width, canvas.height)
  for (let x = 0; x < wide; x++) {
    context.fillStyle = colourText(table, x / wide)
    context.fillRect(left + x, 0, 1, canvas.height)
  }
}
