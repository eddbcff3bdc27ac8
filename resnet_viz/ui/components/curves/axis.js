/** The two axes of training curves: arithmetic only. */

import { LEFT, rightOf } from "../shared/lines.js"
import { tickDistance } from "../shared/scales.js"

/** The pixel of a step on an axis of `steps` steps. @param {number} step @param {number} steps @param {number} width */
export const across = (step, steps, width) => LEFT + ((step - 1) / Math.max(1, steps - 1)) * (width - LEFT - rightOf(width))

/** The step at a pixel; null beside the axis. @param {number} x @param {number} steps @param {number} width */
export function stepAt(x, steps, width) {
  const step = Math.round(1 + ((x - LEFT) / (width - LEFT - rightOf(width))) * (steps - 1))
  return step >= 1 && step <= steps ? step : null
}

/** The upper end of the axis: a quarter above what there is, or a loss that leaves the first steps of a deep network outside. @param {number} most @param {boolean} percent */
export const topOf = (most, percent) => (percent ? Math.min(1, Math.ceil((most || 1) * 4 + 0.01) / 4) : Math.max(2.5, Math.min(6, most)))

/** Where the axis of values has its ticks. @param {number} top @param {boolean} percent */
export const ticksUp = (top, percent) => (percent ? [0, 0.25, 0.5, 0.75, 1] : [0, 1, 2, 3, 4, 5, 6]).filter((v) => v <= top)

/** How many steps lie between two numbers on the axis of steps. @param {number} steps */
export const stepsApart = (steps) => tickDistance([1, 5, 10, 20, 50, 100, 200, 500], steps, 7) ?? 1000
