import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { across, stepAt, stepsApart, ticksUp, topOf } from "../../resnet_viz/ui/components/curves/axis.js"
import * as profiles from "../../resnet_viz/ui/components/layer_profiles/axis.js"
import { pause, play } from "../../resnet_viz/ui/components/layer_profiles/player.js"
import { BOTTOM, LEFT, apart, isSmall, lowestName, numberAt, numbersAt, readUnder } from "../../resnet_viz/ui/components/shared/lines.js"
import { between, clamp, colourAt, colourText, scaleEnds, valueOfByte } from "../../resnet_viz/ui/components/shared/scales.js"
import { isDarkColour } from "../../resnet_viz/ui/components/shared/theme.js"
import { ends, nearestSpot, partOf, scaleOf, ticks, unitOf } from "../../resnet_viz/ui/components/surfaces/scale.js"
import { paintMap, paintSolid } from "../../resnet_viz/ui/components/surfaces/surfaces_paint.js"

test("clamp and between keep what is inside and cut off what is not", () => {
  assert.deepEqual([-1, 0, 4, 5].map((v) => clamp(v, 5)), [0, 0, 4, 4])
  assert.deepEqual([-1, 0.5, 2].map((v) => between(0, v, 1)), [0, 0.5, 1])
})

test("a scale is centred at 0 where there are negative values", () => {
  assert.deepEqual(scaleEnds(-1, 3), [-3, 3])
  assert.deepEqual(scaleEnds(0, 3), [0, 3])
  assert.deepEqual(scaleEnds(2, 3), [2, 3])
})

test("the same colour as pixel and as text, cut off at the ends", () => {
  const table = Uint8Array.from({ length: 768 }, (_, i) => (i % 3) * 80 + Math.floor(i / 3) / 4)
  for (const unit of [-1, 0, 0.3, 1, 2]) {
    const pixel = colourAt(table, unit) >>> 0
    const [r, g, b] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]
    assert.equal(colourText(table, unit), `rgb(${r} ${g} ${b})`)
    assert.equal(pixel >>> 24, 255)
  }
  assert.equal(colourAt(table, 2), colourAt(table, 1))
})

test("bytes stand for values between a map's own ends, less than half a step away", () => {
  for (const value of [-2, -1.23, 0, 0.5, 3]) {
    const byte = Math.round(((value + 2) / 5) * 255)
    assert.ok(Math.abs(valueOfByte(byte, -2, 3) - value) <= 5 / 255 / 2 + 1e-12)
  }
})

test("dark is what is nearer to black", () => {
  assert.deepEqual(["#0F141B", "#FFFFFF", "", " #1a212b "].map(isDarkColour), [true, false, false, true])
})

test("a pixel of the curves' axis and its step are each other's", () => {
  for (const width of [300, 900]) {
    for (const steps of [1, 40, 2000]) {
      for (const step of [1, Math.ceil(steps / 2), steps]) if (steps > 1) assert.equal(stepAt(across(step, steps, width), steps, width), step)
    }
    assert.equal(stepAt(0, 40, width), null)
    assert.equal(stepAt(width, 40, width), null)
  }
})

test("the curves' axis holds what there is, and few ticks", () => {
  for (const most of [0.01, 0.26, 0.9, 1]) assert.ok(topOf(most, true) >= most && ticksUp(topOf(most, true), true).at(-1) === topOf(most, true))
  assert.deepEqual([0.3, 4, 40].map((loss) => topOf(loss, false)), [2.5, 4, 6])
  for (const steps of [5, 40, 300, 5000]) assert.ok(steps / stepsApart(steps) <= 7)
})

test("a narrow drawing has its names below", () => {
  assert.deepEqual([isSmall(519), isSmall(520)], [true, false])
})

/** @param {number[]} ends @param {number} [x] */
const placed = (ends, x = 500) => apart(ends.map((y) => ({ x, y })), 14, 200)

test("a name stands at the end of its line, and names that would touch spread evenly around their ends", () => {
  assert.deepEqual(placed([20, 60, 199]).map(({ y }) => y), [20, 60, 199], "who is alone stays")
  assert.deepEqual(placed([100, 104]).map(({ y }) => y), [93, 111])
  assert.deepEqual(placed([100, 20, 104]).map(({ y, end }) => [y, end]), [[20, 20], [93, 100], [111, 104]])
  assert.deepEqual(placed([]), [])
})

test("names never touch, keep the order of their ends and stay within the drawing", () => {
  for (const ends of [[210, 211], [0, 1, 2], [15, 15, 15, 15], [14, 33, 52, 70, 88, 196, 198, 200], [100, 118, 119]]) {
    const found = placed(ends)
    assert.deepEqual(found.map(({ end }) => end), [...ends].sort((a, b) => a - b))
    found.forEach(({ y }, i) => {
      assert.ok(y >= 14 && y <= 200)
      if (i) assert.ok(y - found[i - 1].y >= 18 - 1e-9)
    })
  }
})

test("no other places are nearer to the ends", () => {
  const ends = [60, 62, 90, 91, 95]
  const found = placed(ends)
  const cost = (/** @type {number[]} */ places) => places.reduce((sum, y, i) => sum + (y - ends[i]) ** 2, 0)
  const best = cost(found.map(({ y }) => y))
  for (let n = 0; n < 2 ** ends.length; n++) {
    for (const step of [-2, 2]) {
      const moved = found.map(({ y }, i) => y + (n & (1 << i) ? step : 0))
      if (moved.every((y, i) => !i || y - moved[i - 1] >= 18 - 1e-9)) assert.ok(cost(moved) >= best - 1e-9)
    }
  }
})

test("names side by side do not push each other", () => {
  const found = apart([{ x: 100, y: 50 }, { x: 500, y: 52 }, { x: 520, y: 54 }], 14, 200)
  assert.deepEqual(found.map(({ y }) => y), [50, 44, 62])
})

test("neither a name nor a number below an axis lies on the other numbers", () => {
  const [height, half] = [300, 7.5] // px: half of what 15 px letters take
  const [last] = apart([{ x: 500, y: height - BOTTOM }], 14, lowestName(height))
  assert.ok(last.y + half <= numbersAt(height) - half, "a line that ends on the axis")
  for (const wide of [8, 36, 60]) assert.ok(numberAt(LEFT + 8, wide) - wide / 2 > LEFT - 8, "beside the axis numbers end at LEFT - 8")
  assert.equal(numberAt(LEFT + 200, 36), LEFT + 200, "who has room stands at its place")
})

const look = { log: false, mark: null, unit: false }

test("a mouse that leaves takes its reading along, and a finger that lifts leaves it", () => {
  /** @type {(number | null)[]} */
  const told = []
  const canvas = /** @type {HTMLElement} */ (/** @type {unknown} */ ({ getBoundingClientRect: () => ({ left: 40 }) }))
  readUnder(canvas, (x) => told.push(x))
  const event = (/** @type {string} */ pointerType, /** @type {number} */ clientX) => /** @type {PointerEvent} */ ({ pointerType, clientX })
  canvas.onpointerdown?.(event("touch", 100))
  canvas.onpointerleave?.(event("touch", 100))
  canvas.onpointermove?.(event("mouse", 70))
  canvas.onpointerleave?.(event("mouse", 30))
  assert.deepEqual(told, [60, 30, null])
})

test("the profiles' axis holds every value that can be shown", () => {
  const rows = [[0.02, 3], [Number.NaN, 0, 700, Infinity]]
  assert.deepEqual(profiles.rangeOf({ ...look, log: true }, rows), [-2, 3])
  assert.deepEqual(profiles.rangeOf({ ...look, log: true }, [[0, -1]]), [-1, 1], "nothing that a logarithm has")
  assert.deepEqual(profiles.rangeOf(look, []), [0, 1])
  assert.deepEqual(profiles.rangeOf({ ...look, unit: true }, [[-0.3, 0.5]]), [-0.5, 1])
  const [low, high] = profiles.rangeOf({ ...look, mark: 9 }, [[1, 2]])
  assert.ok(low <= 0 && high >= 9, "the mark too")
  assert.deepEqual(profiles.rangeOf({ ...look, log: true }, [[10]]), [1, 2], "one decade at least")
})

test("the profiles' ticks lie within the axis, in order and with texts", () => {
  for (const [log, range] of /** @type {[boolean, [number, number]][]} */ ([[true, [-12, 3]], [true, [0, 1]], [false, [0, 1]], [false, [-0.5, 1]], [false, [0, 73]]])) {
    const found = profiles.ticksOf(log, range)
    assert.ok(found.length >= 2 && found.length <= 9, JSON.stringify(found))
    for (const [value] of found) {
      const unit = profiles.unitOf(value, log, range)
      assert.ok(unit > -1e-9 && unit < 1 + 1e-9)
    }
    assert.equal(new Set(found.map(([, text]) => text)).size, found.length)
  }
  assert.deepEqual(profiles.ticksOf(true, [-1, 1]).map(([, text]) => text), ["10⁻¹", "1", "10"])
})

test("the nearest place is found by number and by pixel", () => {
  const places = [0, 0.1, 0.5, 1]
  for (const [i, place] of places.entries()) {
    assert.equal(profiles.nearest(places, place + 0.01), i)
    assert.equal(profiles.nearestTo(places, profiles.across(place, 800) + 3, 800), i)
  }
})

test("playing comes to the last step and says so", () => {
  assert.deepEqual(profiles.nextStep(0, 3), { step: 1, last: false })
  assert.deepEqual(profiles.nextStep(1, 3), { step: 2, last: true })
  assert.deepEqual(profiles.nextStep(2, 3), { step: 2, last: true })
})

test("what plays while other steps come goes on among those, and ends at their last", (context) => {
  context.after(() => mock.timers.reset())
  mock.timers.enable({ apis: ["setInterval"] })
  for (const [before, after] of [[9, 4], [4, 9], [9, 1]]) {
    const walk = { step: 0, timer: /** @type {ReturnType<typeof setInterval> | 0} */ (0), about: { steps: Array(before).fill(0) } }
    /** @type {number[]} */
    const seen = []
    play(walk, () => seen.push(walk.step))
    mock.timers.tick(700)
    assert.deepEqual(seen, [1, 2, 3])
    walk.about = { steps: Array(after).fill(0) }
    walk.step = Math.min(walk.step, after - 1) // as the component does
    mock.timers.tick(9_000)
    assert.equal(seen.at(-1), after - 1)
    assert.ok(seen.slice(3).every((step) => step < after))
    assert.equal(walk.timer, 0, "it has stopped by itself")
    play(walk, () => {})
    pause(walk)
    assert.equal(walk.timer, 0)
  }
})

test("a surface's own scale has its place on that of both, and the whole of it where there is one only", () => {
  const [flat, steep] = [scaleOf("own", [2, 2.5]), scaleOf("own", [0, 10])]
  const both = scaleOf("own", [2, 2.5, 0, 10])
  assert.deepEqual(partOf(flat, both), [0.2, 0.25])
  assert.deepEqual(partOf(steep, both), [0, 1])
  assert.deepEqual(partOf(scaleOf("own", [3, 3]), scaleOf("own", [3, 3])), [0, 1])
})

test("the lowest and the highest loss are named once all are known", () => {
  assert.deepEqual(ends([4, 1, 3, 9]), [1, 3])
  assert.equal(ends([4, -1, 3, 9]), null)
  assert.equal(ends([]), null)
})

/** What is written on a canvas, and where. @returns {{context: any, said: [string, number, number][]}} */
function paper() {
  /** @type {[string, number, number][]} */
  const said = []
  const context = new Proxy(/** @type {Record<string, any>} */ ({ font: "16px x", said }), {
    get(own, name) {
      if (name in own) return own[String(name)]
      if (name === "fillText") return (/** @type {[string, number, number]} */ ...args) => said.push(args)
      return () => ({ width: 80 })
    },
    set(own, name, value) {
      own[String(name)] = value
      return true
    },
  })
  return { context, said }
}

test("both surfaces say their lowest and their highest loss, at their places and within the picture", () => {
  const words = { surfaces_lowest: "lowest {loss}", surfaces_highest: "highest {loss}", surfaces_first: "1", surfaces_second: "2", surfaces_loss: "loss" }
  const values = [5, 2, 3, 4, 1.25, 4, 3, 2, 2.5]
  for (const [look, paint] of /** @type {const} */ ([["solid", paintSolid], ["map", paintMap]]))
    for (const [width, height] of [[390, 312], [320, 256]]) {
      const { context, said } = paper()
      const surface = { values, side: 3, lines: [0, 1, 2], inMesh: new Set(values.keys()), scale: scaleOf("own", values), ends: ends(values), width, height, colour: "#000", spots: [] }
      const view = { about: { words, reach: 1, look }, turned: [Math.cos(0.62), Math.sin(0.62), Math.cos(0.58), Math.sin(0.58)], at: null, table: new Uint8Array(768), grid: "#ccc", paper: "#fff" }
      paint(context, /** @type {any} */ (view), /** @type {any} */ (surface), "#000")
      const [low, high] = ["lowest 1.25", "highest 5.00"].map((text) => said.find(([each]) => each === text))
      assert.ok(low && high, look)
      const spots = /** @type {[number, number, number][]} */ (surface.spots)
      for (const [[, x, y], spot] of /** @type {const} */ ([[low, spots[4]], [high, spots[0]]])) {
        assert.ok(Math.hypot(x - spot[0], y - spot[1]) <= 60, `${look}: beside its place`)
        assert.ok(x >= 44 && x <= width - 44 && y >= 10 && y <= height - 10, `${look}: within the picture`)
      }
    }
})

test("a surface's scale leaves out what is missing; both ends have their place", () => {
  for (const height of /** @type {const} */ (["linear", "log", "own"])) {
    const scale = scaleOf(height, [-1, 0.5, 4, 2])
    assert.deepEqual([scale.low, scale.high], [0.5, 4])
    assert.deepEqual([unitOf(scale, 0.5), unitOf(scale, 4)], [0, 1])
    assert.ok(unitOf(scale, 2) > 0 && unitOf(scale, 2) < 1)
  }
  assert.equal(unitOf(scaleOf("linear", [3, 3]), 3), 0, "a flat one")
  assert.deepEqual(scaleOf("log", []), { low: 0, high: 1, log: true })
})

test("a surface's ticks are round and within it", () => {
  for (const [low, high, log] of /** @type {[number, number, boolean][]} */ ([[0.1, 9, true], [0, 2.3, false], [2.3, 2.4, false], [1, 800, false]])) {
    const found = ticks({ low, high, log })
    assert.ok(found.length >= 2 && found.length <= 12)
    for (const v of found) assert.ok(v >= low * 0.999 && v <= high * 1.001)
  }
})

test("the nearest spot within reach", () => {
  const spots = [[0, 0], null, [10, 0], [40, 0]]
  assert.equal(nearestSpot(spots, 8, 1, 28), 2)
  assert.equal(nearestSpot(spots, 80, 0, 28), null)
})

test("words beside a mark stand where no line is near it", () => {
  assert.equal(profiles.isFreerAtStart([[0, 0.1, 0.5, 0.98], [0, 0, 0, NaN]], 1), true)
  assert.equal(profiles.isFreerAtStart([[0.95, 0.5, 0.2, 0.1]], 1), false)
  assert.equal(profiles.isFreerAtStart([], 1), false)
  const lines = [[100, 150, 180, 190], [200, 202, 199, 201]] // pixels from the top; the second runs along the mark at 200
  assert.equal(profiles.isFreerBelow(lines, 200, 260, false), true, "a line that ends just above pushes them down")
  assert.equal(profiles.isFreerBelow([[100, 150, 180, 185]], 200, 210, false), false, "no room before the drawing ends")
  assert.equal(profiles.isFreerBelow([[240, 230, 220, 215]], 200, 260, false), false, "a line below")
  assert.equal(profiles.isFreerBelow([], 200, 260, true), false)
})
