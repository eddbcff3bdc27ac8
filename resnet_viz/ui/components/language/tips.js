/** Explanations of words: they stay inside the window, beside their word, and Escape closes them. */

const EDGE = 8 // px that a tip keeps from the window's edge

/** How far a tip must move so that it lies inside the window. @param {number} left @param {number} right its edges @param {number} width of the window */
export const shiftInside = (left, right, width) => Math.max(EDGE - left, 0) || Math.min(width - EDGE - right, 0)

/** @param {Event} event */
const termOf = ({ target }) => (target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(".term")) : null)

/** @param {Event} event */
function place(event) {
  const term = termOf(event)
  const tip = /** @type {HTMLElement | null | undefined} */ (term?.querySelector(".tip"))
  if (!term || !tip) return
  tip.id ||= `tip-${Math.random().toString(36).slice(2)}`
  term.setAttribute("aria-describedby", tip.id)
  term.classList.remove("below")
  tip.style.setProperty("--shift", "0px")
  const { left, right, height } = tip.getBoundingClientRect()
  tip.style.setProperty("--shift", `${shiftInside(left, right, document.documentElement.clientWidth)}px`)
  const head = document.querySelector("[data-testid=stHeader]")?.getBoundingClientRect().bottom ?? 0
  term.classList.toggle("below", term.getBoundingClientRect().top - height < head)
}

/** @param {Event} event */
const open = (event) => termOf(event)?.classList.remove("closed")

/** From now on, once a document. */
export function watchTips() {
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, place)
  for (const kind of ["pointerout", "focusout"]) document.addEventListener(kind, open)
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") for (const term of document.querySelectorAll(".term:is(:hover, :focus)")) term.classList.add("closed")
  })
}
