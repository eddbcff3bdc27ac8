/**
 * The live channel as a page has it: one connection for the whole tab, and what it has told of each topic. All components of a
 * page share it through the window, for each is bundled by itself.
 *
 * What is told of a topic is an object whose fields take the place of those before, whatever they are; only its `columns` grow:
 * `from` says behind how many numbers the new ones stand. News of a topic is `[topic, {…}]`, and `follows` lists the topics there are.
 *
 * @typedef {{[field: string]: unknown, from?: number, columns?: Record<string, string>}} News
 * @typedef {{[field: string]: unknown, columns: Record<string, number[]>}} Told
 * @typedef {{path: string, source: EventSource | null, topics: Map<string, Told>, listeners: Map<HTMLElement, () => void>, due: boolean}} Channel
 */

import { decoded } from "./columns.js"

/** The channel of this tab. @returns {Channel} */
export function channel() {
  const shared = /** @type {Window & {resnetLive?: Channel}} */ (window)
  shared.resnetLive ??= { path: "", source: null, topics: new Map(), listeners: new Map(), due: false }
  return shared.resnetLive
}

/** Listen at `path`, unless that is done already. @param {string} path */
export function connect(path) {
  const live = channel()
  if (live.path === path && !isLost()) return
  live.source?.close()
  live.path = path
  const source = new EventSource(path)
  live.source = source
  source.onmessage = ({ data }) => {
    const [topic, news] = JSON.parse(data)
    if (take(live.topics, topic, news)) tell(live)
    else again(live)
  }
  source.addEventListener("follows", ({ data }) => {
    keep(live.topics, JSON.parse(data))
    tell(live)
  })
  source.onopen = source.onerror = () => tell(live)
}

/** Whether the browser has given the connection up. It comes back by itself after a break, but not where the server has refused it. */
export const isLost = () => channel().source?.readyState === EventSource.CLOSED

/** Something is missing: have everything told anew. @param {Channel} live */
function again(live) {
  const { path } = live
  live.topics.clear()
  live.path = ""
  connect(path)
}

/**
 * Take news of a topic; false, and nothing taken, where numbers before them are missing.
 * @param {Map<string, Told>} topics @param {string} topic @param {News} news
 */
export function take(topics, topic, { from = 0, columns = {}, ...fields }) {
  const known = topics.get(topic) ?? { columns: {} }
  const grown = Object.entries(columns)
  if (grown.some(([name]) => from > (known.columns[name] ?? []).length)) return false
  for (const [name, packed] of grown) {
    known.columns[name] ??= []
    known.columns[name].length = from
    for (const value of numbers(packed)) known.columns[name].push(value)
  }
  topics.set(topic, Object.assign(known, fields))
  return true
}

/** Forget all but these topics. @param {Map<string, Told>} topics @param {string[]} followed */
export function keep(topics, followed) {
  for (const topic of [...topics.keys()]) if (!followed.includes(topic)) topics.delete(topic)
}

/** base64 of float32. @param {string} packed @returns {Float32Array} */
export function numbers(packed) {
  return new Float32Array(decoded(packed).buffer)
}

/**
 * Call `listener` at the next frame after news, at most once a frame, in place of the one before it for the same element: a component
 * is drawn anew without being taken away. Returns what ends that.
 * @param {HTMLElement} element @param {() => void} listener
 */
export function listen(element, listener) {
  const { listeners } = channel()
  listeners.set(element, listener)
  return () => {
    if (listeners.get(element) === listener) listeners.delete(element)
  }
}

/**
 * Draw what `look` finds, now and after news, as often as it says something else. Returns what ends that.
 * @template T @param {HTMLElement} element @param {() => T} look @param {(found: T) => void} draw
 */
export function drawn(element, look, draw) {
  let shown = ""
  const again = () => {
    const found = look()
    const text = JSON.stringify(found)
    if (text === shown) return
    shown = text
    draw(found)
  }
  again()
  return listen(element, again)
}

/** @param {Channel} live */
function tell(live) {
  if (live.due) return
  live.due = true
  requestAnimationFrame(() => {
    live.due = false
    for (const listener of [...live.listeners.values()]) listener()
  })
}
