/** What fields of numbers and words say by themselves: Streamlit's sentences are English. */

/** @typedef {{ apply: string, submit: string, range: string }} Words */

const SAID = "[data-testid=InputInstructions] span, [id$='-validation-error'], [data-testid=stTooltipErrorContent]"
const RANGE = /Number is outside the allowed range\. Please enter a value between (\S+) and (\S+)\./

/** @type {Words} */
let words = { apply: "", submit: "", range: "" }

/** From now on fields say this. @param {Words} given `range` has `{low}` and `{high}` */
export function callInputs(given) {
  words = given
  nameInputs()
}

/** What stands there in the page's words; null where it is none of Streamlit's sentences. @param {string} text @param {Words} own */
export function inWordsOf(text, own) {
  const [, low, high] = RANGE.exec(text) ?? []
  if (low && high) return own.range.replace("{low}", low).replace("{high}", high)
  if (text === "Press Enter to submit form") return own.submit
  return text === "Press Enter to apply" ? own.apply : null
}

/** Those that are there. The nodes stay, for they are React's. */
export function nameInputs() {
  for (const place of document.querySelectorAll(SAID)) {
    const said = inWordsOf(place.textContent ?? "", words)
    if (said === null || said === place.textContent) continue
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    for (let first = true; walker.nextNode(); first = false) walker.currentNode.nodeValue = first ? said : ""
  }
}
