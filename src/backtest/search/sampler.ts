/** Which sets of parameters a search tries, batch by batch: the grid, at random, or by what was learnt (tpe.ts). */
import { SeededRandom } from './random.ts'
import {
  gridPoint,
  gridSize,
  type Point,
  pointKey,
  type Space,
  SpaceError,
  valueAtShare,
} from './space.ts'

/**
 * Proposes sets; what it proposes hangs on the seed and on the scores told so far alone, so that a search goes the same
 * way on any number of workers and after a resume: every batch is told before the next is asked for.
 */
export interface Sampler {
  /** How many sets it will propose at most. */
  readonly total: number
  /** The next sets; none = it has no more. */
  propose(): readonly Point[]
  /** Whether it wants to be told. */
  readonly learns: boolean
  /** Scores of all sets proposed so far, in their order: larger is better, null = failed or not allowed. */
  tell(scores: readonly (number | null)[]): void
}

export type SamplerName = 'grid' | 'random' | 'tpe'

export const samplerNames: readonly SamplerName[] = ['grid', 'random', 'tpe']

/** Of the grid and at random: nothing is learnt, so a batch is as long as memory likes. */
const BATCH = 4_096
/** A grid of more sets would neither end nor fit the memory. */
const SETS_MAX = 1_000_000
/** Draws of one set until it is new; a small space is used up then. */
const DRAWS_MAX = 200

/** Every set of the grid in order, the last parameter fastest. */
export class GridSampler implements Sampler {
  readonly total: number
  readonly learns = false
  readonly #space: Space
  #next = 0

  /** @throws SpaceError when a range has no step */
  constructor(space: Space) {
    const size = gridSize(space)
    if (size === null) {
      const key = space.find((one) => one.kind === 'range' && one.step === null)?.key ?? ''
      throw new SpaceError(
        `a grid cannot count the values of ${key}: give a step, e.g. ${key}=1..10:0.5, or use --sampler random or tpe`,
      )
    }
    if (size > SETS_MAX)
      throw new SpaceError(
        `the grid has ${size.toLocaleString('en-US')} sets, more than ${SETS_MAX.toLocaleString('en-US')}: take larger steps, or --sampler random or tpe with --trials`,
      )
    this.#space = space
    this.total = size
  }

  propose(): readonly Point[] {
    const length = Math.min(BATCH, this.total - this.#next)
    const first = this.#next
    this.#next += length
    return Array.from({ length }, (_, index) => gridPoint(this.#space, first + index))
  }

  tell(): void {}
}

/** Draws of a space without a set twice. */
export class FreshDraws {
  readonly #space: Space
  readonly #seen = new Set<string>()

  constructor(space: Space) {
    this.#space = space
  }

  /** The first new one of what `draw` gives; null when there is nothing new. */
  take(draw: () => Point): Point | null {
    for (let turn = 0; turn < DRAWS_MAX; turn += 1) {
      const point = draw()
      const key = pointKey(point)
      if (this.#seen.has(key)) continue
      this.#seen.add(key)
      return point
    }
    return null
  }

  uniform(random: SeededRandom): Point | null {
    return this.take(() => uniformPoint(this.#space, random))
  }
}

export const uniformPoint = (space: Space, random: SeededRandom): Point =>
  space.map((dimension) => valueAtShare(dimension, random.next()))

/** Sets drawn evenly over the space (over the logarithm of a logarithmic range), none twice. */
export class RandomSampler implements Sampler {
  readonly total: number
  readonly learns = false
  readonly #random: SeededRandom
  readonly #draws: FreshDraws
  #left: number

  constructor(space: Space, trials: number, seed: number) {
    this.total = Math.min(trials, gridSize(space) ?? trials)
    this.#left = this.total
    this.#random = new SeededRandom(seed)
    this.#draws = new FreshDraws(space)
  }

  propose(): readonly Point[] {
    const points: Point[] = []
    while (points.length < BATCH && this.#left > 0) {
      const point = this.#draws.uniform(this.#random)
      if (point === null) {
        this.#left = 0
        break
      }
      this.#left -= 1
      points.push(point)
    }
    return points
  }

  tell(): void {}
}
