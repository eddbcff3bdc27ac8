/** Whether a hand is on a slider. */

const LETS_GO = ["change", "pointerup", "pointercancel", "blur"]

/**
 * From now on: whether the slider has been moved and not let go since. Meanwhile it is ahead of the server, whose answer to an
 * earlier place would pull it from under the finger. Where it comes back to where it was, no `change` says that it was let go.
 * @param {EventTarget} slider
 */
export function holding(slider) {
  let isHeld = false
  slider.addEventListener("input", () => {
    isHeld = true
  })
  for (const kind of LETS_GO) {
    slider.addEventListener(kind, () => {
      isHeld = false
    })
  }
  return () => isHeld
}
