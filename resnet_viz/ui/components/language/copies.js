/** What is copied from a page has no characters that nobody sees: names such as ResNet-18 are held together by one. */

const JOINER = /\u2060/g // as in resnet_viz/text/__init__.py

/** A text as one would type it. @param {string} text */
const typed = (text) => text.replace(JOINER, "")

/** From now on, once a document. */
export function watchCopies() {
  document.addEventListener("copy", (event) => {
    const selected = document.getSelection()
    const words = String(selected)
    if (!selected?.rangeCount || !event.clipboardData || typed(words) === words) return
    const copy = document.createElement("div")
    copy.append(selected.getRangeAt(0).cloneContents())
    event.clipboardData.setData("text/plain", typed(words))
    event.clipboardData.setData("text/html", typed(copy.innerHTML))
    event.preventDefault()
  })
}
