/** Which skips are cut, as a list of blocks: what a click on an arc makes of it. */

/**
 * The list after an arc was switched. An arc may stand for the skips of several blocks.
 * @param {string[]} cut @param {string[]} blocks @param {boolean} kept whether these skips are there now
 */
export const switched = (cut, blocks, kept) => (kept ? cut.filter((name) => !blocks.includes(name)) : [...new Set([...cut, ...blocks])])
