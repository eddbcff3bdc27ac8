/** What a component listens to in the whole document: as long as it is mounted, and once. */

/** What ends the listening of each mounted component. @type {WeakMap<HTMLElement, () => void>} */
const stops = new WeakMap()

/**
 * Have what was drawn last listen, in place of what was drawn there before: a component is drawn anew without being told that it
 * ends, which it is only when it goes. Without `heard` nothing listens. Returns what ends this, and not what has come in its place.
 * @template {Event} E
 * @param {HTMLElement} place @param {string} kind @param {((event: E) => void) | null} heard
 */
export function listen(place, kind, heard) {
  stops.get(place)?.()
  const hear = /** @type {EventListener} */ (heard)
  const stop = () => {
    document.removeEventListener(kind, hear)
    if (stops.get(place) === stop) stops.delete(place)
  }
  if (heard) {
    document.addEventListener(kind, hear)
    stops.set(place, stop)
  }
  return stop
}
