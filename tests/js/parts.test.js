import assert from "node:assert/strict"
import { test } from "node:test"
import { blocks, unitOf, zoomOf } from "../../resnet_viz/ui/components/block_areas/sizes.js"
import { SIDE, colour, filtered, measured, mixed, verdict } from "../../resnet_viz/ui/components/edge_challenge/card.js"
import { rowOf } from "../../resnet_viz/ui/components/link_rows/link_rows.js"
import { holding } from "../../resnet_viz/ui/components/shared/held.js"

// A slider

test("a slider is held from its first move until it is let go, however that is", () => {
  for (const end of ["change", "pointerup", "pointercancel", "blur"]) {
    const slider = new EventTarget()
    const isHeld = holding(slider)
    const after = (/** @type {string} */ kind) => {
      slider.dispatchEvent(new Event(kind))
      return isHeld()
    }
    assert.ok(!isHeld())
    assert.deepEqual(["pointerdown", "input", "input", end, "input"].map(after), [false, true, true, false, true])
  }
})

// The areas of two blocks

test("a convolution's area is its multiply-adds", () => {
  for (const fair of /** @type {const} */ (["width", "cost"])) {
    for (const block of Object.values(blocks(64, fair))) {
      for (const { kernel, from, to, wide, tall, macs } of block.convolutions) {
        assert.equal(wide * tall, macs)
        assert.equal(macs, kernel ** 2 * from * to)
      }
    }
  }
})

test("the two comparisons are those of the paper", () => {
  const { basic, bottleneck } = blocks(64, "cost")
  assert.deepEqual([basic.macs, bottleneck.macs, bottleneck.channels], [73728, 69632, 256])
  assert.equal(basic.share, "18")
  for (const fair of /** @type {const} */ (["width", "cost"])) {
    const { convolutions, share } = blocks(64, fair).bottleneck
    assert.deepEqual([...convolutions.map(({ share }) => share), share], ["1/4", "9/16", "1/4", "17/16"], "C is its own block's")
  }
})

test("areas grow with C as long as there is room, and then the scale changes by a power of 2", () => {
  assert.deepEqual([16, 64, 128, 132, 256, 1024].map(zoomOf), [1, 1, 1, 2, 2, 8])
  assert.equal(unitOf(16), unitOf(128))
  for (let c = 16; c <= 1024; c += 4) assert.ok(4 * c * unitOf(c) <= 220, `four times ${c} channels have room`)
})

// Edges only

test("no 1×1 tells the edge of a surface from its inside", () => {
  for (let trial = 0; trial < 200; trial++) {
    const [r, g, b, bias] = Array.from({ length: 4 }, () => 6 * Math.random() - 3)
    for (const relu of [false, true]) {
      const values = mixed((x, y, z) => {
        const v = r * x + g * y + b * z + bias
        return relu ? Math.max(0, v) : v
      })
      const found = measured(values)
      assert.equal(found.edges, 0)
      assert.notEqual(verdict(found), "solved")
    }
  }
})

test("where all surfaces agree nothing is left, and the 3×3 shows edges only", () => {
  assert.equal(verdict(measured(mixed(() => 0.7))), "vanished")
  assert.equal(verdict(measured(mixed((r) => r))), "surfaces")
  const found = measured(filtered())
  assert.ok(Math.abs(found.surfaces) < 1e-9)
  assert.equal(verdict(found), "solved")
})

test("the card has seven colours, each with an inside", () => {
  const seen = new Set(Array.from({ length: SIDE * SIDE }, (_, i) => colour(i).join()))
  assert.equal(seen.size, 7)
  const reds = mixed((r) => r)
  assert.equal(new Set(reds).size, new Set([...seen].map((text) => text.split(",")[0])).size)
})

// A table of links

test("a click opens its row, unless it ends the marking of a text or is the browser's own", () => {
  /** What is clicked, inside these. */
  class Element {
    constructor(/** @type {string[]} */ ...around) {
      this.around = around
    }
    closest(/** @type {string} */ selector) {
      return this.around.includes(selector) ? selector : null
    }
  }
  Object.assign(globalThis, { Element })
  const row = "[data-name]"
  const opened = (/** @type {string[]} */ around, marked = "", keys = {}) => rowOf(/** @type {any} */ ({ target: new Element(...around), ...keys }), marked)
  assert.equal(opened([row]), row)
  assert.equal(opened([row, "a"]), row)
  assert.equal(opened([row], "25.6 M"), null)
  assert.equal(opened([row, "a"], "25.6 M"), row, "a link is a link, whatever is marked")
  assert.equal(opened([]), null)
  for (const key of ["ctrlKey", "metaKey", "shiftKey"]) assert.equal(opened([row, "a"], "", { [key]: true }), null)
})
