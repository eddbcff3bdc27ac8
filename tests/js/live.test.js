import assert from "node:assert/strict"
import { test } from "node:test"
import { keep, numbers, take } from "../../resnet_viz/ui/components/shared/live.js"

/** @param {number[]} values */
const packed = (values) => Buffer.from(new Float32Array(values).buffer).toString("base64")

/** @param {number} from @param {number[]} error */
const news = (from, error, status = "running") => ({
  from, columns: { error: packed(error), loss: packed(error.map((value) => value * 2)) }, status,
})

test("numbers travel as bytes", () => {
  assert.deepEqual([...numbers(packed([0.5, -2, 1e10]))], [0.5, -2, 1e10])
  assert.deepEqual([...numbers("")], [])
})

test("columns are put in place; what overlaps is replaced, what is missing is noticed", () => {
  const topics = new Map()
  assert.ok(take(topics, "run:0", news(0, [1, 2])))
  assert.ok(take(topics, "run:0", news(2, [3])))
  assert.ok(take(topics, "run:0", news(1, [5, 6, 7], "done")))
  const run = topics.get("run:0")
  assert.deepEqual(run.columns, { error: [1, 5, 6, 7], loss: [2, 10, 12, 14] })
  assert.equal(run.status, "done")
  assert.equal(take(topics, "run:0", news(9, [1])), false)
  assert.deepEqual(topics.get("run:0").columns.error, [1, 5, 6, 7], "and nothing is lost by it")
})

test("fields of any kind take the place of those before, and stay where nothing is said of them", () => {
  const topics = new Map()
  take(topics, "class:a", { votes: [1, 2], page: "block" })
  take(topics, "class:a", { votes: [3, 2], at: null })
  assert.deepEqual(topics.get("class:a"), { columns: {}, votes: [3, 2], page: "block", at: null })
})

test("what is not followed any more is forgotten", () => {
  const topics = new Map()
  for (const topic of ["run:0", "run:1", "class:a"]) take(topics, topic, {})
  keep(topics, ["run:1", "run:2"])
  assert.deepEqual([...topics.keys()], ["run:1"])
})
