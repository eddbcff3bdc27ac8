import assert from "node:assert/strict"
import { test } from "node:test"
import { moves, neighbour, stopAt } from "../../resnet_viz/ui/components/shared/roving.js"

const ALL = ["a", "b", "c"]

test("arrows go to the neighbour and not beyond an end, Home and End to the ends", () => {
  for (const key of ["ArrowRight", "ArrowDown"]) assert.deepEqual(ALL.map((item) => neighbour(ALL, item, key)), ["b", "c", undefined])
  for (const key of ["ArrowLeft", "ArrowUp"]) assert.deepEqual(ALL.map((item) => neighbour(ALL, item, key)), [undefined, "a", "b"])
  assert.deepEqual(ALL.map((item) => neighbour(ALL, item, "Home")), ["a", "a", "a"])
  assert.deepEqual(ALL.map((item) => neighbour(ALL, item, "End")), ["c", "c", "c"])
})

test("a key moves within a group if and only if it leads somewhere from its middle", () => {
  for (const key of ["ArrowRight", "ArrowUp", "Home", "End", "Enter", " ", "Tab", "a", "toString"]) {
    assert.equal(moves(key), neighbour(ALL, "b", key) !== undefined, key)
  }
})

test("of a group one item is a stop for Tab", () => {
  const items = ALL.map((name) => ({ name, tabindex: "", setAttribute: (/** @type {string} */ _, /** @type {string} */ value) => (item(name).tabindex = value) }))
  const item = (/** @type {string} */ name) => items[ALL.indexOf(name)]
  const stops = (/** @type {unknown} */ stop) => {
    stopAt(/** @type {any} */ (items), /** @type {any} */ (stop))
    return items.map(({ tabindex }) => tabindex).join()
  }
  assert.equal(stops(undefined), "0,-1,-1", "the first, until one had the focus")
  assert.equal(stops(item("b")), "-1,0,-1")
  assert.equal(stops({}), "0,-1,-1", "one that is gone")
})
