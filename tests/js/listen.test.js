import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { ending } from "../../resnet_viz/ui/components/shared/ending.js"
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

test("the end of what was overtaken ends nothing that has come since", () => {
  /** @type {string[]} */
  const heard = []
  const here = place()
  const first = listen(here, "press", () => heard.push("first"))
  const second = listen(here, "press", () => heard.push("second"))
  first()
  press()
  assert.deepEqual(heard.splice(0), ["second"])
  second()
  press()
  assert.equal(heard.length, 0)
})

test("a component ends with its last draw, once, and begins again when it is drawn again", () => {
  /** @type {string[]} */
  const ended = []
  const [here, there] = [place(), place()]
  const ends = ["first", "second"].map((name) => ending(here, () => ended.push(name)))
  const elsewhere = ending(there, () => ended.push("elsewhere"))
  ends[0]()
  assert.equal(ended.length, 0, "it was overtaken")
  for (const end of [...ends, ...ends, elsewhere]) end()
  assert.deepEqual(ended.splice(0), ["second", "elsewhere"])
  const again = ending(here, () => ended.push("again"))
  ends[1]()
  assert.equal(ended.length, 0)
  again()
  assert.deepEqual(ended, ["again"])
})

test("without anything to hear nothing listens", () => {
  let count = 0
  const here = place()
  listen(here, "press", () => count++)
  listen(here, "press", null)
  press()
  assert.equal(count, 0)
})
