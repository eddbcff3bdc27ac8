import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { listen } from "../../resnet_viz/ui/components/shared/listen.js"

beforeEach(() => {
  Object.assign(globalThis, { document: new EventTarget() })
})

const press = () => document.dispatchEvent(new Event("press"))
/** A place in a page, as far as it is asked for anything. */
const place = () => /** @type {HTMLElement} */ (/** @type {unknown} */ ({}))

test("what is drawn anew listens in place of what was drawn before", () => {
  /** @type {string[]} */
  const heard = []
  const here = place()
  listen(here, "press", () => heard.push("first"))
  const end = listen(here, "press", () => heard.push("second"))
  listen(place(), "press", () => heard.push("elsewhere"))
  press()
  assert.deepEqual(heard.splice(0), ["second", "elsewhere"])
  end()
  press()
  assert.deepEqual(heard, ["elsewhere"])
})

test("the end of what was drawn before ends what listens now", () => {
  let count = 0
  const here = place()
  const end = listen(here, "press", () => count++)
  listen(here, "press", () => count++)
  end()
  press()
  assert.equal(count, 0)
})

test("without anything to hear nothing listens", () => {
  let count = 0
  const here = place()
  listen(here, "press", () => count++)
  listen(here, "press", null)
  press()
  assert.equal(count, 0)
})
