import assert from "node:assert/strict"
import { test } from "node:test"

import { ON_LIGHT } from "../../resnet_viz/ui/components/shared/palette.js"
import { coloursOf, contrastWithWhite, legible, onLight, parsed, written } from "../../resnet_viz/ui/components/take/colours.js"
import { oneByOne } from "../../resnet_viz/ui/components/take/one_by_one.js"
import { citedAddress, enlargement, pieces, short, wrapped } from "../../resnet_viz/ui/components/take/words.js"

const DARK = { text: "#E5E9F0", background: "#0F141B", secondary: "#1A212B", primary: "#4DA8DA" }
const LIGHT = { text: "#1F2937", background: "#FFFFFF", secondary: "#F4F6F9", primary: "#0072B2" }
/** @param {string} text */
const ten = (text) => 10 * text.length
/** @param {string} colour */
const colour = (colour) => /** @type {import("../../resnet_viz/ui/components/take/colours.js").Colour} */ (parsed(colour))

test("a colour is the same however a browser writes it", () => {
  const grey = { red: 51, green: 102, blue: 153, alpha: 1 }
  for (const text of ["rgb(51, 102, 153)", "#336699", "color(srgb 0.2 0.4 0.6)", "rgba(51, 102, 153, 1)"]) assert.deepEqual(parsed(text), grey)
  assert.equal(parsed("rgba(1, 2, 3, 0.25)")?.alpha, 0.25)
  assert.equal(parsed("color(srgb 0 0 0 / 0.5)")?.alpha, 0.5)
  for (const text of ["none", "url(#a)", "", "rgb()"]) assert.equal(parsed(text), null)
  assert.equal(written(grey), "#336699")
})

test("the dark theme's colours turn into the light theme's, with their transparency", () => {
  for (const part of /** @type {(keyof typeof DARK)[]} */ (Object.keys(DARK))) {
    assert.equal(written(onLight(colour(DARK[part]), "line", DARK, LIGHT)), LIGHT[part].toLowerCase())
  }
  const pale = onLight(colour("rgba(229, 233, 240, 0.2)"), "line", DARK, LIGHT)
  assert.deepEqual([written(pale), pale.alpha], ["#1f2937", 0.2])
  for (const [dark, light] of Object.entries(ON_LIGHT)) {
    for (const role of /** @type {const} */ (["line", "ground"])) assert.equal(written(onLight(colour(dark), role, DARK, LIGHT)), light)
  }
  const vermilion = colour("#d55e00")
  for (const role of /** @type {const} */ (["line", "letter", "ground"])) assert.equal(onLight(vermilion, role, DARK, LIGHT), vermilion)
  for (const ground of ["#412023", "#0E2F24", "rgb(20, 27, 35)"]) {
    assert.ok(contrastWithWhite(onLight(colour(ground), "ground", DARK, LIGHT)) < 1.5, ground)
  }
  assert.ok(contrastWithWhite(onLight(colour("#85b8f8"), "word", DARK, LIGHT)) >= 3)
})

test("words can be read on white, and those that can stay as they are", () => {
  assert.equal(contrastWithWhite(colour("#000000")), 21)
  assert.equal(contrastWithWhite(colour("#ffffff")), 1)
  for (const text of ["#ffffff", "#85b8f8", "#fbd54f"]) assert.ok(contrastWithWhite(legible(colour(text))) >= 3)
  const blue = colour("#0072b2")
  assert.equal(legible(blue), blue)
})

test("a gradient's colours come in their order", () => {
  const found = coloursOf("linear-gradient(90deg, rgb(1, 2, 3), rgba(4, 5, 6, 0.5) 40%)")
  assert.deepEqual(found.map((each) => each.red), [1, 4])
})

test("lines are as wide as there is room and say the whole text", () => {
  const text = "Training error of plain and residual networks"
  const lines = wrapped(text, 200, ten)
  assert.equal(lines.join(" "), text)
  assert.ok(lines.every((line) => ten(line) <= 200))
  for (let n = 1; n < lines.length; n++) assert.ok(ten(`${lines[n - 1]} ${lines[n].split(" ")[0]}`) > 200, "no line ends early")
})

test("Chinese ends a line anywhere, an address where it must", () => {
  assert.deepEqual(wrapped("普通网络与残差网络", 40, ten), ["普通网络", "与残差网", "络"])
  const lines = wrapped("see /degradation?lang=en&runs=abcdefgh now", 100, ten)
  assert.equal(lines.join("").replaceAll(" ", ""), "see/degradation?lang=en&runs=abcdefghnow")
  assert.ok(lines.every((line) => ten(line) <= 100))
  assert.deepEqual(wrapped("  ", 100, ten), [])
  assert.equal(pieces("ab 中文").join(""), "ab 中文")
})

test("a number in a file is short", () => {
  assert.deepEqual([1 / 3, 1e-9, -0.001, 12].map(short), ["0.33", "0", "0", "12"])
})

test("a source names no machine that only its owner reaches", () => {
  const view = { pathname: "/why", search: "?lang=en" }
  assert.equal(citedAddress({ ...view, hostname: "class.example", host: "class.example:8501" }), "class.example:8501/why?lang=en")
  for (const hostname of ["localhost", "127.0.0.1", "[::1]", "a.localhost"]) assert.equal(citedAddress({ ...view, hostname, host: `${hostname}:1` }), "/why?lang=en")
  assert.ok(citedAddress({ ...view, search: `?${"x".repeat(9999)}`, hostname: "a", host: "a" }).length < 300)
})

test("a picture is enlarged as wanted, unless a browser could not draw it", () => {
  assert.equal(enlargement(1000, 700, 2), 2)
  assert.ok(enlargement(1300, 4000, 2) ** 2 * 1300 * 4000 <= 16e6 + 1)
  assert.equal(enlargement(9000, 9000, 2), 1)
})

test("pictures are taken one after the other, also after one that failed", async () => {
  /** @type {string[]} */
  const seen = []
  const inTurn = oneByOne()
  /** @param {string} name @param {boolean} fails */
  const take = (name, fails) => inTurn(async () => {
    seen.push(`${name} begins`)
    await new Promise(setImmediate)
    seen.push(`${name} ends`)
    if (fails) throw new Error(name)
    return name
  })
  const all = await Promise.allSettled([take("a", false), take("b", true), take("c", false)])
  assert.deepEqual(seen, ["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]))
  assert.deepEqual(all.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"])
})
