/** A picture from the clipboard; a large one is made smaller, so that it fits into a message to the server. */

import { make, pen } from "../shared/dom.js"

/** The first file that is or may be a picture. @param {ClipboardEvent} event */
export const fileOf = (event) => [...(event.clipboardData?.files ?? [])].find((f) => !f.type || f.type.startsWith("image/"))

/**
 * The picture as it is where it is small enough, and otherwise drawn at most `side` pixels a side. A file that the browser cannot
 * read comes back as it is: the server says what is wrong with it.
 * @param {File} file @param {number} side @param {number} bytes @returns {Promise<Blob>}
 */
export async function smaller(file, side, bytes) {
  /** @type {ImageBitmap} */
  let bitmap
  try {
    bitmap = await createImageBitmap(file)
  } catch {
    return file
  }
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
  if (scale === 1 && file.size <= bytes) return file
  const [width, height] = [bitmap.width, bitmap.height].map((n) => Math.max(1, Math.round(n * scale)))
  const canvas = make("canvas", { width, height })
  const context = pen(canvas)
  context.fillStyle = "white" // as the server does with what is transparent
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = "high"
  context.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  return (await new Promise((/** @type {BlobCallback} */ done) => canvas.toBlob(done, "image/jpeg", 0.95))) ?? file
}

/** @param {Blob} blob @returns {Promise<string>} */
export function base64(blob) {
  return new Promise((done) => {
    const reader = new FileReader()
    reader.onloadend = () => done(String(reader.result ?? "").split(",")[1] ?? "")
    reader.readAsDataURL(blob)
  })
}
