import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { onceSteady } from "../../resnet_viz/ui/components/shared/steady.js"

/** A page as far as it is asked for anything. */
const page = { isRunning: false, place: /** @type {unknown} */ (null) }
const PLACE = { getClientRects: () => [{}], getBoundingClientRect: () => ({ top: 300 }), offsetHeight: 40 }
const FIGURE = { ...PLACE, offsetHeight: 30 }
/** @type {((time: number) => void)[]} */
let waiting = []
let now = 0

beforeEach(() => {
  Object.assign(page, { isRunning: false, place: null })
  waiting = []
  Object.assign(globalThis, {
    window: new EventTarget(),
    requestAnimationFrame: (/** @type {(time: number) => void} */ act) => waiting.push(act),
    document: {
      querySelector: (/** @type {string} */ selector) =>
        selector.includes("stApp") ? (page.isRunning ? null : {}) : selector.includes("stMain") ? { scrollHeight: 2000 } : page.place,
    },
  })
})

/** Let this many milliseconds of frames pass. @param {number} time */
function pass(time) {
  for (const end = now + time; now < end && waiting.length; ) {
    now += 16
    for (const act of waiting.splice(0)) act(now)
  }
}

/** What happens in the window, used already or not. @param {string} kind @param {string} [key] @param {boolean} [isUsed] */
function happens(kind, key, isUsed) {
  const event = Object.assign(new Event(kind, { cancelable: true }), { key })
  if (isUsed) event.preventDefault()
  window.dispatchEvent(event)
}

/** Wait for the place; how often it has been acted on. */
function wait() {
  const acted = { times: 0 }
  onceSteady(".place", () => acted.times++)
  return acted
}

test("a place is acted on once, when the script has ended and nothing moves any more", () => {
  const acted = wait()
  page.isRunning = true
  pass(60_000)
  page.place = PLACE
  pass(1_000)
  assert.equal(acted.times, 0, "the script runs")
  page.isRunning = false
  pass(1_000)
  assert.equal(acted.times, 1)
  assert.equal(waiting.length, 0)
})

test("a place without a box of its own is its figure", () => {
  page.place = { ...PLACE, getClientRects: () => [], querySelector: () => FIGURE }
  /** @type {unknown[]} */
  const acted = []
  onceSteady(".place", (place) => acted.push(place))
  pass(1_000)
  assert.deepEqual(acted, [FIGURE])
})

test("a place that does not come is given up, but not while the script runs", () => {
  const acted = wait()
  pass(2_000)
  page.isRunning = true
  pass(60_000)
  page.isRunning = false
  pass(2_000)
  assert.ok(waiting.length, "it may still be drawn")
  pass(60_000)
  assert.equal(waiting.length, 0)
  page.place = PLACE
  pass(1_000)
  assert.equal(acted.times, 0)
})

test("whoever turns elsewhere meanwhile is left alone", () => {
  const scrolling = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]
  const turns = [...["wheel", "touchmove", "popstate", "pointerdown"].map((kind) => [kind]), ...scrolling.map((key) => ["keydown", key])]
  for (const [kind, key] of turns) {
    const acted = wait()
    pass(100)
    happens(kind, key)
    page.place = PLACE
    pass(1_000)
    assert.equal(acted.times, 0, `${kind} ${key}`)
    page.place = null
  }
})

test("a key that scrolls nothing is no turn: a letter, and one that the tour or a group has used", () => {
  const acted = wait()
  happens("keydown", "a")
  happens("keydown", "Shift")
  happens("keydown", "PageDown", true)
  page.place = PLACE
  pass(1_000)
  assert.equal(acted.times, 1)
})
