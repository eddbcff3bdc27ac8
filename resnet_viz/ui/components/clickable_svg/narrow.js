/** Whether the server is to hear that the page is narrow, or no longer is. */

/** The tab, in which a diagram may be mounted anew, by scripts that are read anew: what the server was told and has not drawn by yet. */
const tab = /** @type {typeof globalThis & {resnetNarrow?: boolean}} */ (globalThis)

/** Tell it once. @param {boolean} narrow how wide the page is @param {boolean} drawn how wide the server takes it to be */
export function isNews(narrow, drawn) {
  if (drawn === tab.resnetNarrow) delete tab.resnetNarrow
  if (narrow === (tab.resnetNarrow ?? drawn)) return false
  tab.resnetNarrow = narrow
  return true
}
