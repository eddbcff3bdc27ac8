import assert from "node:assert/strict"
import { test } from "node:test"

import { shiftInside } from "../../resnet_viz/ui/components/language/tips.js"

test("a tip moves only as far as the window makes it", () => {
  assert.equal(shiftInside(100, 200, 390), 0)
  for (const [left, right] of [[-60, 120], [300, 420], [8, 382]]) {
    const shift = shiftInside(left, right, 390)
    assert.ok(left + shift >= 8 && right + shift <= 382)
  }
})
