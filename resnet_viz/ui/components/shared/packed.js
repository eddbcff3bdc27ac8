/**
 * Whole numbers on grids that travelled small, as `components/packed.py` packs them: each as how far it is from what its neighbours
 * foretell, the four bytes of all of them apart, deflated.
 *
 * @typedef {{planes: number, height: number, width: number}} Grid
 */

/** What deflated bytes were. @param {Uint8Array} packed */
export async function inflated(packed) {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The numbers of each grid. @param {Uint8Array} bytes inflated @param {Grid[]} grids @returns {Int32Array[]} */
export function unpacked(bytes, grids) {
  const count = bytes.length / 4
  let at = 0
  return grids.map(({ planes, height, width }) => {
    const found = new Int32Array(planes * height * width)
    for (let i = 0; i < found.length; i++, at++) {
      const folded = bytes[at] | (bytes[count + at] << 8) | (bytes[2 * count + at] << 16) | (bytes[3 * count + at] << 24)
      const far = (folded >>> 1) ^ -(folded & 1)
      const [first, top] = [i % width === 0, i % (height * width) < width]
      const left = first ? 0 : found[i - 1]
      const above = top ? 0 : found[i - width]
      const between = first || top ? 0 : found[i - width - 1]
      const [low, high] = left < above ? [left, above] : [above, left]
      found[i] = (between >= high ? low : between <= low ? high : left + above - between) + far
    }
    return found
  })
}

/** A picture's bytes, three a pixel, of its planes. @param {Int32Array} planes green, red − green, blue − green */
export function coloured(planes) {
  const count = planes.length / 3
  const found = new Uint8Array(planes.length)
  for (let i = 0; i < count; i++) {
    found[3 * i + 1] = planes[i]
    found[3 * i] = planes[i] + planes[count + i]
    found[3 * i + 2] = planes[i] + planes[2 * count + i]
  }
  return found
}
