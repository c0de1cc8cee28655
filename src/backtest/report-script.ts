/**
 * The one script of a report: candles with fills and grid lines on a canvas that zooms and moves. It reads the data that
 * stands in the page as JSON (PriceSeries), knows no network, and leaves the drawn SVG in place where scripts are off.
 */
export const PRICE_SCRIPT = `(() => {
const holder = document.getElementById('price')
const raw = document.getElementById('price-data')
if (!holder || !raw) return
const { scale, candles: k, fills: f, lines } = JSON.parse(raw.textContent)
const n = k.at.length
if (n < 2) return
const canvas = document.createElement('canvas')
const tip = document.createElement('div')
tip.className = 'tip'
canvas.tabIndex = 0
canvas.setAttribute('aria-label', 'price and fills; arrow keys move, + and - zoom')
holder.replaceChildren(canvas, tip)
const pen = canvas.getContext('2d')
const step = (k.at[n - 1] - k.at[0]) / (n - 1)
const first = k.at[0], last = k.at[n - 1] + step
let from = first, to = last, hover = null
const decimals = Math.round(Math.log10(scale))
const text = (v) => (v / scale).toLocaleString('en-US', { maximumFractionDigits: decimals, minimumFractionDigits: Math.min(decimals, 2) })
const LEFT = 78, BOTTOM = 22, TOP = 8, RIGHT = 8
const lower = (list, at) => { let a = 0, b = list.length; while (a < b) { const m = (a + b) >> 1; list[m] < at ? a = m + 1 : b = m } return a }
const nice = (span, count) => { const m = 10 ** Math.floor(Math.log10(span / count)); return [1, 2, 5, 10].map((s) => s * m).find((s) => span / s <= count) || m * 10 }
const SPANS = [60, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 432000, 604800, 1209600, 2592000, 5184000, 7776000, 15552000, 31536000].map((s) => s * 1000)
function bars(width) {
  const a = Math.max(0, lower(k.at, from - step)), b = Math.min(n, lower(k.at, to))
  const size = Math.max(1, Math.ceil((b - a) / Math.max(1, width / 4)))
  const list = []
  for (let i = a; i < b; i += size) {
    const e = Math.min(b, i + size) - 1
    let high = k.high[i], low = k.low[i]
    for (let j = i + 1; j <= e; j++) { if (k.high[j] > high) high = k.high[j]; if (k.low[j] < low) low = k.low[j] }
    list.push({ at: k.at[i], end: k.at[e] + step, open: k.open[i], close: k.close[e], high, low })
  }
  return list
}
let shown = [], xOf = () => 0, yOf = () => 0, size = [0, 0]
function draw() {
  const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1
  const w = box.width, h = box.height
  if (w < 10) return
  size = [w, h]
  canvas.width = w * ratio; canvas.height = h * ratio
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  const css = getComputedStyle(document.documentElement)
  const tone = (name) => css.getPropertyValue(name).trim()
  const inner = w - LEFT - RIGHT
  shown = bars(inner)
  let low = Infinity, high = -Infinity
  for (const b of shown) { low = Math.min(low, b.low); high = Math.max(high, b.high) }
  const pad = (high - low) * 0.05 || 1
  low -= pad; high += pad
  xOf = (at) => LEFT + ((at - from) / (to - from)) * inner
  yOf = (v) => TOP + ((high - v) / (high - low)) * (h - TOP - BOTTOM)
  pen.clearRect(0, 0, w, h)
  pen.font = '11px system-ui, sans-serif'
  pen.textBaseline = 'middle'
  const gap = nice((high - low) / scale, Math.max(3, Math.floor(h / 60))) * scale
  pen.textAlign = 'right'
  for (let v = Math.ceil(low / gap) * gap; v < high; v += gap) {
    pen.fillStyle = tone('--grid'); pen.fillRect(LEFT, Math.round(yOf(v)), inner, 1)
    pen.fillStyle = tone('--soft'); pen.fillText((v / scale).toLocaleString('en-US', { maximumFractionDigits: decimals }), LEFT - 8, yOf(v))
  }
  const span = SPANS.find((s) => (to - from) / s <= inner / 110) || SPANS[SPANS.length - 1]
  pen.textAlign = 'center'
  for (let at = Math.ceil(from / span) * span; at < to; at += span) {
    const d = new Date(at).toISOString(), x = xOf(at)
    if (x < LEFT + 20 || x > w - 34) continue
    pen.fillText(span >= 86400000 ? d.slice(0, 10) : d.slice(5, 16).replace('T', ' '), x, h - 8)
  }
  pen.save()
  pen.beginPath(); pen.rect(LEFT, 0, inner, h - BOTTOM); pen.clip()
  pen.strokeStyle = tone('--rule'); pen.lineWidth = 0.6; pen.setLineDash([3, 3])
  for (const v of lines) { if (v < low || v > high) continue; pen.beginPath(); pen.moveTo(LEFT, yOf(v)); pen.lineTo(w, yOf(v)); pen.stroke() }
  pen.setLineDash([])
  drawCandles(tone, inner)
  drawFills(tone, low, high)
  pen.restore()
  tell()
}
function drawCandles(tone, inner) {
  const wide = Math.max(1, (inner / Math.max(1, shown.length)) * 0.62)
  const up = tone('--price'), down = tone('--price')
  for (const b of shown) {
    const x = (xOf(b.at) + xOf(b.end)) / 2
    pen.fillStyle = b.close >= b.open ? up : down
    pen.globalAlpha = 0.75
    pen.fillRect(x - 0.5, yOf(b.high), 1, Math.max(1, yOf(b.low) - yOf(b.high)))
    const top = yOf(Math.max(b.open, b.close)), tall = Math.max(1, yOf(Math.min(b.open, b.close)) - top)
    if (b.close >= b.open && wide > 3) { pen.globalAlpha = 1; pen.fillStyle = tone('--card'); pen.fillRect(x - wide / 2, top, wide, tall); pen.strokeStyle = up; pen.lineWidth = 1; pen.strokeRect(x - wide / 2 + 0.5, top + 0.5, Math.max(1, wide - 1), Math.max(1, tall - 1)) }
    else pen.fillRect(x - wide / 2, top, wide, tall)
  }
  pen.globalAlpha = 1
}
function drawFills(tone, low, high) {
  const a = lower(f.at, from), b = lower(f.at, to)
  const many = b - a > 400
  const r = many ? (b - a > 4000 ? 1.1 : 1.8) : 4.5
  pen.globalAlpha = many ? (b - a > 4000 ? 0.45 : 0.75) : 1
  const colours = [tone('--bad'), tone('--good')]
  for (let i = a; i < b; i++) {
    if (f.price[i] < low || f.price[i] > high) continue
    const x = xOf(f.at[i]), y = yOf(f.price[i]), bought = f.lots[i] > 0
    pen.fillStyle = colours[bought ? 1 : 0]
    if (many) { pen.fillRect(x - r, y - r, r * 2, r * 2); continue }
    const s = bought ? 1 : -1
    pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x - r, y + s * r * 1.7); pen.lineTo(x + r, y + s * r * 1.7); pen.closePath(); pen.fill()
    pen.strokeStyle = tone('--card'); pen.lineWidth = 1; pen.stroke()
  }
  pen.globalAlpha = 1
}
function tell() {
  if (hover === null) { tip.textContent = ''; return }
  const at = from + ((hover - LEFT) / (size[0] - LEFT - RIGHT)) * (to - from)
  const b = shown.find((one) => one.at <= at && at < one.end)
  if (!b) { tip.textContent = ''; return }
  let bought = 0, sold = 0
  for (let i = lower(f.at, b.at); i < f.at.length && f.at[i] < b.end; i++) f.lots[i] > 0 ? bought++ : sold++
  const fills = bought + sold === 0 ? '' : '\\n' + bought + ' bought, ' + sold + ' sold'
  tip.textContent = new Date(b.at).toISOString().slice(0, 16).replace('T', ' ') + '  open ' + text(b.open) + '  high ' + text(b.high) + '  low ' + text(b.low) + '  close ' + text(b.close) + fills
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--rule'); pen.fillRect(hover, TOP, 1, size[1] - TOP - BOTTOM)
}
let asked = false
const redraw = () => { if (asked) return; asked = true; requestAnimationFrame(() => { asked = false; draw() }) }
function show(a, b) {
  const span = Math.min(last - first, Math.max(step * 12, b - a))
  a = Math.min(Math.max(first, a + (b - a - span) / 2), last - span)
  from = a; to = a + span; redraw()
}
function zoom(factor, x) {
  const share = (x - LEFT) / (size[0] - LEFT - RIGHT), at = from + share * (to - from), span = (to - from) * factor
  show(at - share * span, at + (1 - share) * span)
}
const move = (share) => { const d = share * (to - from); const s = to - from; let a = Math.min(Math.max(first, from + d), last - s); show(a, a + s) }
const middle = () => LEFT + (size[0] - LEFT - RIGHT) / 2
canvas.addEventListener('wheel', (e) => {
  if (!e.ctrlKey && !e.metaKey && document.activeElement !== canvas) return
  e.preventDefault(); zoom(e.deltaY > 0 ? 1.2 : 1 / 1.2, e.offsetX)
}, { passive: false })
const fingers = new Map()
canvas.addEventListener('pointerdown', (e) => { fingers.set(e.pointerId, e.offsetX); canvas.setPointerCapture(e.pointerId) })
canvas.addEventListener('pointermove', (e) => {
  const before = fingers.get(e.pointerId)
  if (before === undefined) { hover = e.offsetX >= LEFT ? e.offsetX : null; redraw(); return }
  if (fingers.size === 1) move(-(e.offsetX - before) / (size[0] - LEFT - RIGHT))
  else {
    const other = [...fingers].find(([id]) => id !== e.pointerId)[1]
    zoom(Math.abs(before - other) / Math.max(8, Math.abs(e.offsetX - other)), (e.offsetX + other) / 2)
  }
  fingers.set(e.pointerId, e.offsetX)
})
for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, (e) => fingers.delete(e.pointerId))
canvas.addEventListener('pointerleave', () => { hover = null; redraw() })
canvas.addEventListener('dblclick', () => show(first, last))
const act = { in: () => zoom(0.6, middle()), out: () => zoom(1 / 0.6, middle()), all: () => show(first, last) }
for (const b of document.querySelectorAll('[data-zoom]')) b.addEventListener('click', () => act[b.dataset.zoom]())
canvas.addEventListener('keydown', (e) => {
  const run = { '+': act.in, '-': act.out, '0': act.all, ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2) }[e.key]
  if (run) { e.preventDefault(); run() }
})
new ResizeObserver(redraw).observe(canvas)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
draw()
})()`
