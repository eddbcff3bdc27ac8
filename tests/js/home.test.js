import assert from "node:assert/strict"
import { test } from "node:test"
import { guessesOf, isGone, mapOf, percent, sentence, switched } from "../../resnet_viz/ui/components/hero/choices.js"
import { isField, stepOf, wanted } from "../../resnet_viz/ui/components/tour/keys.js"

// Home's experiment

test("a choice is the set of the skips that are gone, in any order of clicks", () => {
  const clicks = [8, 0, 4, 0]
  const choice = clicks.reduce(switched, 0)
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((block) => isGone(choice, block)), [4, 8])
  assert.equal(choice, 2 ** 4 + 2 ** 8)
  assert.equal([8, 4].reduce(switched, choice), 0, "put back")
})

test("every choice of every picture has its own three guesses", () => {
  const count = 2 * 4 * 3 // pictures, choices of two skips, guesses
  const all = { codes: Uint8Array.from({ length: count }, (_, n) => n), chances: Uint16Array.from({ length: count }, (_, n) => 65_535 - n) }
  const codes = [0, 1].flatMap((picture) => [0, 1, 2, 3].flatMap((choice) => guessesOf(all, 2, picture, choice).map(({ code }) => code)))
  assert.deepEqual(codes, Array.from({ length: count }, (_, n) => n))
  assert.equal(guessesOf(all, 2, 0, 0)[0].chance, 1)
})

test("a block's map does not depend on the skips behind it", () => {
  const sides = [2, 1]
  const values = [...[1, 2, 3, 4], ...[5, 6, 7, 8], 9, 10, 11, 12] // two maps of the first block, four of the second
  const packed = Uint8Array.from({ length: 6 }, (_, n) => values[2 * n] | (values[2 * n + 1] << 4))
  const of = (/** @type {number} */ block) => [0, 1, 2, 3].map((choice) => [...mapOf(packed, sides, block, choice)])
  assert.deepEqual(of(0), [[1, 2, 3, 4], [5, 6, 7, 8], [1, 2, 3, 4], [5, 6, 7, 8]])
  assert.deepEqual(of(1), [[9], [10], [11], [12]])
})

test("the sentence says what is gone and what the network says then", () => {
  const words = { hero_said_none: "all: {intact}", hero_said_one: "{intact}; {block}: {now}", hero_said_some: "{intact}; {blocks}: {now}", hero_said_all: "{intact}; none: {now}" }
  const say = (/** @type {number} */ choice, language = "en") =>
    sentence(words, ["1.0", "1.1", "2.0"], choice, ({ code }) => ["cat", "frog"][code], { code: 0, chance: 0.904 }, { code: 1, chance: 0.409 }, language)
  assert.equal(say(0), "all: cat 90%")
  assert.equal(say(2), "cat 90%; 1.1: frog 41%")
  assert.equal(say(5), "cat 90%; 1.0 and 2.0: frog 41%")
  assert.match(say(5, "zh"), /1\.0和2\.0/)
  assert.equal(say(7), "cat 90%; none: frog 41%")
})

test("no guess is certain and none is impossible", () => {
  assert.deepEqual([0.9999, 0.994, 0.5, 0.006, 0.0001].map(percent), ["> 99%", "99%", "50%", "1%", "< 1%"])
})

// The tour

const KEY = { defaultPrevented: false, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false }

test("arrows and a presenter's remote go on and back, but not out of a field", () => {
  const steps = ["ArrowRight", "PageDown", "ArrowLeft", "PageUp", "ArrowUp", "Enter", " "].map((key) => stepOf({ ...KEY, key }, false))
  assert.deepEqual(steps, [1, 1, -1, -1, 0, 0, 0])
  assert.equal(stepOf({ ...KEY, key: "ArrowRight" }, true), 0)
  assert.equal(stepOf({ ...KEY, key: "ArrowRight", defaultPrevented: true }, false), 0, "a diagram has used it")
  assert.equal(stepOf({ ...KEY, key: "ArrowLeft", altKey: true }, false), 0, "the browser's Back")
})

test("what takes the keys itself is a field", () => {
  const element = (/** @type {string} */ name) => ({ matches: (/** @type {string} */ selector) => selector.split(", ").includes(name) })
  assert.ok(["input", "textarea", "[role=slider]", "[role=radio]"].every((name) => isField(element(name))))
  assert.ok(!isField(element("button")))
  assert.ok(!isField(undefined))
})

test("the tour goes from its first step to its last, and then ends", () => {
  const walk = []
  for (let at = 1; at; at = wanted(at, 1, 3, true) ?? 0) walk.push(at)
  assert.deepEqual(walk, [1, 2, 3])
  assert.equal(wanted(1, -1, 3, true), null, "there is none before")
  assert.equal(wanted(2, 1, 3, false), 2, "from another page it first comes back")
  assert.equal(wanted(2, -1, 3, false), 1)
})

test("whoever presses on at the end has left, and nothing leads back in", () => {
  for (const count of [1, 3]) assert.equal(wanted(count, 1, count, true), 0)
  for (const by of [1, -1]) for (const here of [true, false]) assert.equal(wanted(0, by, 3, here), null)
})
