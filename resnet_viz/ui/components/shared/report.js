/**
 * How a component tells the server something. Its reports are numbered, so that the same value counts again when it comes again,
 * and the server's answer has the number that it has heard last (`data.heard`). `reports.py` is the other end.
 *
 * @typedef {{data: {heard?: number}, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void}} Component
 * @typedef {[number, unknown][]} Queue  numbered values
 */

const LONGEST_QUEUE = 16 // as in reports.py
const PATIENCE = 30_000 // milliseconds after which an answer is not waited for any more

/** What each mounted component has reported and the server has not heard yet. @type {WeakMap<HTMLElement, Map<string, Queue>>} */
const waiting = new WeakMap()

let last = 0
/** A number larger than all before, also than those of a page that was loaded earlier. It is about the time in milliseconds. */
function next() {
  last = Math.max(last + 1, Date.now())
  return last
}

/** The reports of a component that the server has not heard, after those that it has are struck out. @param {Component} component */
function unheard({ data, parentElement }) {
  /** @type {Map<string, Queue>} */
  const all = waiting.get(parentElement) ?? new Map()
  waiting.set(parentElement, all)
  for (const [name, queue] of all) {
    const left = queue.filter(([number]) => number > (data.heard ?? 0) && number > Date.now() - PATIENCE)
    if (left.length) all.set(name, left)
    else all.delete(name)
  }
  return all
}

/** Report what now holds. @param {Component} component @param {string} name @param {unknown} value */
export function report(component, name, value) {
  send(component, name, [[next(), value]])
}

/** Report something that happened, where each time counts. @param {Component} component @param {string} name @param {unknown} value */
export function reportEach(component, name, value) {
  /** @type {Queue} */
  const queue = [...(unheard(component).get(name) ?? []), [next(), value]]
  send(component, name, queue.slice(-LONGEST_QUEUE))
}

/** @param {Component} component @param {string} name @param {Queue} queue */
function send(component, name, queue) {
  unheard(component).set(name, queue)
  component.setStateValue(name, queue)
}

/** Whether what the server gave follows from all that was reported. If not, a later answer will. @param {Component} component */
export const isAnswered = (component) => unheard(component).size === 0
