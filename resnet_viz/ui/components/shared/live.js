/**
 * The live channel as a page has it: one connection for the whole tab, and what it has told of each topic. All components of a
 * page share it through the window, for each is bundled by itself.
 *
 * @typedef {{topic: string, from: number, error: string, loss: string, status: string, asked: string, ahead: number,
 *   wait: number | null, rate: number | null}} RunNews
 * @typedef {{error: number[], loss: number[], status: string, asked: string, ahead: number, wait: number | null,
 *   rate: number | null}} LiveRun
 * @typedef {{path: string, source: EventSource | null, runs: Map<string, LiveRun>, listeners: Set<() => void>, due: boolean}} Channel
 */

/** The channel of this tab. @returns {Channel} */
export function channel() {
  const shared = /** @type {Window & {resnetLive?: Channel}} */ (window)
  shared.resnetLive ??= { path: "", source: null, runs: new Map(), listeners: new Set(), due: false }
  return shared.resnetLive
}

/** Listen at `path`, unless that is done already. @param {string} path */
export function connect(path) {
  const live = channel()
  if (live.path === path && live.source?.readyState !== EventSource.CLOSED) return
  live.source?.close()
  live.path = path
  live.source = new EventSource(path)
  live.source.addEventListener("run", (event) => {
    if (take(live.runs, JSON.parse(event.data))) tell(live)
    else again(live)
  })
}

/** Something is missing: have everything told anew. @param {Channel} live */
function again(live) {
  const { path } = live
  live.runs.clear()
  live.source?.close()
  live.path = ""
  connect(path)
}

/**
 * Take news into what is known; false where points before them are missing.
 * @param {Map<string, LiveRun>} runs @param {RunNews} news
 */
export function take(runs, news) {
  const known = runs.get(news.topic) ?? { error: [], loss: [] }
  if (news.from > known.error.length) return false
  const { status, asked, ahead, wait, rate } = news
  runs.set(news.topic, { error: joined(known.error, news.from, news.error), loss: joined(known.loss, news.from, news.loss), status, asked, ahead, wait, rate })
  return true
}

/** @param {number[]} before @param {number} from @param {string} packed */
const joined = (before, from, packed) => [...before.slice(0, from), ...numbers(packed)]

/** base64 of float32. @param {string} packed @returns {Float32Array} */
export function numbers(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
  return new Float32Array(bytes.buffer)
}

/** Call `listener` at the next frame after news, at most once a frame. Returns what ends that. @param {() => void} listener */
export function listen(listener) {
  const { listeners } = channel()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** @param {Channel} live */
function tell(live) {
  if (live.due) return
  live.due = true
  requestAnimationFrame(() => {
    live.due = false
    for (const listener of live.listeners) listener()
  })
}
