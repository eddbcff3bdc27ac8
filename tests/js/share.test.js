import assert from "node:assert/strict"
import { test } from "node:test"
import { frameOf } from "../../resnet_viz/ui/components/share/frame.js"

test("a frame shows the view as a figure, whatever its address and title hold", () => {
  const html = frameOf("https://class.example/resnet/why?lang=zh&panel=small#x", 'a "b" <c>')
  const [, src] = /src="([^"]*)"/.exec(html) ?? []
  const shown = new URL(src.replaceAll("&amp;", "&"))
  assert.equal(shown.pathname, "/resnet/why")
  assert.deepEqual(Object.fromEntries(shown.searchParams), { lang: "zh", panel: "small", embed: "true" })
  assert.match(html, /title="a &quot;b&quot; &lt;c&gt;"/)
})
