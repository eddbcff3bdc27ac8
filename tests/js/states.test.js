import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { switched } from "../../resnet_viz/ui/components/clickable_svg/cuts.js"
import { isNews } from "../../resnet_viz/ui/components/clickable_svg/narrow.js"
import { dot, formula, subscript } from "../../resnet_viz/ui/components/mixer/in_writing.js"
import { added, noteOf, removed, withNumber, withRows } from "../../resnet_viz/ui/components/mixer/matrix.js"
import { permutation, reachOf, scrambledOf, valueAt } from "../../resnet_viz/ui/components/mixer/mixer_paint.js"
import { isAnswered, report, reportEach } from "../../resnet_viz/ui/components/shared/report.js"
import { arithmetic } from "../../resnet_viz/ui/components/stepper/by_hand.js"
import { given, goTo, ticked, toggled } from "../../resnet_viz/ui/components/stepper/walk.js"

// The stepper

const START = { at: 0, playing: false }

test("the stepper walks within the block", () => {
  assert.equal(goTo(START, -1, 8).at, 0)
  assert.equal(goTo(START, 9, 8).at, 7)
  assert.deepEqual(goTo({ at: 0, playing: true }, 3, 8), { at: 3, playing: true }, "playing goes on from there")
})

test("playing ends at the last step, and begins again from there", () => {
  let walk = toggled(START, 4)
  const seen = []
  while (walk.playing) {
    walk = ticked(walk, 4)
    seen.push(walk.at)
  }
  assert.deepEqual(seen, [1, 2, 3])
  assert.deepEqual(toggled(walk, 4), { at: 0, playing: true })
  assert.deepEqual(toggled({ at: 2, playing: true }, 4), { at: 2, playing: false })
})

test("what the server gives moves the step once, not with every answer", () => {
  let walk = given(START, undefined, { start: 2, turn: 0 }, 8)
  assert.equal(walk.at, 2)
  walk = goTo(walk, 6, 8)
  assert.equal(given(walk, 0, { start: 2, turn: 0 }, 8).at, 6, "the answer to a pixel that was clicked")
  assert.equal(given(walk, 0, { start: 3, turn: 1 }, 8).at, 3, "a link, the browser's Back")
  assert.equal(given(walk, 0, { start: 2, turn: 0 }, 5).at, 4, "another block has fewer steps")
})

test("the arithmetic adds up as it is written", () => {
  const hand = { parts: [], products: [], terms: 0 }
  assert.equal(arithmetic({ kind: "add", hand }, 0.75, [1, -0.25], true, {}), "1.000 + (−0.250) = 0.750")
  assert.match(arithmetic({ kind: "add", hand }, 0.0012, [0.0006, 0.0006], true, {}), /≈ 0\.001$/)
  assert.equal(arithmetic({ kind: "relu", hand }, 0, [-0.0001], true, {}), "max(0, 0.000) = 0.000")
  const conv = { parts: [0.5], products: [{ channel: 0, row: 0, column: 0, value: 2, weight: -1 }], terms: 9 }
  assert.equal(arithmetic({ kind: "conv", hand: conv }, -1.5, [], true, { step_others: "{count} more {rest}" }), "2.000·(−1.000) + 8 more 0.500 ≈ −1.500")
  assert.equal(arithmetic({ kind: "conv", hand: conv }, -1.5, [], false, {}), "… = −1.500", "the server has not worked it out yet")
})

// The mixer

const MIX = { rows: [[1, 2, -1, 0.5]], relu: false, shift: 0, shuffle: false, row: 0, grey: false }
const SHOWN = { side: 2, pixels: Uint8Array.from([255, 0, 0, 0, 255, 0, 51, 51, 51, 0, 0, 0]), order: null }

test("the matrix grows to its most and shrinks to one row", () => {
  let mix = MIX
  for (let n = 0; n < 12; n++) mix = added(mix, 8)
  assert.equal(mix.rows.length, 8)
  assert.equal(mix.row, 7, "the new one is shown")
  mix = removed(mix, 0)
  assert.equal(mix.row, 6)
  for (let n = 0; n < 12; n++) mix = removed(mix, 0)
  assert.deepEqual([mix.rows.length, mix.row], [1, 0])
  assert.equal(MIX.rows.length, 1, "the mix before is left alone")
})

test("a number is kept within the limit, and what is none changes nothing", () => {
  assert.equal(withNumber(MIX, 0, 1, 99, 3).rows[0][1], 3)
  assert.equal(withNumber(MIX, 0, 1, -99, 3).rows[0][1], -3)
  assert.equal(withNumber(MIX, 0, 1, 0.123456, 3).rows[0][1], 0.1235)
  assert.deepEqual(withNumber(MIX, 0, 1, Number.NaN, 3), MIX)
  assert.equal(MIX.rows[0][1], 2)
})

test("other rows are copies, seen from the first", () => {
  const rows = [[1, 0, 0, 0], [0, 1, 0, 0]]
  const mix = withRows({ ...MIX, row: 5 }, rows)
  assert.deepEqual(mix.rows, rows)
  assert.notEqual(mix.rows[0], rows[0])
  assert.equal(mix.row, 0)
})

test("each note has its case", () => {
  const cases = [[0, false], [2, false], [0, true], [2, true]].map(([shift, shuffle]) => noteOf({ ...MIX, shift: Number(shift), shuffle: Boolean(shuffle) }))
  assert.deepEqual(cases, ["none", "neighbour", "shuffle", "both"])
})

test("a value is the dot product, less the neighbour's, and not below 0 after ReLU", () => {
  assert.equal(valueAt(MIX, 0, SHOWN, 0, 0), 1.5)
  assert.equal(valueAt({ ...MIX, shift: 1 }, 0, SHOWN, 0, 1), 2 - 1 + 0.5)
  assert.equal(valueAt({ ...MIX, rows: [[-1, 0, 0, 0]], relu: true }, 0, SHOWN, 0, 0), 0)
  assert.equal(reachOf(MIX, 0, SHOWN), 2, "a power of 2")
})

test("in writing it says the same", () => {
  assert.equal(formula([1, 2, -1, 0.5], MIX), "R + 2G − B + 0.5")
  assert.equal(formula([-1, 0, 0, 0], { relu: true }), "max(0, −R)")
  assert.equal(formula([0, 0, 0, 0], MIX), "0")
  assert.equal(subscript(0), "₁")
  assert.equal(dot(MIX, SHOWN, 0, 0), "1·1.00 + 2·0.00 − 1·0.00 + 0.5 = 1.50")
  assert.equal(dot({ ...MIX, shift: 1 }, SHOWN, 0, 0), "(1·1.00 + 2·0.00 − 1·0.00) − (0) + 0.5 = 1.50")
})

test("shuffling moves pixels and loses none", () => {
  const order = permutation(16)
  assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 16 }, (_, i) => i))
  assert.notDeepEqual([...order], [...order].sort((a, b) => a - b))
  const pixels = Uint8Array.from({ length: 48 }, (_, i) => i)
  const mixed = scrambledOf(pixels, order)
  for (const [to, from] of order.entries()) assert.deepEqual(mixed.slice(3 * to, 3 * to + 3), pixels.slice(3 * from, 3 * from + 3))
})

// Skips and reports

test("an arc cuts its skips and puts them back, those of a card together", () => {
  assert.deepEqual(switched(["a"], ["b"], false), ["a", "b"])
  assert.deepEqual(switched(["a", "b"], ["b"], true), ["a"])
  assert.deepEqual(switched(["a"], ["a", "b", "c"], false), ["a", "b", "c"])
  assert.deepEqual(switched(["a", "b", "c"], ["b", "c"], true), ["a"])
})

/** A mounted component, and what it has sent. */
function mounted() {
  /** @type {{name: string, value: any}[]} */
  const sent = []
  const component = {
    data: /** @type {{heard?: number}} */ ({ heard: 0 }),
    parentElement: /** @type {HTMLElement} */ (/** @type {unknown} */ ({})),
    setStateValue: (/** @type {string} */ name, /** @type {unknown} */ value) => sent.push({ name, value }),
  }
  return { component, sent }
}

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ["Date"], now: 1_000_000 })
})

test("the same value is another report", () => {
  const { component, sent } = mounted()
  report(component, "chosen", "rocket")
  report(component, "chosen", "rocket")
  assert.equal(sent.length, 2)
  assert.notDeepEqual(sent[0].value, sent[1].value)
  assert.ok(sent[0].value[0][0] < sent[1].value[0][0], "numbers grow, also within a millisecond")
  assert.deepEqual(sent.map(({ value }) => value[0][1]), ["rocket", "rocket"])
})

test("events wait together until they are heard", () => {
  const { component, sent } = mounted()
  for (const name of ["a", "b"]) reportEach(component, "toggle", name)
  assert.deepEqual(sent[1].value.map((/** @type {[number, string]} */ [, v]) => v), ["a", "b"])
  component.data = { heard: sent[1].value[0][0] }
  reportEach(component, "toggle", "c")
  assert.deepEqual(sent[2].value.map((/** @type {[number, string]} */ [, v]) => v), ["b", "c"])
  for (let n = 0; n < 40; n++) reportEach(component, "toggle", "d")
  assert.equal(sent.at(-1)?.value.length, 16)
})

test("an answer is waited for until it comes, and not for ever", () => {
  const { component, sent } = mounted()
  assert.ok(isAnswered(component))
  report(component, "cut", ["a"])
  report(component, "cut", ["a", "b"])
  assert.ok(!isAnswered(component))
  component.data = { heard: sent[0].value[0][0] }
  assert.ok(!isAnswered(component), "that was the answer to the first")
  component.data = { heard: sent[1].value[0][0] }
  assert.ok(isAnswered(component))
  component.data = { heard: 0 } // a new session
  assert.ok(isAnswered(component), "what was heard stays heard")
  report(component, "cut", [])
  assert.ok(!isAnswered(component))
  mock.timers.tick(31_000)
  assert.ok(isAnswered(component))
})

test("the server hears once that a page is narrow, until it draws by it, and again when it has forgotten it", () => {
  const asked = [[true, false], [true, false], [true, true], [true, true], [true, false], [true, true], [false, true], [true, true]]
  assert.deepEqual(asked.map(([narrow, drawn]) => isNews(narrow, drawn)), [true, false, false, false, true, false, true, true])
})
