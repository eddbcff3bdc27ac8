import assert from "node:assert/strict"
import { test } from "node:test"
import { standing } from "../../resnet_viz/ui/components/left_running/left_running.js"

/** @param {string} topic @param {number} step */
const run = (topic, step) => ({ topic, steps: 200, step, status: "alive" })

test("runs stand together: alive while one is, done when all are", () => {
  const runs = [run("far:a", 0), run("far:b", 10)]
  assert.deepEqual(standing(runs, new Map()), { kind: "alive", part: 0.02 })
  const topics = new Map([["far:a", { step: 200, status: "done" }], ["far:b", { step: 199, status: "alive" }]])
  assert.deepEqual(standing(runs, topics), { kind: "alive", part: 0.99 }, "never all of it before the end")
  topics.set("far:b", { step: 200, status: "done" })
  assert.deepEqual(standing(runs, topics), { kind: "done", part: 1 })
  topics.set("far:b", { step: 90, status: "stopped" })
  assert.equal(standing(runs, topics).kind, "over")
})
