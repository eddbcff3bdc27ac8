import assert from "node:assert/strict"
import { test } from "node:test"
import * as maps from "../../resnet_viz/ui/components/feature_maps/layout.js"
import * as steps from "../../resnet_viz/ui/components/stepper/tiles.js"

const atlas = [{ count: 64, height: 8, width: 8 }]
const strip = Array.from({ length: 4 }, () => ({ count: 16, height: 4, width: 6 }))

test("a point in a tile is that tile's place, on any width, in both layouts", () => {
  for (const width of [320, 700, 1200]) {
    for (const groups of [atlas, strip]) {
      const lay = maps.layOut(width, groups, groups === strip)
      assert.ok(lay.columns * lay.pitchX <= width + maps.GAP + 1e-9, "within the width")
      for (const [g, group] of groups.entries()) {
        for (const channel of [0, 1, group.count - 1]) {
          const [x, y] = maps.cornerOf(lay, g, channel)
          const [row, column] = [group.height - 1, 1]
          const point = [x + ((column + 0.5) * lay.tile) / group.width, y + ((row + 0.5) * lay.tile) / group.height]
          assert.deepEqual(maps.placeAt(lay, groups, point[0], point[1]), { group: g, channel, row, column })
          assert.equal(maps.placeAt(lay, groups, x + lay.tile + 1, y), null, "between the tiles")
        }
      }
      assert.equal(maps.placeAt(lay, groups, -5, 5), null)
      assert.equal(maps.placeAt(lay, groups, 5, 1e6), null)
    }
  }
})

test("the arrow keys stay on the maps", () => {
  const lay = maps.layOut(700, strip, true)
  const start = maps.middleOf(strip[0])
  assert.deepEqual(start, { group: 0, channel: 0, row: 2, column: 3 })
  assert.deepEqual(maps.walked(lay, strip, start, -1, 0, false), start)
  assert.deepEqual(maps.walked(lay, strip, start, 1, 1, false), { ...start, group: 1, channel: 1 })
  assert.deepEqual(maps.walked(lay, strip, start, 9, 0, true), { ...start, column: 5 })
  const wide = maps.layOut(700, atlas, false)
  assert.equal(maps.walked(wide, atlas, maps.middleOf(atlas[0]), 0, 1, false).channel, wide.columns)
  assert.deepEqual(start, { group: 0, channel: 0, row: 2, column: 3 }, "the place itself is left alone")
})

test("the last row of maps is full where a quarter fewer columns make it so", () => {
  for (let width = 300; width <= 1200; width += 20) {
    for (const count of [16, 32, 64]) {
      const lay = maps.layOut(width, [{ ...atlas[0], count }], false)
      const fuller = Array.from({ length: lay.columns }, (_, i) => i + 1).filter((c) => c >= lay.columns * 0.75 && count % c === 0)
      assert.ok(count % lay.columns === 0 || !fuller.length, `${count} maps in ${width} px: ${lay.columns} columns`)
    }
  }
  assert.equal(maps.layOut(840, atlas, false).columns, 8)
})

test("a receptive field that reaches over the edge is known to", () => {
  assert.deepEqual(maps.fieldOf([7, 2, -3], { group: 0, channel: 0, row: 0, column: 0 }, 32), [-3, -3, 7, false])
  assert.deepEqual(maps.fieldOf([7, 2, -3], { group: 0, channel: 0, row: 3, column: 4 }, 32), [5, 3, 7, true])
})

const last = { count: 8, height: 8, width: 8 }
const sizes = [last, { count: 3, height: 16, width: 16 }, { count: 8, height: 16, width: 16 }, { count: 4, height: 8, width: 8 }]

test("a click on a tile follows a number that lies under the click", () => {
  for (const size of sizes) {
    const lay = steps.layOut(size, 410)
    for (let channel = 0; channel < size.count; channel++) {
      const [x, y] = steps.cornerOf(lay, channel)
      const place = steps.placeAt(size, last, 410, x + 0.6 * lay.tile, y + 0.3 * lay.high)
      assert.ok(place)
      assert.ok(place[0] < last.count && place[1] < last.height && place[2] < last.width)
      const [shown, row, column] = steps.placeIn(place, size, last)
      assert.equal(shown, channel)
      assert.ok(Math.abs(column - 0.6 * size.width) <= size.width / last.width, `column ${column} of ${size.width}`)
      assert.ok(Math.abs(row - 0.3 * size.height) <= size.height / last.height)
    }
    assert.equal(steps.placeAt(size, last, 410, 5, lay.whole + 50), null)
  }
})

test("in the last value a place is where it is", () => {
  assert.deepEqual(steps.placeIn([5, 6, 7], last, last), [5, 6, 7])
  assert.deepEqual(steps.placeIn([5, 6, 7], { count: 3, height: 8, width: 8 }, last), [2, 6, 7])
  assert.deepEqual(steps.placeIn([0, 6, 7], { count: 1, height: 16, width: 16 }, last), [0, 12, 14])
})
