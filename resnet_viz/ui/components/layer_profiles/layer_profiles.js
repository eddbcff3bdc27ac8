/**
 * Values along a network, a line a network, on a linear or a logarithmic axis. Where there are several steps of training, a slider
 * and a play button walk through them, and a heat map below each other shows all of them at once.
 *
 * @typedef {{name: string, kind: string, ghost: boolean, dash: number, count: number, labels: string[]}} Line
 * @typedef {{name: string, log: boolean, mark: number | null, unit: boolean}} View
 * @typedef {{lines: Line[], views: View[], steps: number[], ticks: [number, string][], axis: string, words: Record<string, string>}} About
 */

import { BOTTOM, DASHES, LEFT, TOP, endLabels, legend, rightOf, sheet, tone } from "../shared/lines.js"
import { clamp, colourAt, make, paintScale } from "../shared/paint.js"

const PLAY_EVERY = 350 // milliseconds: a jump, then time to look
const ROW = 4 // pixels of a step in the heat map
/** One per mounted component. @type {WeakMap<HTMLElement, any>} */
const memory = new WeakMap()

/** @param {{data: {about: About, values: any, colours: any}, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".profiles")
  const state = memory.get(root) ?? { show: 0, step: null, at: null }
  memory.set(root, state)
  unpack(state, data)
  if (state.shape !== shapeOf(data.about)) build(root, state)
  words(state)
  paint(state)
  state.observer ??= new ResizeObserver(() => paint(state))
  state.observer.observe(root)
  return () => {
    state.observer.disconnect()
    pause(state)
  }
}

const shapeOf = (about) => `${about.views.map((view) => view.name)}/${about.steps.length > 1}`

function unpack(state, data) {
  const about = (state.about = data.about)
  const all = data.values.getChildAt(0).toArray()
  state.colours = data.colours.getChildAt(0).toArray()
  let at = 0
  const take = (count) => all.subarray(at, (at += count))
  const places = about.lines.map((line) => take(line.count))
  const values = about.views.map(() => about.lines.map((line) => about.steps.map(() => take(line.count))))
  state.lines = about.lines.map((line, i) => ({ ...line, x: places[i], values: values.map((view) => view[i]) }))
  state.step = Math.min(state.step ?? about.steps.length - 1, about.steps.length - 1)
  state.show = Math.min(state.show, about.views.length - 1)
  state.range = about.views.map((view, v) => rangeOf(view, state.lines.flatMap((line) => line.values[v])))
}

/** The ends of the axis: whole decades around what is positive, or 0 (or below, where there is less) to a little above the largest. */
function rangeOf(view, rows) {
  let [low, high] = [Infinity, -Infinity]
  for (const row of rows) {
    for (const value of row) {
      if (!Number.isFinite(value) || (view.log && value <= 0)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  if (view.mark !== null) [low, high] = [Math.min(low, view.mark), Math.max(high, view.mark)]
  if (!Number.isFinite(low)) return view.log ? [-1, 1] : [0, 1]
  if (!view.log) return view.unit ? [Math.min(0, Math.floor(low * 4) / 4), Math.max(1, high)] : [Math.min(0, low), high * 1.05]
  const [bottom, top] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  return [bottom, Math.max(top, bottom + 1)]
}

function build(root, state) {
  pause(state)
  const { about } = state
  state.root = root
  state.shape = shapeOf(about)
  state.canvas = make("canvas", { tabIndex: 0 })
  state.canvas.setAttribute("role", "application")
  state.names = make("div", { className: "names" })
  state.read = make("div", { className: "read" })
  state.read.setAttribute("aria-live", "polite")
  state.switch = make("fieldset", { hidden: about.views.length < 2 }, make("legend"))
  about.views.forEach((_view, index) => {
    const input = make("input", { type: "radio", name: "profile", value: index, checked: state.show === index })
    input.onchange = () => {
      state.show = index
      paint(state)
    }
    state.switch.append(make("label", {}, input, make("span", { className: `word-${index}` })))
  })
  state.slider = make("input", { type: "range", min: 0, step: 1 })
  state.slider.oninput = () => {
    state.step = Number(state.slider.value)
    pause(state)
  }
  state.play = make("button", { type: "button", className: "play" })
  state.play.onclick = () => (state.timer ? pause(state) : play(state))
  state.when = make("output")
  const player = make("div", { className: "player", hidden: about.steps.length < 2 }, state.play, state.slider, state.when)
  state.heat = make("div", { className: "heat", hidden: about.steps.length < 2 })
  root.replaceChildren(state.switch, state.canvas, state.names, state.read, player, state.heat)
  state.canvas.onpointermove = (event) => {
    state.at = nearest(state, event.clientX - state.canvas.getBoundingClientRect().left)
    paint(state)
  }
  state.canvas.onpointerleave = () => {
    state.at = null
    paint(state)
  }
  state.canvas.onkeydown = (event) => {
    const last = leader(state).count - 1
    const here = state.at ?? -1
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last }[event.key]
    if (next === undefined) return
    event.preventDefault()
    state.at = Math.max(0, Math.min(last, next))
    paint(state)
  }
}

function words(state) {
  const { about } = state
  const say = about.words
  state.switch.querySelector("legend").textContent = say.profiles_show
  about.views.forEach(({ name }, index) => (state.root.querySelector(`.word-${index}`).textContent = say[`profiles_${name}`]))
  state.canvas.setAttribute("aria-label", say.profiles_label)
  state.slider.setAttribute("aria-label", say.profiles_step)
  state.slider.max = String(about.steps.length - 1)
}

function play(state) {
  if (state.step === state.about.steps.length - 1) state.step = 0
  else state.step += 1
  paint(state)
  state.timer = setInterval(() => {
    state.step += 1
    if (state.step >= state.about.steps.length - 1) pause(state)
    state.step = Math.min(state.step, state.about.steps.length - 1)
    paint(state)
  }, PLAY_EVERY)
  paint(state)
}

function pause(state) {
  clearInterval(state.timer)
  state.timer = 0
  if (state.play) paint(state)
}

/** The line whose places the cursor walks along: the first that has a name. */
const leader = (state) => state.lines.find((line) => !line.ghost) ?? state.lines[0]

const across = (state, place) => LEFT + 8 + place * (state.width - LEFT - 16 - rightOf(state.width))

function nearest(state, x) {
  const places = leader(state).x
  let best = 0
  places.forEach((place, i) => {
    if (Math.abs(across(state, place) - x) < Math.abs(across(state, places[best]) - x)) best = i
  })
  return best
}

function paint(state) {
  const width = state.root.clientWidth
  if (!width || !state.canvas) return
  const start = performance.now()
  const height = Math.round(Math.max(260, Math.min(400, width * 0.4)))
  Object.assign(state, { width, height })
  const { context, style, ink, grid } = sheet(state.root, state.canvas, width, height)
  const view = state.about.views[state.show]
  const [low, high] = state.range[state.show]
  const scale = (value) => (view.log ? (value > 0 ? Math.log10(value) : low) : value)
  const down = (value) => height - BOTTOM - ((Math.max(low, Math.min(high, scale(value))) - low) / (high - low)) * (height - TOP - BOTTOM)
  axes(state, context, { ink, grid, low, high, view, down })
  const labels = []
  const order = [...state.lines].sort((a, b) => Number(b.ghost) - Number(a.ghost))
  for (const line of order) {
    const values = line.values[state.show][state.step]
    context.strokeStyle = tone(style, line.kind)
    context.globalAlpha = line.ghost ? 0.35 : 1
    context.lineWidth = line.ghost ? 1.5 : 3
    context.lineJoin = "round"
    context.setLineDash(DASHES[line.dash % DASHES.length])
    context.beginPath()
    let pen = false
    let end = null
    for (let i = 0; i < line.count; i++) {
      if (!Number.isFinite(values[i])) {
        pen = false
        continue
      }
      end = [across(state, line.x[i]), down(values[i])]
      context[pen ? "lineTo" : "moveTo"](...end)
      pen = true
    }
    context.stroke()
    if (end && !line.ghost) labels.push({ text: line.name, x: end[0], y: end[1], colour: context.strokeStyle, dash: DASHES[line.dash % DASHES.length] })
  }
  context.globalAlpha = 1
  context.setLineDash([])
  if (width >= 520) endLabels(context, labels, width - rightOf(width) + 8, height - BOTTOM + 4)
  legend(state.names, width < 520 ? labels : [])
  cursor(state, context, { ink, style, down })
  player(state)
  performance.measure("profiles-paint", { start, end: performance.now() })
}

function axes(state, context, { ink, grid, low, high, view, down }) {
  const { width, height, about } = state
  const right = width - rightOf(width)
  context.lineWidth = 1
  context.fillStyle = ink
  context.textAlign = "right"
  const rule = (value, text, colour, dash = []) => {
    context.strokeStyle = colour
    context.setLineDash(dash)
    context.beginPath()
    context.moveTo(LEFT, down(value))
    context.lineTo(right, down(value))
    context.stroke()
    context.setLineDash([])
    if (text) context.fillText(text, LEFT - 8, down(value))
  }
  if (view.log) {
    const every = Math.max(1, Math.ceil((high - low) / 7))
    for (let power = low; power <= high; power += every) rule(10 ** power, power === 0 ? "1" : power === 1 ? "10" : `10${raised(power)}`, grid)
  } else {
    const span = high - low
    const every = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100].find((size) => span / size <= 6) ?? span / 4
    for (let value = Math.ceil(low / every) * every; value <= high + 1e-9; value += every) {
      rule(value, String(Math.round(value * 100) / 100).replace("-", "−"), grid)
    }
  }
  if (view.mark !== null) {
    rule(view.mark, "", ink, [2, 4])
    context.globalAlpha = 0.85
    const top = down(view.mark) < TOP + 20 // then there is room only below, and only where lines start
    context.textAlign = top ? "left" : "right"
    context.fillText(about.words[`profiles_mark_${view.name}`], top ? LEFT + 12 : right - 6, down(view.mark) + (top ? 13 : -11))
    context.globalAlpha = 1
  }
  context.textAlign = "center"
  for (const [place, text] of about.ticks) context.fillText(text, across(state, place), height - BOTTOM + 14)
  context.textAlign = "left"
  context.fillText(about.words[`profiles_axis_${about.axis}`], LEFT, height - 9)
}

const raised = (power) => [...String(power)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("")

/** A value as people read it: 0.031, 4.2, 1.3·10⁻⁷. */
function readable(value) {
  if (!Number.isFinite(value)) return "–"
  const size = Math.abs(value)
  if (size === 0) return "0"
  if (size >= 1e-3 && size < 1e4) return String(Number(value.toPrecision(3))).replace("-", "−")
  const power = Math.floor(Math.log10(size))
  return `${(value / 10 ** power).toFixed(1)}·10${raised(power)}`
}

function cursor(state, context, { ink, style, down }) {
  const { about } = state
  const first = leader(state)
  if (state.at === null || state.at >= first.count) {
    state.read.textContent = about.words.profiles_hint
    return
  }
  const place = first.x[state.at]
  const x = across(state, place)
  context.strokeStyle = ink
  context.globalAlpha = 0.5
  context.beginPath()
  context.moveTo(x, TOP)
  context.lineTo(x, state.height - BOTTOM)
  context.stroke()
  context.globalAlpha = 1
  const parts = state.lines.filter((line) => !line.ghost).map((line) => {
    let i = 0
    line.x.forEach((p, j) => {
      if (Math.abs(p - place) < Math.abs(line.x[i] - place)) i = j
    })
    const value = line.values[state.show][state.step][i]
    context.fillStyle = tone(style, line.kind)
    context.beginPath()
    context.arc(across(state, line.x[i]), down(value), 4, 0, 7)
    context.fill()
    const where = line.labels[i] === first.labels[state.at] ? "" : ` (${line.labels[i]})`
    return `${line.name} ${readable(value)}${where}`
  })
  state.read.textContent = `${first.labels[state.at]}: ${parts.join(" · ")}`
}

// Steps of training

function player(state) {
  const { about } = state
  if (about.steps.length < 2) return
  state.slider.value = String(state.step)
  state.play.textContent = state.timer ? "❚❚" : "▶"
  state.play.setAttribute("aria-label", about.words[state.timer ? "profiles_pause" : "profiles_play"])
  const told = about.words.profiles_when.replace("{step}", about.steps[state.step].toLocaleString(document.documentElement.lang || "en"))
  state.when.textContent = told
  state.slider.setAttribute("aria-valuetext", told)
  heat(state)
}

/** All steps at once: a strip a line, the network from left to right, steps downwards, one colour scale for all. */
function heat(state) {
  const lines = state.lines.filter((line) => !line.ghost)
  const key = `${state.show}/${lines.map((line) => line.name)}/${state.about.steps.length}`
  const [low, high] = state.range[state.show]
  const { log } = state.about.views[state.show]
  if (state.heated !== key || state.heatOf !== state.lines) {
    state.heated = key
    state.heatOf = state.lines
    state.heat.replaceChildren(
      ...lines.map((line) => {
        const canvas = make("canvas", { width: line.count, height: state.about.steps.length })
        canvas.setAttribute("role", "img")
        const context = canvas.getContext("2d")
        const pixels = context.createImageData(canvas.width, canvas.height)
        const dots = new Uint32Array(pixels.data.buffer)
        line.values[state.show].forEach((row, s) =>
          row.forEach((value, i) => {
            const unit = ((log ? (value > 0 ? Math.log10(value) : low) : value) - low) / (high - low)
            dots[s * line.count + i] = colourAt(state.colours, unit)
          }),
        )
        context.putImageData(pixels, 0, 0)
        canvas.style.height = `${state.about.steps.length * ROW}px`
        const frame = make("div", { className: "strip" }, canvas, make("i"))
        frame.onclick = (event) => {
          pause(state)
          const box = canvas.getBoundingClientRect()
          state.step = clamp(Math.floor(((event.clientY - box.top) / box.height) * state.about.steps.length), state.about.steps.length)
          paint(state)
        }
        canvas.setAttribute("aria-label", `${line.name}: ${state.about.words.profiles_heat}`)
        return make("figure", {}, make("figcaption", { textContent: `${line.name} · ${state.about.words.profiles_heat}` }), frame)
      }),
    )
    const bar = make("canvas", { width: 128, height: 1, className: "scale" })
    bar.setAttribute("aria-hidden", "true")
    paintScale(bar, state.colours)
    const end = (value) => (log ? `10${raised(value)}` : readable(value))
    state.heat.append(make("div", { className: "legend" }, end(low), bar, end(high)))
  }
  for (const mark of state.heat.querySelectorAll("i")) mark.style.top = `${state.step * ROW}px`
}
