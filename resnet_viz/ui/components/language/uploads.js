/** The names of the buttons that take files. */

/** What is read on them stands there by a style (`kit/uploader`), which counts as no name: say it as one. */
export function nameUploads() {
  for (const button of document.querySelectorAll("[data-testid=stFileUploaderDropzone] button")) {
    const said = getComputedStyle(button).getPropertyValue("--rv-upload")
    const name = said ? JSON.parse(said) : ""
    if (name && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name)
  }
}
