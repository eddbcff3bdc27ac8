/** What the bars of a class's answers say. */

/**
 * @typedef {{count: number, share: number}} Bar  `share` of those who answered in this round
 * @param {number[][]} counts by round and option @param {number} options
 * @returns {Bar[][]} by option and round
 */
export function bars(counts, options) {
  const sums = counts.map((round) => round.reduce((sum, count) => sum + count, 0))
  return Array.from({ length: options }, (_, option) =>
    counts.map((round, at) => ({ count: round[option] ?? 0, share: sums[at] ? (round[option] ?? 0) / sums[at] : 0 })),
  )
}

/** A count and its share. @param {Bar} bar */
export const said = ({ count, share }) => (count ? `${count} · ${Math.round(share * 100)}%` : "0")
