/**
 * Training curves that grow while one watches. New points only lengthen the lines: nothing flickers and nothing moves that need not.
 *
 * @typedef {{name: string, plain: boolean, ghost: boolean, dash: number, count: number}} Line
 * @typedef {{lines: Line[], steps: number, chance: number, words: Record<string, string>}} About
 */

const DASHES = [[], [9, 5], [3, 4], [12, 4, 3, 4], [1, 4]]
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 150, 14, 40]
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {{data: {about: About, values: any}, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".curves")
  const view = memory.get(root) ?? { show: "error", at: null }
  memory.set(root, view)
  unpack(view, data)
  if (!view.canvas) build(root, view)
  words(view)
  paint(view)
  view.observer ??= new ResizeObserver(() => paint(view))
  view.observer.observe(root)
  return () => view.observer.disconnect()
}

function unpack(view, data) {
  view.about = data.about
  const values = data.values.getChildAt(0).toArray()
  let at = 0
  view.lines = data.about.lines.map((line) => {
    const take = () => values.subarray(at, (at += line.count))
    return { ...line, error: take(), loss: take() }
  })
}

function build(root, view) {
  view.canvas = make("canvas", { tabIndex: 0 })
  view.canvas.setAttribute("role", "application")
  view.read = make("div", { className: "read" })
  view.read.setAttribute("aria-live", "polite")
  view.switch = make("fieldset", {}, make("legend"))
  for (const name of ["error", "loss"]) {
    const input = make("input", { type: "radio", name: "curve", value: name, checked: view.show === name })
    input.onchange = () => {
      view.show = name
      paint(view)
    }
    view.switch.append(make("label", {}, input, make("span", { className: `word-${name}` })))
  }
  root.replaceChildren(view.switch, view.canvas, view.read)
  view.root = root
  view.canvas.onpointermove = (event) => {
    const box = view.canvas.getBoundingClientRect()
    view.at = stepAt(view, event.clientX - box.left)
    paint(view)
  }
  view.canvas.onpointerleave = () => {
    view.at = null
    paint(view)
  }
  view.canvas.onkeydown = (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key]
    if (!move) return
    event.preventDefault()
    view.at = Math.max(1, Math.min(view.about.steps, (view.at ?? 0) + move))
    paint(view)
  }
}

function words(view) {
  const say = view.about.words
  view.switch.querySelector("legend").textContent = say.curves_show
  for (const name of ["error", "loss"]) view.root.querySelector(`.word-${name}`).textContent = say[`curves_${name}`]
  view.canvas.setAttribute("aria-label", say.curves_label)
}

/** Pixels of a step and back. */
const across = (view, step) => LEFT + ((step - 1) / Math.max(1, view.about.steps - 1)) * (view.width - LEFT - right(view))
const right = (view) => (view.width < 520 ? 14 : RIGHT)
const stepAt = (view, x) => {
  const step = Math.round(1 + ((x - LEFT) / (view.width - LEFT - right(view))) * (view.about.steps - 1))
  return step >= 1 && step <= view.about.steps ? step : null
}

function paint(view) {
  const start = performance.now()
  const { canvas, about } = view
  const width = view.root.clientWidth
  if (!width) return
  const height = Math.round(Math.max(260, Math.min(430, width * 0.42)))
  const ratio = globalThis.devicePixelRatio || 1
  Object.assign(view, { width, height })
  canvas.style.height = `${height}px`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext("2d")
  context.scale(ratio, ratio)
  const style = getComputedStyle(view.root)
  const ink = style.color
  const grid = style.getPropertyValue("--st-border-color") || "#d0d5dd"
  context.font = `15px ${style.fontFamily}`
  context.textBaseline = "middle"
  const most = view.show === "error" ? 1 : Math.max(2.5, Math.min(6, ...[Math.max(2.5, ...view.lines.map((line) => largest(line.loss)))]))
  const down = (value) => height - BOTTOM - (Math.min(value, most) / most) * (height - TOP - BOTTOM)
  axes(view, context, { ink, grid, most, down })
  const labels = []
  const order = [...view.lines].sort((a, b) => Number(b.ghost) - Number(a.ghost))
  for (const line of order) {
    const values = line[view.show]
    context.strokeStyle = line.plain ? "#D55E00" : dark(style) ? "#4DA8DA" : "#0072B2"
    context.globalAlpha = line.ghost ? 0.25 : 1
    context.lineWidth = line.ghost ? 1.5 : 3
    context.lineJoin = "round"
    context.setLineDash(DASHES[line.dash % DASHES.length])
    context.beginPath()
    for (let i = 0; i < line.count; i++) context[i ? "lineTo" : "moveTo"](across(view, i + 1), down(values[i]))
    context.stroke()
    if (line.count && !line.ghost) labels.push({ text: line.name, x: across(view, line.count), y: down(values[line.count - 1]), colour: context.strokeStyle })
  }
  context.globalAlpha = 1
  context.setLineDash([])
  if (width >= 520) endLabels(view, context, labels)
  cursor(view, context, { ink, down })
  performance.measure("curves-paint", { start, end: performance.now() })
}

const largest = (values) => values.reduce((a, b) => (b > a ? b : a), 0)

function dark(style) {
  const [r, g, b] = style.getPropertyValue("--st-background-color").match(/\w\w/g)?.map((h) => parseInt(h, 16)) ?? [255, 255, 255]
  return r + g + b < 384
}

function axes(view, context, { ink, grid, most, down }) {
  const { about, width, height } = view
  context.lineWidth = 1
  context.fillStyle = ink
  const ticks = view.show === "error" ? [0, 0.25, 0.5, 0.75, 1] : [0, 1, 2, 3, 4, 5, 6].filter((v) => v <= most)
  for (const tick of ticks) {
    context.strokeStyle = grid
    context.beginPath()
    context.moveTo(LEFT, down(tick))
    context.lineTo(width - right(view), down(tick))
    context.stroke()
    context.textAlign = "right"
    context.fillText(view.show === "error" ? `${Math.round(tick * 100)}%` : String(tick), LEFT - 8, down(tick))
  }
  const chance = view.show === "error" ? about.chance : Math.log(10)
  context.strokeStyle = ink
  context.setLineDash([2, 4])
  context.beginPath()
  context.moveTo(LEFT, down(chance))
  context.lineTo(width - right(view), down(chance))
  context.stroke()
  context.setLineDash([])
  context.textAlign = "left"
  context.globalAlpha = 0.8
  context.fillText(about.words.curves_chance, LEFT + 6, down(chance) - 10)
  context.globalAlpha = 1
  const every = [1, 5, 10, 20, 50, 100, 200, 500].find((n) => about.steps / n <= 7) ?? 1000
  context.textAlign = "center"
  for (let step = every; step <= about.steps; step += every) context.fillText(String(step), across(view, step), height - BOTTOM + 14)
  context.textAlign = "left"
  context.fillText(about.words.curves_steps, LEFT, height - BOTTOM + 14)
}

/** Names at the ends of the lines, pushed apart where they would lie on each other. */
function endLabels(view, context, labels) {
  labels.sort((a, b) => a.y - b.y)
  for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + 18)
  const over = labels.length ? Math.max(0, labels.at(-1).y - (view.height - BOTTOM + 4)) : 0
  context.textAlign = "left"
  context.font = context.font.replace("15px", "600 15px")
  for (const label of labels) {
    context.fillStyle = label.colour
    context.fillText(label.text, Math.min(label.x + 8, view.width - right(view) + 8), label.y - over)
  }
}

function cursor(view, context, { ink, down }) {
  if (view.at === null) {
    view.read.textContent = view.about.words.curves_hint
    return
  }
  const x = across(view, view.at)
  context.strokeStyle = ink
  context.globalAlpha = 0.5
  context.beginPath()
  context.moveTo(x, TOP)
  context.lineTo(x, view.height - BOTTOM)
  context.stroke()
  context.globalAlpha = 1
  const parts = view.lines.filter((line) => line.count >= view.at && !line.ghost).map((line) => {
    const value = line[view.show][view.at - 1]
    context.fillStyle = line.plain ? "#D55E00" : "#0072B2"
    context.beginPath()
    context.arc(x, down(value), 4, 0, 7)
    context.fill()
    return `${line.name} ${view.show === "error" ? `${(value * 100).toFixed(0)}%` : value.toFixed(2)}`
  })
  view.read.textContent = `${view.about.words.curves_step.replace("{step}", String(view.at))} ${parts.join(" · ")}`
}
