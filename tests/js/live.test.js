import assert from "node:assert/strict"
import { test } from "node:test"
import { numbers, take } from "../../resnet_viz/ui/components/shared/live.js"

/** @param {number[]} values */
const packed = (values) => Buffer.from(new Float32Array(values).buffer).toString("base64")

/** @param {number} from @param {number[]} error */
const news = (from, error, status = "running") => ({
  topic: "run:0", from, error: packed(error), loss: packed(error.map((value) => value * 2)), status, asked: "", ahead: 0, wait: null, rate: 10,
})

test("numbers travel as bytes", () => {
  assert.deepEqual([...numbers(packed([0.5, -2, 1e10]))], [0.5, -2, 1e10])
  assert.deepEqual([...numbers("")], [])
})

test("points are put in place; what overlaps is replaced, what is missing is noticed", () => {
  const runs = new Map()
  assert.ok(take(runs, news(0, [1, 2])))
  assert.ok(take(runs, news(2, [3])))
  assert.ok(take(runs, news(1, [5, 6, 7], "done")))
  const run = runs.get("run:0")
  assert.deepEqual(run.error, [1, 5, 6, 7])
  assert.deepEqual(run.loss, [2, 10, 12, 14])
  assert.equal(run.status, "done")
  assert.equal(take(runs, news(9, [1])), false)
  assert.deepEqual(runs.get("run:0").error, [1, 5, 6, 7], "and nothing is lost by it")
})
