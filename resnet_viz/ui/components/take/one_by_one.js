/**
 * One thing after the other: what is given to the function that this returns begins when all that was given to it before
 * has ended, well or badly.
 * @returns {<T>(work: () => T | Promise<T>) => Promise<T>}
 */
export function oneByOne() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
