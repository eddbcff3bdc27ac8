import assert from "node:assert/strict"
import { test } from "node:test"
import { bars, said } from "../../resnet_viz/ui/components/class_bars/rows.js"
import { isNews } from "../../resnet_viz/ui/components/class_note/views.js"

test("bars stand side by side by round, each a share of those who answered in it", () => {
  const rows = bars([[2, 1], [0, 3]], 2)
  assert.deepEqual(rows[0].map(said), ["2 · 67%", "0"])
  assert.deepEqual(rows[1].map(said), ["1 · 33%", "3 · 100%"])
})

test("an option that nobody has chosen yet, and a round without answers, have empty bars", () => {
  assert.deepEqual(bars([[]], 3).map(([bar]) => [bar.count, bar.share]), [[0, 0], [0, 0], [0, 0]])
  assert.deepEqual(bars([], 2), [[], []])
})

test("a later view is news unless one is there already, in whatever order its link is written", () => {
  assert.ok(isNews([2, "build", "net=a&size=32"], 1, "block", ""))
  assert.ok(isNews([2, "build", "net=a&size=32"], 1, "build", "net=b"))
  assert.equal(isNews([2, "build", "net=a&size=32"], 1, "build", "size=32&net=a"), false)
  assert.equal(isNews([2, "build", ""], 2, "block", ""), false, "gone there, or stayed")
  assert.equal(isNews([0, "", ""], 0, "block", ""), false, "nobody was brought anywhere")
  assert.equal(isNews(undefined, 0, "block", ""), false)
})
