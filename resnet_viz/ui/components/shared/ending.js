/** The end of a component. */

/** The end of the last draw of each mounted component. @type {WeakMap<object, () => void>} */
const last = new WeakMap()

/**
 * What a draw of the component at `place` returns for its end: `end`, unless it has been drawn again since. When a component goes,
 * Streamlit calls what its last draw has returned; but what a draw returned that was overtaken while its module was still loading,
 * it calls as well, and when the newer one has drawn already.
 * @param {object} place @param {() => void} end
 */
export function ending(place, end) {
  const mine = () => {
    if (last.get(place) !== mine) return
    last.delete(place)
    end()
  }
  last.set(place, mine)
  return mine
}
