/** Stores the state of an instance and compares its books: with those of the desk, and with what its strategy counts. */
import { disagreementsOf } from '../engine/instance.ts'
import type { Logger } from '../ports/logger.ts'
import type { Welcome } from './bot-leg.ts'
import type { InstanceKeeper } from './instance-keeper.ts'

export class StateKeeping {
  readonly #keeper: InstanceKeeper
  readonly #logger: Logger
  readonly #isLockstep: () => boolean
  #isUnsaved = false
  #disagreements = ''

  /** @param isLockstep in a market of steps a step that is not stored must not be answered */
  constructor(keeper: InstanceKeeper, logger: Logger, isLockstep: () => boolean) {
    this.#keeper = keeper
    this.#logger = logger
    this.#isLockstep = isLockstep
  }

  /** The last try to store the state failed; what the desk keeps is not lost by that. */
  get isUnsaved(): boolean {
    return this.#isUnsaved
  }

  everyFewSeconds(): void {
    if (!this.#keeper.isDirty) return
    this.saveIfDirty()
    this.compareBooks()
  }

  /**
   * A full disk does not end a bot of the free pace: what is not stored is fetched again from the desk by sequence number,
   * and the next save tries again.
   * @throws Error in lockstep
   */
  saveIfDirty(): void {
    if (!this.#keeper.isDirty) return
    try {
      this.#keeper.save(this.#keeper.mustBeDurable)
      if (this.#isUnsaved) this.#logger.info('store', 'the state is stored again')
      this.#isUnsaved = false
    } catch (error) {
      if (this.#isLockstep()) throw error
      if (!this.#isUnsaved) this.#logger.error('store', `the state is not stored: ${textOf(error)}`)
      this.#isUnsaved = true
    }
  }

  /** The strategy keeps books of its own: both must say the same, or one of them is wrong. */
  compareBooks(): void {
    const { engine, prices } = this.#keeper
    if (engine === null) return
    const disagreements = disagreementsOf(engine.report(prices)).join('; ')
    if (disagreements !== '' && disagreements !== this.#disagreements) {
      this.#logger.error('instance', `strategy and ledger disagree: ${disagreements}`)
    }
    this.#disagreements = disagreements
  }

  /** After catching up, the books of the bot and those of the desk of a leg must hold the same position. */
  checkPosition(leg: number, welcome: Welcome | null): void {
    const { engine } = this.#keeper
    const lastSeq = this.#keeper.lastSeqOf(leg)
    if (engine === null || welcome === null || lastSeq !== welcome.lastSeq) return
    const own = engine.ledger.holding(leg).position
    const desk = welcome.position
    if (own === desk) return
    this.#logger.error('instance', 'the position of the bot differs from that of the desk', {
      ownLots: own,
      deskLots: desk,
      lastSeq,
      ...(engine.instruments.length === 1 ? {} : { instrument: welcome.instrument.id }),
    })
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
