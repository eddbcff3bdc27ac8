/** Walking through the steps of training by itself. */

import { nextStep } from "./axis.js"

const EVERY = 350 // milliseconds: a jump, then time to look

/** @typedef {{step: number, timer: ReturnType<typeof setInterval> | 0, about: {steps: number[]}}} Walk */

/** From the next step to the last there is then, for other steps may come meanwhile; from the last one the walk begins again. @param {Walk} walk @param {() => void} paint */
export function play(walk, paint) {
  const count = () => walk.about.steps.length
  walk.step = walk.step === count() - 1 ? 0 : walk.step + 1
  walk.timer = setInterval(() => {
    const next = nextStep(walk.step, count())
    walk.step = next.step
    if (next.last) pause(walk)
    paint()
  }, EVERY)
  paint()
}

/** @param {Walk} walk */
export function pause(walk) {
  clearInterval(walk.timer)
  walk.timer = 0
}
