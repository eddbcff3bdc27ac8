/**
 * Numbers that came beside a component's data.
 *
 * @typedef {{getChildAt: (index: number) => {toArray: () => any}}} Column  an Arrow table of one column, as Streamlit hands it over
 */

/** @param {Column} column @returns {Float32Array} */
export const floats = (column) => column.getChildAt(0).toArray()

/** The bytes that base64 stands for. @param {string} text */
export const decoded = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

/** @param {Column} column @returns {Uint8Array} */
export const bytes = (column) => column.getChildAt(0).toArray()
