/** Collects what a strategy reports while it handles one event. */
import type { InstrumentId } from '../domain/instrument.ts'
import type {
  Finish,
  RestingWant,
  TargetWant,
  Wake,
  WantChange,
  Wants,
} from '../domain/strategy.ts'

/** A sentence of the strategy for log and event list. */
export interface Note {
  readonly level: 'info' | 'warn'
  readonly text: string
}

/** What came out of one event. `wakes` is the whole present set when it changed, else null. */
export interface EngineOutput {
  readonly changes: readonly WantChange[]
  readonly wakes: readonly Wake[] | null
  readonly finish: Finish | null
  readonly notes: readonly Note[]
}

/** Most events change nothing: they share this one. */
export const EMPTY_OUTPUT: EngineOutput = Object.freeze({
  changes: Object.freeze([]),
  wakes: null,
  finish: null,
  notes: Object.freeze([]),
})

/**
 * The `out` of Strategy.on. A wake replaces the earlier wake of the same instrument and price (`by`); one without price
 * and time takes it back. Setting a wake that already stands changes nothing.
 */
export class WantsRecorder implements Wants {
  #changes: WantChange[] = []
  #notes: Note[] = []
  #wakes: readonly Wake[]
  #isWakesChanged = false
  #finish: Finish | null = null
  #isTouched = false

  constructor(wakes: readonly Wake[]) {
    this.#wakes = wakes.filter(isArmed)
  }

  /** The wakes that stand now. */
  get wakes(): readonly Wake[] {
    return this.#wakes
  }

  rest(want: RestingWant): void {
    this.#push({ kind: 'rest', want })
  }

  drop(slot: string): void {
    this.#push({ kind: 'drop', slot })
  }

  target(want: TargetWant): void {
    this.#push({ kind: 'target', want })
  }

  dropTarget(instrument: InstrumentId): void {
    this.#push({ kind: 'drop_target', instrument })
  }

  wake(wake: Wake): void {
    const index = this.#wakes.findIndex((w) => w.instrument === wake.instrument && w.by === wake.by)
    const present = this.#wakes[index]
    if (present === undefined ? !isArmed(wake) : isSame(present, wake)) return
    const others = this.#wakes.filter((_, i) => i !== index)
    this.#wakes = isArmed(wake) ? [...others, wake] : others
    this.#isWakesChanged = true
    this.#isTouched = true
  }

  finish(finish: Finish): void {
    this.#finish = finish
    this.#isTouched = true
  }

  note(level: 'info' | 'warn', text: string): void {
    this.#notes.push({ level, text })
    this.#isTouched = true
  }

  /** Everything reported since the last call. */
  take(): EngineOutput {
    if (!this.#isTouched) return EMPTY_OUTPUT
    const output = {
      changes: this.#changes,
      wakes: this.#isWakesChanged ? this.#wakes : null,
      finish: this.#finish,
      notes: this.#notes,
    }
    this.#changes = []
    this.#notes = []
    this.#isWakesChanged = false
    this.#finish = null
    this.#isTouched = false
    return output
  }

  #push(change: WantChange): void {
    this.#changes.push(change)
    this.#isTouched = true
  }
}

const isArmed = (wake: Wake): boolean =>
  wake.below !== null || wake.above !== null || wake.at !== null

const isSame = (a: Wake, b: Wake): boolean =>
  a.below === b.below && a.above === b.above && a.at === b.at
