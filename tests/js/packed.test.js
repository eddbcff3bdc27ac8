/** Whole numbers on grids, as the server packs them. Here they are packed number by number, the other way round. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { deflateSync } from "node:zlib"

import { coloured, inflated, unpacked } from "../../resnet_viz/ui/components/shared/packed.js"

/** @typedef {import("../../resnet_viz/ui/components/shared/packed.js").Grid} Grid */

/** @param {Grid} grid @param {number[]} values */
function farOf({ height, width }, values) {
  /** @param {number} i @param {number} down @param {number} right */
  const at = (i, down, right) => {
    const [row, column] = [(Math.floor(i / width) % height) + down, (i % width) + right]
    return row < 0 || column < 0 ? 0 : values[i + down * width + right]
  }
  return values.map((value, i) => {
    const [left, above, between] = [at(i, 0, -1), at(i, -1, 0), at(i, -1, -1)]
    const sorted = [left, above, left + above - between].sort((a, b) => a - b) // the median, LOCO-I's other name
    return value - sorted[1]
  })
}

/** @param {[Grid, number[]][]} grids */
function packed(grids) {
  const far = grids.flatMap(([grid, values]) => farOf(grid, values))
  const folded = far.map((n) => (n < 0 ? -2 * n - 1 : 2 * n))
  const planes = [0, 8, 16, 24].flatMap((bits) => folded.map((n) => Math.floor(n / 2 ** bits) % 256))
  return new Uint8Array(deflateSync(Uint8Array.from(planes)))
}

test("numbers come out as they went in, grid by grid", async () => {
  const small = { planes: 2, height: 3, width: 4 }
  const large = { planes: 1, height: 2, width: 2 }
  const values = Array.from({ length: 24 }, (_, i) => ((i * 7919) % 401) - 200)
  const edge = [1_000_000_000, -999_999_999, 0, 3]
  const grids = unpacked(await inflated(packed([[small, values], [large, edge]])), [small, large])
  assert.deepEqual(grids.map((grid) => [...grid]), [values, edge])
})

test("a picture's planes are green, and how far red and blue are from it", () => {
  assert.deepEqual([...coloured(Int32Array.from([10, 250, 5, -250, -10, 5]))], [15, 10, 0, 0, 250, 255])
})
