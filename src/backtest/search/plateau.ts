/**
 * A set is worth what its neighbours are worth: a peak that stands alone is luck. On a grid the neighbours are the sets
 * one place away in every combination of parameters; elsewhere the nearest sets that were tried.
 */
import { countOf, type Point, pointKey, type Space, shareOf, valueAt } from './space.ts'

export interface Scored {
  readonly point: Point
  /** Larger is better; null = failed or not allowed. */
  readonly score: number | null
}

/** Neighbours in a space that cannot be counted: 2 for each parameter, at least this many. */
const NEAREST_MIN = 4
/** Above this many trials only the best are judged: nearest neighbours cost a pass over all trials each. */
const JUDGED_MAX = 500

/**
 * For each trial the mean of its score and the scores of its neighbours; a neighbour that failed counts as the worst score
 * of all. Null: it failed itself, has no neighbour, or is not among the best of a long list.
 */
export function plateauScores(space: Space, trials: readonly Scored[]): readonly (number | null)[] {
  const known = trials.flatMap(({ score }) => (score === null ? [] : [score]))
  const worst = known.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY)
  const isGrid = space.every((dimension) => countOf(dimension) !== null)
  const neighbours = isGrid ? gridNeighbours(space, trials) : nearestNeighbours(space, trials)
  const judged = isGrid ? null : bestOf(trials)
  return trials.map(({ score }, index) => {
    if (score === null || (judged !== null && !judged.has(index))) return null
    const around = neighbours(index)
    if (around.length === 0) return null
    const sum = around.reduce((all, other) => all + (trials[other]?.score ?? worst), score)
    return sum / (around.length + 1)
  })
}

function bestOf(trials: readonly Scored[]): ReadonlySet<number> {
  const order = [...trials.keys()]
    .filter((index) => trials[index]?.score !== null)
    .toSorted((a, b) => (trials[b]?.score ?? 0) - (trials[a]?.score ?? 0) || a - b)
  return new Set(order.slice(0, JUDGED_MAX))
}

type Neighbours = (index: number) => readonly number[]

/** One place away in any parameters with an order; every other value of a list of words. */
function gridNeighbours(space: Space, trials: readonly Scored[]): Neighbours {
  const indexes = new Map(trials.map(({ point }, index) => [pointKey(point), index]))
  return (index) => {
    const point = trials[index]?.point ?? []
    const around: number[] = []
    for (const key of keysAround(space, point)) {
      const other = indexes.get(key)
      if (other !== undefined && other !== index) around.push(other)
    }
    return around
  }
}

function keysAround(space: Space, point: Point): readonly string[] {
  const choices = space.map((dimension, index) => {
    const value = point[index] ?? ''
    const count = countOf(dimension) ?? 1
    const isOrdered =
      dimension.kind === 'range' || dimension.values.every((one) => typeof one === 'number')
    if (!isOrdered) return dimension.kind === 'list' ? dimension.values : [value]
    const place = Math.floor(shareOf(dimension, value) * count)
    const places = [place - 1, place, place + 1].filter((one) => one >= 0 && one < count)
    return places.map((one) => valueAt(dimension, one))
  })
  return choices
    .reduce<readonly Point[]>(
      (points, values) => points.flatMap((before) => values.map((value) => [...before, value])),
      [[]],
    )
    .map(pointKey)
}

function nearestNeighbours(space: Space, trials: readonly Scored[]): Neighbours {
  const count = Math.max(NEAREST_MIN, 2 * space.length)
  const shares = trials.map(({ point }) =>
    space.map((dimension, index) => shareOf(dimension, point[index] ?? '')),
  )
  const distance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, share, index) => sum + (share - (b[index] ?? 0)) ** 2, 0)
  return (index) =>
    shares
      .map((other, at) => [at, distance(shares[index] ?? [], other)] as const)
      .filter(([at]) => at !== index)
      .toSorted((a, b) => a[1] - b[1] || a[0] - b[0])
      .slice(0, count)
      .map(([at]) => at)
}

/** A heat map over two parameters: for each pair of values the best score over all others, null where nothing ran. */
export interface HeatMap {
  readonly x: { readonly key: string; readonly values: readonly (string | number | boolean)[] }
  readonly y: { readonly key: string; readonly values: readonly (string | number | boolean)[] }
  /** cells[row of y][column of x]. */
  readonly cells: readonly (readonly (number | null)[])[]
  /** What each cell is the average of, with its neighbours in the map. */
  readonly plateau: readonly (readonly (number | null)[])[]
}

/** More values of one parameter are put together into so many classes. */
const CLASSES_MAX = 40

/** The map over two dimensions of the space. @param value what is shown of a trial, null = nothing */
export function heatMap(
  space: Space,
  [across, down]: readonly [number, number],
  trials: readonly Scored[],
): HeatMap {
  const x = classesOf(space, across)
  const y = classesOf(space, down)
  const cells: (number | null)[][] = y.values.map(() => x.values.map(() => null))
  for (const { point, score } of trials) {
    const row = cells[y.classOf(point)]
    const column = x.classOf(point)
    if (row === undefined || score === null) continue
    row[column] = Math.max(row[column] ?? Number.NEGATIVE_INFINITY, score)
  }
  const named = ({ key, values }: Classes) => ({ key, values })
  return { x: named(x), y: named(y), cells, plateau: smoothed(cells) }
}

interface Classes {
  readonly key: string
  readonly values: readonly (string | number | boolean)[]
  classOf(point: Point): number
}

function classesOf(space: Space, index: number): Classes {
  const dimension = space[index]
  if (dimension === undefined) return { key: '', values: [], classOf: () => -1 }
  const count = countOf(dimension)
  const classes = Math.min(count ?? CLASSES_MAX / 2, CLASSES_MAX)
  const classOf = (point: Point) =>
    Math.min(classes - 1, Math.max(0, Math.floor(shareOf(dimension, point[index] ?? '') * classes)))
  if (count !== null && count <= CLASSES_MAX) {
    const values = Array.from({ length: count }, (_, place) => valueAt(dimension, place))
    return { key: dimension.key, values, classOf }
  }
  const values = Array.from({ length: classes }, (_, place) =>
    middleOf(dimension, (place + 0.5) / classes),
  )
  return { key: dimension.key, values, classOf }
}

function middleOf(dimension: Space[number], share: number): number {
  if (dimension.kind === 'list') return share
  const { from, to, scale } = dimension
  const value = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share
  return Number(value.toPrecision(4))
}

function smoothed(cells: readonly (readonly (number | null)[])[]): (number | null)[][] {
  return cells.map((row, y) =>
    row.map((own, x) => {
      if (own === null) return null
      const around: number[] = []
      for (let dy = -1; dy <= 1; dy += 1)
        for (let dx = -1; dx <= 1; dx += 1) {
          const value = cells[y + dy]?.[x + dx]
          if (value !== undefined && value !== null) around.push(value)
        }
      return around.reduce((sum, value) => sum + value, 0) / around.length
    }),
  )
}
