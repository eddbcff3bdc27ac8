// Has the page, or a part of it, run again once what is told of a topic is not what is drawn.

import { ending } from "../shared/ending.js"
import { channel, listen } from "../shared/live.js"
import { report } from "../shared/report.js"

/**
 * @typedef {{drawn: Record<string, string>, field: string, pace: number, spread: number}} Data
 * @typedef {{asked: Set<string>, at: number, timer: number}} Memory  what has been asked for, when last, and what is about to be
 */

/** One per mounted component. @type {WeakMap<HTMLElement, Memory>} */
const memory = new WeakMap()

/** @param {import("../shared/report.js").Component & {data: Data}} component */
export default function (component) {
  const { drawn, field, pace, spread } = component.data
  const known = memory.get(component.parentElement) ?? { asked: new Set(), at: 0, timer: 0 }
  memory.set(component.parentElement, known)
  clearTimeout(known.timer)
  known.timer = 0

  const turn = () => {
    for (const [topic, before] of Object.entries(drawn)) {
      const now = channel().topics.get(topic)?.[field]
      const text = `${topic}=${now}`
      if (now !== undefined && String(now) !== before && !known.asked.has(text)) return text
    }
    return ""
  }
  const look = () => {
    if (known.timer || !turn()) return
    const rest = Math.max(0, known.at + pace * 1000 - Date.now())
    known.timer = window.setTimeout(ask, rest + Math.random() * spread * 1000)
  }
  const ask = () => {
    known.timer = 0
    const now = turn()
    if (!now) return
    known.asked.add(now)
    known.at = Date.now()
    report(component, "turn", now)
  }
  for (const [topic, before] of Object.entries(drawn)) known.asked.delete(`${topic}=${before}`)
  look()
  const end = listen(component.parentElement, look)
  return ending(component.parentElement, () => {
    clearTimeout(known.timer)
    end()
  })
}
