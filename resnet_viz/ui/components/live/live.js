// The tab's connection to the live channel.

import { channel, connect, listen } from "../shared/live.js"
import { report } from "../shared/report.js"

const SPREAD = 400 // milliseconds over which a class that watches the same run asks for its page

/** What has been asked for already, by topic and status. @type {Set<string>} */
const asked = new Set()

/** @param {import("../shared/report.js").Component & {data: {path: string, drawn: Record<string, string>}}} component */
export default function (component) {
  const { path, drawn } = component.data
  connect(path)
  const look = () => {
    for (const [topic, status] of Object.entries(drawn)) {
      const now = channel().runs.get(topic)?.status
      const turn = `${topic}=${now}`
      if (!now || now === status || asked.has(turn)) continue
      asked.add(turn)
      setTimeout(() => report(component, "turn", turn), Math.random() * SPREAD)
    }
  }
  for (const [topic, status] of Object.entries(drawn)) asked.delete(`${topic}=${status}`)
  look()
  return listen(look)
}
