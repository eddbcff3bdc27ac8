import assert from "node:assert/strict"
import { test } from "node:test"

import { inWordsOf } from "../../resnet_viz/ui/components/language/inputs.js"

test("what a field says by itself is said in the page's words, and nothing else is", () => {
  const words = { apply: "按回车键确定", submit: "按回车键提交", range: "{low} 到 {high}" }
  assert.equal(inWordsOf("Error: Number is outside the allowed range. Please enter a value between 0 and 999999.", words), "0 到 999999")
  assert.equal(inWordsOf("Press Enter to apply", words), words.apply)
  assert.equal(inWordsOf("Press Enter to submit form", words), words.submit)
  for (const other of ["3/80", words.apply, words.submit, "0 到 10", "toString"]) assert.equal(inWordsOf(other, words), null)
})
