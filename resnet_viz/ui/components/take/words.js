/** The words below a picture, in lines. */

const PIECE = /[\u2e80-\u9fff\uff00-\uffef]|\s+|[^\s\u2e80-\u9fff\uff00-\uffef]+/g // a Chinese character, a gap, a word

/** A text in pieces between which a line may end. @param {string} text @returns {string[]} */
export const pieces = (text) => text.match(PIECE) ?? []

/**
 * A text in lines no wider than `width`. What is wider by itself, such as an address, is cut.
 * @param {string} text @param {number} width @param {(text: string) => number} measure the width of a text
 */
export function wrapped(text, width, measure) {
  /** @type {string[]} */
  const lines = []
  let line = ""
  for (const piece of pieces(text.replace(/\s+/g, " ").trim())) {
    if (measure(line + piece.trimEnd()) <= width) {
      line += piece
      continue
    }
    if (line.trim()) lines.push(line.trimEnd())
    line = piece.trimStart()
    while (measure(line) > width && line.length > 1) {
      let end = line.length - 1
      while (end > 1 && measure(line.slice(0, end)) > width) end--
      lines.push(line.slice(0, end))
      line = line.slice(end)
    }
  }
  return line.trim() ? [...lines, line.trimEnd()] : lines
}

/** A number in a file: short, and never `1e-7`. @param {number} value */
export const short = (value) => String(Math.round(value * 100) / 100 + 0)

const LONGEST_LINK = 240 // characters

/**
 * An address as a source is cited: an address of the own machine leads nobody else anywhere and is left out.
 * @param {{hostname: string, host: string, pathname: string, search: string}} location
 */
export function citedAddress({ hostname, host, pathname, search }) {
  const isOwn = hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || hostname.startsWith("127.")
  const link = `${isOwn ? "" : host}${pathname}${search}`
  return link.length > LONGEST_LINK ? `${link.slice(0, LONGEST_LINK)}…` : link
}

/** How often a picture of this size may be enlarged, at most `wanted`: browsers draw no more than some 16 million pixels. @param {number} width @param {number} height @param {number} wanted */
export const enlargement = (width, height, wanted) => Math.max(1, Math.min(wanted, Math.sqrt(16e6 / (width * height))))
