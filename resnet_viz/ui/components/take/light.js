/**
 * The light theme's colours on one figure, for as long as its picture is taken.
 *
 * @typedef {import("./colours.js").Theme} Theme
 */

import { parsed } from "./colours.js"

/** Every element with a shadow root below this one. @param {Element | ShadowRoot} root @returns {HTMLElement[]} */
function hostsIn(root) {
  /** @type {HTMLElement[]} */
  const found = []
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) found.push(/** @type {HTMLElement} */ (element), ...hostsIn(element.shadowRoot))
  }
  return found
}

/** @param {Theme} light @returns {Record<string, string>} */
function variables({ text, background, secondary, primary }) {
  const ink = parsed(text)
  const border = ink ? `rgba(${ink.red}, ${ink.green}, ${ink.blue}, 0.2)` : text
  return {
    "--st-text-color": text,
    "--st-heading-color": text,
    "--st-background-color": background,
    "--st-secondary-background-color": secondary,
    "--st-primary-color": primary,
    "--st-border-color": border,
  }
}

const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))

/**
 * Do `work` while the components of a figure are painted light and at `ratio` pixels of a canvas for one of the page.
 * Those that paint do so when their width changes, so it is a pixel less meanwhile.
 * @template T
 * @param {Element} figure @param {Theme | null} light null where the page is light already @param {number} ratio @param {() => T} work @returns {Promise<T>}
 */
export async function whileLight(figure, light, ratio, work) {
  /** @type {(() => void)[]} */
  const undo = []
  /** @param {HTMLElement} element @param {Record<string, string>} properties */
  const put = (element, properties) => {
    const before = element.getAttribute("style")
    undo.push(() => (before === null ? element.removeAttribute("style") : element.setAttribute("style", before)))
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value)
  }
  try {
    for (const host of hostsIn(figure)) {
      if (light && host.parentElement) put(host.parentElement, variables(light)) // Streamlit gives them to what is around the component
      put(host, { "--picture-ratio": String(ratio), "box-sizing": "border-box", "padding-right": "1px" })
      if (!light) continue
      for (const dark of host.shadowRoot?.querySelectorAll("svg.dark") ?? []) {
        dark.classList.remove("dark")
        undo.push(() => dark.classList.add("dark"))
      }
    }
    await painted()
    return work()
  } finally {
    for (const each of undo.reverse()) each()
  }
}
