/** Pictures of a search as SVG: the heat map of two parameters and the scatter of two objectives. */
import { escapeHtml, ticks } from '../chart.ts'
import { numberText } from '../report-figures.ts'
import type { HeatMap } from './plateau.ts'

const WIDTH = 1060
const LEFT = 110
const TOP = 12
const BOTTOM = 46

const short = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 4 })

/** How values of a map become colours. */
interface Shades {
  /** From 0 (bad) over 0.5 (pale) to 1 (good). */
  shareOf(value: number): number
  /** What the colours mean. */
  readonly note: string
}

/**
 * Green and red part at 0 where the figure can be below it: the best of a map of losses is a loss. Else from the worst of the
 * map to its best.
 * @param cells scores, larger is better
 * @param sign −1 where less is better: the note shows the figure itself
 */
export function shadesOf(cells: HeatMap['cells'], isSigned: boolean, sign: number): Shades {
  const known = cells.flat().filter((value) => value !== null)
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (isSigned) {
    const reach = Math.max(Math.abs(low), Math.abs(high))
    const [green, red] = sign > 0 ? ['above', 'below'] : ['below', 'above']
    return {
      shareOf: (value) => (reach > 0 ? 0.5 + value / reach / 2 : 0.5),
      note: `green: ${green} 0, red: ${red} 0, the deeper the further from it (deepest at ${numberText(reach, 2)})`,
    }
  }
  const [worst, best] = [low, high].map((value) => numberText(value * sign, 2))
  return {
    shareOf: (value) => (high > low ? (value - low) / (high - low) : 1),
    note: `from red, the worst of this map (${worst}), to green, its best (${best})`,
  }
}

/** Colour from bad over the middle (pale) to good, by CSS variables of the page. */
function cellColour(share: number): string {
  const tone = share >= 0.5 ? '--good-rgb' : '--bad-rgb'
  const depth = Math.abs(share - 0.5) * 2
  return `rgba(var(${tone}),${(0.08 + 0.82 * depth).toFixed(3)})`
}

/** @param sign −1 where less is better: labels show the figure itself */
export function heatMapSvg(
  map: HeatMap,
  cells: HeatMap['cells'],
  title: string,
  sign: number,
  { shareOf }: Shades,
): string {
  if (cells.flat().every((value) => value === null)) return '<p class="note">nothing to show</p>'
  const width = (WIDTH - LEFT - 14) / Math.max(1, map.x.values.length)
  const height = Math.max(16, Math.min(40, 420 / Math.max(1, map.y.values.length)))
  const bottom = TOP + height * map.y.values.length
  const hasText = width > 44
  const parts = cells.flatMap((row, y) =>
    row.map((value, x) => {
      // The first value of y stands at the bottom, as on any chart.
      const [left, top] = [LEFT + x * width, bottom - (y + 1) * height]
      const shape = `x="${fixed(left + 1)}" y="${fixed(top + 1)}" width="${fixed(width - 2)}" height="${fixed(height - 2)}" rx="3"`
      const name = `${map.x.key} ${map.x.values[x]}, ${map.y.key} ${map.y.values[y]}`
      if (value === null)
        return `<rect ${shape} fill="var(--grid)"><title>${escapeHtml(name)}: nothing allowed</title></rect>`
      const text = numberText(value * sign, 2)
      const label = hasText
        ? `<text x="${fixed(left + width / 2)}" y="${fixed(top + height / 2)}" dy="0.35em" text-anchor="middle" style="fill:var(--text)">${text}</text>`
        : ''
      return `<rect ${shape} style="fill:${cellColour(shareOf(value))}"><title>${escapeHtml(`${name}: ${text}`)}</title></rect>${label}`
    }),
  )
  parts.push(...axisLabels(map, width, height, bottom))
  return `<svg viewBox="0 0 ${WIDTH} ${fixed(bottom + BOTTOM)}" style="min-width:640px" role="img" aria-label="${escapeHtml(title)}">${parts.join('')}</svg>`
}

function axisLabels(
  map: HeatMap,
  width: number,
  height: number,
  bottom: number,
): readonly string[] {
  const stepX = Math.max(1, Math.ceil(46 / width))
  const stepY = Math.max(1, Math.ceil(14 / height))
  const across = map.x.values.map((value, x) =>
    x % stepX === 0
      ? `<text x="${fixed(LEFT + (x + 0.5) * width)}" y="${fixed(bottom + 16)}" text-anchor="middle">${escapeHtml(String(value))}</text>`
      : '',
  )
  const down = map.y.values.map((value, y) =>
    y % stepY === 0
      ? `<text x="${LEFT - 8}" y="${fixed(bottom - (y + 0.5) * height)}" dy="0.35em" text-anchor="end">${escapeHtml(String(value))}</text>`
      : '',
  )
  return [
    ...across,
    ...down,
    `<text x="${fixed((LEFT + WIDTH - 14) / 2)}" y="${fixed(bottom + 38)}" text-anchor="middle">${escapeHtml(map.x.key)}</text>`,
    `<text transform="translate(14 ${fixed((TOP + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escapeHtml(map.y.key)}</text>`,
  ]
}

export interface ScatterPoint {
  readonly x: number
  readonly y: number
  readonly isFront: boolean
  readonly name: string
}

const SCATTER_HEIGHT = 380
/** Points besides the front; more make the file large and the picture no better. */
const POINTS_MAX = 3_000

/** Two objectives of all trials; the front is marked and joined. */
export function scatterSvg(points: readonly ScatterPoint[], xName: string, yName: string): string {
  if (points.length === 0) return '<p class="note">nothing to show</p>'
  const xs = span(points.map(({ x }) => x))
  const ys = span(points.map(({ y }) => y))
  const bottom = SCATTER_HEIGHT - BOTTOM
  const atX = (x: number) => fixed(LEFT + ((x - xs[0]) / (xs[1] - xs[0])) * (WIDTH - LEFT - 20))
  const atY = (y: number) => fixed(bottom - ((y - ys[0]) / (ys[1] - ys[0])) * (bottom - TOP))
  const front = points.filter(({ isFront }) => isFront).toSorted((a, b) => a.x - b.x)
  const others = points.filter(({ isFront }) => !isFront)
  const step = Math.max(1, Math.ceil(others.length / POINTS_MAX))
  const dots = others
    .filter((_, index) => index % step === 0)
    .map(
      ({ x, y }) =>
        `<circle cx="${atX(x)}" cy="${atY(y)}" r="2.5" style="fill:var(--hold);opacity:.45"/>`,
    )
  const line = front.map(({ x, y }) => `${atX(x)},${atY(y)}`).join(' ')
  const marks = front.map(
    ({ x, y, name }) =>
      `<circle cx="${atX(x)}" cy="${atY(y)}" r="5" style="fill:var(--accent)"><title>${escapeHtml(name)}</title></circle>`,
  )
  const grid = [
    ...ticks(ys[0], ys[1], 7).map(
      (value) =>
        `<line class="tick" x1="${LEFT}" x2="${WIDTH - 20}" y1="${atY(value)}" y2="${atY(value)}"/><text x="${LEFT - 8}" y="${atY(value)}" dy="0.35em" text-anchor="end">${short(value)}</text>`,
    ),
    ...ticks(xs[0], xs[1], 8).map(
      (value) =>
        `<text x="${atX(value)}" y="${bottom + 16}" text-anchor="middle">${short(value)}</text>`,
    ),
    `<text x="${(LEFT + WIDTH) / 2}" y="${bottom + 38}" text-anchor="middle">${escapeHtml(xName)}</text>`,
    `<text transform="translate(14 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yName)}</text>`,
  ]
  return `<svg viewBox="0 0 ${WIDTH} ${SCATTER_HEIGHT}" style="min-width:640px" role="img" aria-label="${escapeHtml(`${yName} against ${xName}`)}">${[...grid, ...dots, `<polyline class="equity" points="${line}"/>`, ...marks].join('')}</svg>`
}

function span(values: readonly number[]): readonly [number, number] {
  const low = values.reduce((least, value) => Math.min(least, value))
  const high = values.reduce((most, value) => Math.max(most, value))
  const margin = high > low ? (high - low) * 0.04 : 1
  return [low - margin, high + margin]
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)
