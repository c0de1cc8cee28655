/**
 * Tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011, section 4. The sets tried so far are split at a quantile into the good ones, density l(x),
 * and the others, density g(x); of some draws from l the one with the largest l(x) / g(x), hence the largest expected
 * improvement, is tried next. Each parameter has a density of its own: a mixture of normal distributions around the
 * values tried, cut off at the ends and mixed with an even prior, each as wide as the larger distance to a neighbour;
 * for a list the counts of its values plus one. Split at the paper's quantile γ = 0.15, at most 25 sets.
 */
import { normalCumulative as cumulative } from './normal.ts'
import { SeededRandom } from './random.ts'
import { FreshDraws, type Sampler, uniformPoint } from './sampler.ts'
import {
  type Dimension,
  gridSize,
  type ListDimension,
  type Point,
  type Space,
  shareOf,
  valueAtShare,
} from './space.ts'

/** Sets of one batch: the same on any number of workers. */
const BATCH = 16
/** Drawn evenly before anything is learnt. */
const STARTUP = 32
/** Draws from the good ones of which the best is taken. */
const CANDIDATES = 24
const GOOD_SHARE = 0.15
const GOOD_MAX = 25
/** The narrowest bell, as a share of a range of which n values are known: 1 / min(100, n + 2). */
const NARROWEST = 100
/** Every so many-th set of a batch is drawn evenly, so that no place is forgotten for ever. */
const EVEN_EVERY = 8

interface Tried {
  readonly point: Point
  readonly score: number | null
}

/** Draws from a density of one parameter and tells how dense it is there; both by the share of the dimension. */
interface Density {
  draw(random: SeededRandom): number
  at(share: number): number
}

export class TpeSampler implements Sampler {
  readonly total: number
  readonly learns = true
  readonly #space: Space
  readonly #random: SeededRandom
  readonly #draws: FreshDraws
  readonly #proposed: Point[] = []
  #tried: readonly Tried[] = []
  #left: number

  constructor(space: Space, trials: number, seed: number) {
    this.#space = space
    this.total = Math.min(trials, gridSize(space) ?? trials)
    this.#left = this.total
    this.#random = new SeededRandom(seed)
    this.#draws = new FreshDraws(space)
  }

  propose(): readonly Point[] {
    const isLearning = this.#tried.length >= STARTUP
    const densities = isLearning ? this.#densities() : null
    const points: Point[] = []
    while (points.length < BATCH && this.#left > 0) {
      const isEven = densities === null || points.length % EVEN_EVERY === EVEN_EVERY - 1
      const point =
        (isEven ? null : this.#draws.take(() => this.#promising(densities))) ??
        this.#draws.uniform(this.#random)
      if (point === null) {
        this.#left = 0
        break
      }
      this.#left -= 1
      points.push(point)
    }
    this.#proposed.push(...points)
    return points
  }

  tell(scores: readonly (number | null)[]): void {
    this.#tried = this.#proposed.map((point, index) => ({ point, score: scores[index] ?? null }))
  }

  #densities(): readonly (readonly [Density, Density])[] {
    const order = this.#tried.toSorted(byScore)
    const good = Math.min(GOOD_MAX, Math.ceil(order.length * GOOD_SHARE))
    return this.#space.map((dimension, index) => {
      const valuesOf = (part: readonly Tried[]) =>
        part.map(({ point }) => shareOf(dimension, point[index] ?? ''))
      return [
        densityOf(dimension, valuesOf(order.slice(0, good))),
        densityOf(dimension, valuesOf(order.slice(good))),
      ] as const
    })
  }

  /** Of some draws from the good ones the one that is good most surely; each parameter by itself. */
  #promising(densities: readonly (readonly [Density, Density])[] | null): Point {
    if (densities === null) return uniformPoint(this.#space, this.#random)
    return this.#space.map((dimension, index) => {
      const [good, others] = densities[index] as readonly [Density, Density]
      let [best, bestRatio] = [0, Number.NEGATIVE_INFINITY]
      for (let turn = 0; turn < CANDIDATES; turn += 1) {
        const share = good.draw(this.#random)
        const ratio = Math.log(good.at(share)) - Math.log(others.at(share))
        if (ratio > bestRatio) [best, bestRatio] = [share, ratio]
      }
      return valueAtShare(dimension, best)
    })
  }
}

/** The best first; what failed or is not allowed last, otherwise in the order of trying. */
const byScore = (a: Tried, b: Tried): number =>
  (b.score ?? Number.NEGATIVE_INFINITY) === (a.score ?? Number.NEGATIVE_INFINITY)
    ? 0
    : (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY)

function densityOf(dimension: Dimension, shares: readonly number[]): Density {
  return dimension.kind === 'list' ? new Counted(dimension, shares) : new Mixture(shares)
}

/** Values of a list: how often each was tried, plus one. */
class Counted implements Density {
  readonly #weights: readonly number[]
  readonly #sum: number

  constructor({ values }: ListDimension, shares: readonly number[]) {
    const weights = values.map(() => 1)
    for (const share of shares) {
      const place = Math.min(values.length - 1, Math.floor(share * values.length))
      weights[place] = (weights[place] ?? 0) + 1
    }
    this.#weights = weights
    this.#sum = weights.reduce((sum, one) => sum + one, 0)
  }

  draw(random: SeededRandom): number {
    let left = random.next() * this.#sum
    const found = this.#weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    const place = found < 0 ? this.#weights.length - 1 : found
    return (place + 0.5) / this.#weights.length
  }

  at(share: number): number {
    const place = Math.min(this.#weights.length - 1, Math.floor(share * this.#weights.length))
    return (this.#weights[place] ?? 0) / this.#sum
  }
}

/** Bells around the values tried, cut off at 0 and 1, and one wide bell in the middle as the prior. */
class Mixture implements Density {
  readonly #centres: readonly number[]
  readonly #widths: readonly number[]
  /** What of each bell lies between 0 and 1. */
  readonly #inside: readonly number[]

  constructor(shares: readonly number[]) {
    const sorted = [...shares, 0.5].toSorted((a, b) => a - b)
    const narrowest = 1 / Math.min(NARROWEST, sorted.length + 1)
    const prior = sorted.indexOf(0.5)
    this.#centres = sorted
    this.#widths = sorted.map((centre, index) => {
      if (index === prior) return 1
      const left = centre - (sorted[index - 1] ?? 0)
      const right = (sorted[index + 1] ?? 1) - centre
      return Math.min(1, Math.max(narrowest, left, right))
    })
    this.#inside = sorted.map((centre, index) => {
      const width = this.#widths[index] ?? 1
      return cumulative((1 - centre) / width) - cumulative(-centre / width)
    })
  }

  draw(random: SeededRandom): number {
    const index = random.below(this.#centres.length)
    const [centre, width] = [this.#centres[index] ?? 0.5, this.#widths[index] ?? 1]
    for (;;) {
      const share = centre + width * random.normal()
      if (share >= 0 && share < 1) return share
    }
  }

  at(share: number): number {
    let sum = 0
    for (let index = 0; index < this.#centres.length; index += 1) {
      const width = this.#widths[index] ?? 1
      const distance = (share - (this.#centres[index] ?? 0)) / width
      sum += Math.exp(-0.5 * distance * distance) / (width * (this.#inside[index] ?? 1))
    }
    return sum / this.#centres.length
  }
}
