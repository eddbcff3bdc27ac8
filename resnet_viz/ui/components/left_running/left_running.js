/**
 * How far the runs are that one has left training, in a sentence of the text files that follows the channel.
 *
 * @typedef {{topic: string, steps: number, step: number, status: string}} Left
 * @typedef {{runs: Left[], says: Record<Kind, string>}} Data
 * @typedef {"alive" | "done" | "over"} Kind
 */

import { find } from "../shared/dom.js"
import { channel, drawn } from "../shared/live.js"
import { fill } from "../shared/numbers.js"

/** @param {{data: Data, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const look = () => standing(data.runs, channel().topics)
  return drawn(find(parentElement, ".left"), look, ({ kind, part }) => {
    const said = fill(data.says[kind], { part })
    find(parentElement, ".now").textContent = kind === "alive" ? said : ""
    find(parentElement, ".end").textContent = kind === "alive" ? "" : said // this one is read aloud
  })
}

/**
 * How runs stand together: alive while one has steps to come, and the whole percents of all their steps that are there, as a part of 1.
 * @param {Left[]} runs @param {Map<string, {[field: string]: unknown}>} topics @returns {{kind: Kind, part: number}}
 */
export function standing(runs, topics) {
  const now = runs.map((run) => /** @type {Left} */ ({ ...run, ...topics.get(run.topic) }))
  const all = (/** @type {"steps" | "step"} */ what) => now.reduce((sum, run) => sum + run[what], 0)
  const kind = now.some((run) => run.status === "alive") ? "alive" : now.every((run) => run.status === "done") ? "done" : "over"
  return { kind, part: Math.floor((100 * all("step")) / all("steps")) / 100 }
}
