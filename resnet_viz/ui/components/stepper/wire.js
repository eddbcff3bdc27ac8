/**
 * The drawing of the block, on whose wire the number runs (draw/number_wire.py). It may be there twice, lying and standing.
 *
 * @typedef {{name: string, kind: string, term: string, reads: number[]}} Step
 */

/** Show how far the number has come. @param {HTMLElement} figure @param {Step[]} steps @param {number} at @param {(step: number) => string} value */
export function showNumbers(figure, steps, at, value) {
  const step = steps[at]
  for (const stop of /** @type {NodeListOf<SVGGElement>} */ (figure.querySelectorAll(".stop"))) {
    const own = Number(stop.dataset.step)
    const number = stop.querySelector(".number")
    if (number) number.textContent = value(own)
    stop.classList.toggle("now", own === at)
    stop.classList.toggle("reads", step.reads.includes(own))
    stop.classList.toggle("later", own > at)
  }
  for (const item of /** @type {NodeListOf<SVGElement>} */ (figure.querySelectorAll("[data-name]"))) {
    const { name } = item.dataset
    item.classList.toggle("selected", name === step.name || (step.kind === "input" && Boolean(name?.endsWith(".downsample"))))
  }
  for (const svg of figure.querySelectorAll("svg")) {
    const runner = /** @type {SVGElement | null} */ (svg.querySelector(".runner"))
    const stop = svg.querySelector(`.stop[data-step="${at}"]`)
    if (runner && stop) runner.style.transform = (stop.getAttribute("transform") ?? "").replace(/([-\d.]+) ([-\d.]+)/, "$1px, $2px")
    svg.querySelector(".arc")?.classList.toggle("now", step.term === "x" || step.term === "+")
  }
}

/** The step that belongs to what was clicked; −1 where none does. @param {Step[]} steps @param {string | undefined} name */
export const stepNamed = (steps, name) => steps.findIndex((step) => step.name === name || (step.kind === "input" && Boolean(name?.endsWith(".downsample"))))
