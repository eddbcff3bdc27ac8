/** How the surfaces are painted: solid and turned, or from above with lines of equal loss. */


const DISTANCE = 6 // of the eye, in half sides of the floor
const TALL = 1.15 // of the highest point, in the same unit
const RIM = 42 // pixels around the map
const CONTOURS = 9

/** A point of the room on the canvas: [x, y, how far away]. `x`, `y` from −1 to 1, `z` from 0 to 1. */
function project(view, place, x, y, z) {
  const [cy, sy, cp, sp] = view.turned
  const [across, away, up] = [x * cy - y * sy, x * sy + y * cy, (z - 0.5) * TALL]
  const far = away * cp - up * sp
  const size = (place.unit * DISTANCE) / (DISTANCE + far)
  return [place.x + across * size, place.y - (up * cp + away * sp) * size, far]
}

/** Where a value stands between the ends of its scale, 0 to 1. */
const unitOf = (scale, value) => (scale.of(value) - scale.of(scale.low)) / (scale.of(scale.high) - scale.of(scale.low) || 1)

function shade(table, unit, light) {
  const at = 3 * Math.max(0, Math.min(255, Math.round(unit * 255)))
  return `rgb(${table[at] * light} ${table[at + 1] * light} ${table[at + 2] * light})`
}

/** The surface in perspective: patches from the farthest to the nearest. */
export function paintSolid(context, view, surface, ink) {
  const { width, height } = surface
  const place = { x: width / 2 + 12, y: height * 0.455, unit: Math.min(width * 0.3, height * 0.36) }
  const { scale, side } = surface
  const spot = (row, column, z) => project(view, place, (2 * column) / (side - 1) - 1, (2 * row) / (side - 1) - 1, z)
  surface.spots = surface.values.map((value, n) => (value < 0 ? null : spot(Math.floor(n / side), n % side, unitOf(scale, value))))
  floor(context, view, surface, spot, ink)
  const { lines } = surface
  const patches = []
  for (let i = 1; i < lines.length; i++)
    for (let j = 1; j < lines.length; j++) {
      const corners = [[i - 1, j - 1], [i - 1, j], [i, j], [i, j - 1]].map(([r, c]) => lines[r] * side + lines[c])
      patches.push([corners.reduce((sum, n) => sum + surface.spots[n][2], 0), corners])
    }
  patches.sort((a, b) => b[0] - a[0])
  context.lineJoin = "round"
  context.lineWidth = 0.6
  for (const [, corners] of patches) {
    const heights = corners.map((n) => unitOf(scale, surface.values[n]))
    context.beginPath()
    for (const n of corners) context.lineTo(surface.spots[n][0], surface.spots[n][1])
    context.closePath()
    const mean = (heights[0] + heights[1] + heights[2] + heights[3]) / 4
    context.fillStyle = shade(view.table, mean, slope(heights, lines.length))
    context.strokeStyle = shade(view.table, mean, 0.62)
    context.fill()
    context.stroke()
  }
  const fresh = surface.spots.filter((p, n) => p && !surface.inMesh.has(n))
  for (const [x, y] of fresh) dot(context, x, y, 2.5, ink)
  const middle = (side * side - 1) / 2
  for (const [n, size] of [[middle, 6], [view.at, 7]]) {
    if (n === null || !surface.spots[n]) continue
    const [foot, top] = [spot(Math.floor(n / side), n % side, 0), surface.spots[n]]
    context.strokeStyle = ink
    context.setLineDash([3, 3])
    line(context, foot, top)
    context.setLineDash([])
    pin(context, top[0], top[1], size, n === middle ? surface.colour : null)
  }
}

/** How much light a patch gets, from the left: 1 where it lies flat. */
function slope([a, b, c, d], lines) {
  const steep = ((lines - 1) / 2) * TALL * 0.5
  const [x, y] = [(b + c - a - d) * steep, (c + d - a - b) * steep]
  return Math.max(0.8, Math.min(1.1, (1 - 0.45 * x + 0.25 * y) / Math.hypot(1, x, y)))
}

/** The floor with its two directions, and the axis of the loss at the corner that is farthest to the left. */
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
  for (const [edge, name] of [[0, say.surfaces_first], [1, say.surfaces_second], [2, say.surfaces_first], [3, say.surfaces_second]]) {
    const [a, b] = [feet[edge], feet[(edge + 1) % 4]]
    const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    if (y < middle[1]) continue // only the edges in front
    context.textAlign = Math.abs(x - middle[0]) < 30 ? "center" : x < middle[0] ? "right" : "left"
    context.fillText(name, x + Math.sign(Math.round((x - middle[0]) / 30)) * 6, y + 14)
  }
  const left = feet.reduce((best, p, n) => (p[0] < feet[best][0] ? n : best), 0)
  const [row, column] = corners[left]
  context.strokeStyle = ink
  const top = spot(row, column, 1)
  line(context, feet[left], top)
  context.textAlign = "center"
  context.fillText(say.surfaces_loss, top[0], top[1] - 18)
  context.textAlign = "right"
  for (const tick of ticks(scale)) {
    const [x, y] = spot(row, column, unitOf(scale, tick))
    line(context, [x - 5, y], [x, y])
    context.fillText(short(tick), x - 8, y)
  }
}

/** The surface from above: a square a measured point, and lines of equal loss. */
export function paintMap(context, view, surface, ink) {
  const { side, scale, lines, values } = surface
  const size = Math.min(surface.width, surface.height) - 2 * RIM
  const [left, top] = [(surface.width - size) / 2, (surface.height - size) / 2]
  const at = (line) => ((line + 0.5) / side) * size
  const edges = [0, ...lines.slice(1).map((l, n) => at((l + lines[n]) / 2)), size]
  surface.spots = values.map((value, n) => (value < 0 ? null : [left + at(n % side), top + size - at(Math.floor(n / side)), 0]))
  for (let i = 0; i < lines.length; i++)
    for (let j = 0; j < lines.length; j++) {
      context.fillStyle = shade(view.table, unitOf(scale, values[lines[i] * side + lines[j]]), 1)
      context.fillRect(left + edges[j], top + size - edges[i + 1], edges[j + 1] - edges[j] + 0.5, edges[i + 1] - edges[i] + 0.5)
    }
  values.forEach((value, n) => {
    if (value < 0 || surface.inMesh.has(n)) return
    context.fillStyle = shade(view.table, unitOf(scale, value), 1)
    context.fillRect(surface.spots[n][0] - 4, surface.spots[n][1] - 4, 8, 8)
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
  const middle = (side * side - 1) / 2
  for (const [n, radius] of [[middle, 6], [view.at, 7]])
    if (n !== null && surface.spots[n]) pin(context, surface.spots[n][0], surface.spots[n][1], radius, n === middle ? surface.colour : null)
}

/** Lines of equal loss, at even steps of the scale: where a level crosses the edges of a cell, its crossings are joined. */
function contours(context, surface) {
  const { side, scale, lines, values, spots } = surface
  context.lineWidth = 1.2
  context.strokeStyle = "#fff"
  context.globalAlpha = 0.85
  for (let level = 1; level <= CONTOURS; level++) {
    const height = level / (CONTOURS + 1)
    for (let i = 1; i < lines.length; i++)
      for (let j = 1; j < lines.length; j++) {
        const corners = [[i - 1, j - 1], [i - 1, j], [i, j], [i, j - 1]].map(([r, c]) => lines[r] * side + lines[c])
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

/** Values to write beside a scale: round ones, three to six of them. */
function ticks({ low, high, log }) {
  const inside = (v) => v >= low * 0.999 && v <= high * 1.001
  if (log) {
    const powers = [0.001, 0.01, 0.1, 1, 10, 100]
    const found = powers.flatMap((p) => [p, 2 * p, 5 * p]).filter(inside)
    if (found.length >= 2) return found
  }
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((s) => (high - low) / s <= 5) ?? 100
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, n) => (first + n) * step)
}

const short = (v) => String(Number(v.toPrecision(3)))

function line(context, [x, y], [u, v]) {
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(u, v)
  context.stroke()
}

function dot(context, x, y, radius, colour) {
  context.fillStyle = colour
  context.beginPath()
  context.arc(x, y, radius, 0, 7)
  context.fill()
}

/** A mark that shows on every colour: a disc for the network itself, a ring for the point that is read. */
function pin(context, x, y, radius, colour) {
  for (const [stroke, thick] of [["#000", 4.5], ["#fff", 2.2]]) {
    context.strokeStyle = stroke
    context.lineWidth = thick
    context.beginPath()
    context.arc(x, y, radius, 0, 7)
    context.stroke()
  }
  if (colour) dot(context, x, y, radius - 1, colour)
}
