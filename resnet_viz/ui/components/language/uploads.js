/** The names of the buttons that take files: Streamlit's are English. A style shows the name in the place of its words. */

let name = ""

/** From now on such buttons are called so. @param {string} word */
export function callUploads(word) {
  name = word
  nameUploads()
}

/** Name those that are there. */
export function nameUploads() {
  for (const button of document.querySelectorAll("[data-testid=stFileUploaderDropzone] button")) {
    if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name)
  }
}
