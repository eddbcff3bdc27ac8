import assert from "node:assert/strict"
import { test } from "node:test"
import { sentence } from "../../resnet_viz/ui/components/run_line/run_line.js"

const about = {
  name: "plain-8", now: "starting", topic: "run:0", steps: 100, batch: 50,
  says: { running: "step {step} of {steps}, {rate:,.0f} a second, {left:.0f} s left", waiting: "{ahead} before it" },
}
const told = { says: "running", step: 40, rate: 1500, ahead: 3, wait: null, silent: null, test: null }

test("a line says how its run stands, and nothing where there are no words for it", () => {
  assert.equal(sentence(told, about), "step 40 of 100, 1,500 a second, 2 s left")
  assert.equal(sentence({ ...told, says: "waiting", rate: null }, about), "3 before it")
  assert.equal(sentence({ ...told, says: "failed" }, about), "")
})
