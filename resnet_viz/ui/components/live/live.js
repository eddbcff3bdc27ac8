// The tab's connection to the live channel.

import { connect, isLost, listen } from "../shared/live.js"
import { report } from "../shared/report.js"

const FIRST = 1000
const LAST = 60_000 // milliseconds before a refused connection is asked for anew, which double each time

let tries = 0
let timer = 0

/** @param {import("../shared/report.js").Component & {data: {path: string}}} component */
export default function (component) {
  connect(component.data.path)
  const look = () => {
    if (!isLost()) tries = 0
    else if (!timer) timer = window.setTimeout(ask, Math.min(LAST, FIRST * 2 ** tries) * (0.5 + Math.random()))
  }
  const ask = () => {
    timer = 0
    if (!isLost()) return
    tries += 1
    report(component, "lost", true)
    look()
  }
  look()
  return listen(component.parentElement, look)
}
