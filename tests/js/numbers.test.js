import assert from "node:assert/strict"
import { test } from "node:test"
import { count, fill, fixed, number, percent, scientific, short, tenTo, whole } from "../../resnet_viz/ui/components/shared/numbers.js"

/** Read back what a formatter wrote. @param {string} text */
function read(text) {
  const plain = text.replaceAll("−", "-").replace(/·10(.+)$/, (_, power) => `e${[...power].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("")}`)
  return Number(plain)
}

const SMALL = Array.from({ length: 400 }, (_, i) => 5e-4 * 1.01 ** i).flatMap((size) => [size, -size]) // to 0.026
const SOME = [0, 1, -1, 0.5, -12.345, 999.96, 1234.5, -98765, 1e-4, -3.2e-9, 7e12, 9.97e-5, -9.97e5, ...SMALL]

test("what is written reads as about the same number, in every format", () => {
  for (const v of SOME) {
    for (const write of [number, scientific, short]) assert.ok(Math.abs(read(write(v)) - v) <= 0.06 * Math.abs(v), `${write.name}(${v}) is ${write(v)}`)
    assert.equal(read(whole(v)), v, whole(v))
    assert.ok(Math.abs(read(fixed(v, 2)) - v) <= 0.005 + 1e-9)
  }
})

test("no format writes a power as programs do, and each has one digit before its point", () => {
  for (let power = -12; power < 12; power++) {
    for (const digits of [1, 1.06, 5.5, 9.94, 9.96]) {
      for (const v of [digits * 10 ** power, -digits * 10 ** power]) {
        for (const write of [number, scientific]) {
          const said = write(v)
          assert.doesNotMatch(said, /e/, `${v} is ${said}`)
          if (said.includes("·")) assert.match(said, /^−?[1-9]\.\d·10/, `${v} is ${said}`)
        }
      }
    }
  }
})

test("no format has a hyphen for a minus, and none writes minus zero", () => {
  for (const v of SOME.filter((v) => v < 0)) for (const write of [number, scientific, short, whole]) assert.match(write(v), /^−[^-]+$/)
  assert.equal(number(-0), "0.00")
  assert.equal(fixed(-0.001, 2), "0.00")
  assert.equal(fixed(-0.25, 1), "−0.3")
  assert.equal(scientific(-0), "0")
})

test("powers of ten, units and what is no number", () => {
  assert.equal(tenTo(-12), "10⁻¹²")
  assert.equal(scientific(1.3e-7), "1.3·10⁻⁷")
  assert.equal(scientific(-1.3e-7), "−1.3·10⁻⁷")
  assert.equal(scientific(9.97e-5), "1.0·10⁻⁴")
  assert.equal(scientific(Number.NaN), "–")
  assert.deepEqual([999, 1000, 25557032, 4.1e9].map((n) => count(n)), ["999", "1.0 k", "25.6 M", "4.1 G"])
  assert.deepEqual([999_940, 999_960].map((n) => count(n)), ["999.9 k", "1.0 M"])
  for (const tag of ["zh", "zh-Hans"]) {
    const counts = [999, 1024, 36864, 25557032, 4.1e9, 1.2e12].map((n) => count(n, tag))
    assert.deepEqual(counts, ["999", "1024", "3.69 万", "2560 万", "41 亿", "1.2 万亿"])
  }
  assert.deepEqual([percent(0.125), percent(0.125, 1)], ["13%", "12.5%"])
})

test("a text is filled in, and what has no value stays to be seen", () => {
  assert.equal(fill("{a} of {b}, {a}: {c}", { a: 1, b: "two" }), "1 of two, 1: {c}")
})

test("numbers in a text are written as Python writes them", () => {
  const values = { rate: 12345.6, left: 3.4, share: 0.125, step: 7, many: 1234567 }
  assert.equal(fill("{step}, {rate:,.0f} a second, {left:.0f} s, {left:.1f}, {share:.0%}, {share:.1%}", values), "7, 12,346 a second, 3 s, 3.4, 13%, 12.5%")
  assert.equal(fill("{many:,.0f} {left:,.2f} {none:.0f}", values), "1,234,567 3.40 {none:.0f}")
})
