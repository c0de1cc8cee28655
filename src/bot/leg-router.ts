/** Which leg a change of the wants concerns, and which wakes are a leg's own. */
import type { InstrumentId } from '../domain/instrument.ts'
import type { Wake, WantChange } from '../domain/strategy.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'

export class LegRouter {
  /** Which leg a slot belongs to: what is dropped is told by its name alone. */
  readonly #legOfSlot = new Map<string, number>()
  readonly #instruments: () => readonly { readonly id: InstrumentId }[]

  /** @param instruments in the order of the legs; empty before the first start */
  constructor(instruments: () => readonly { readonly id: InstrumentId }[]) {
    this.#instruments = instruments
  }

  /** The place of an instrument among the legs; -1 = none of them. */
  legOf(instrument: InstrumentId): number {
    return this.#instruments().findIndex(({ id }) => id === instrument)
  }

  /** What of an output is a leg's own; the rest of it is for every leg. */
  share(output: EngineOutput, leg: number): EngineOutput {
    const { changes, wakes } = output
    const own = changes.filter((change) => this.concerns(change, leg))
    return { ...output, changes: own, wakes: wakes === null ? null : this.wakesOf(wakes, leg) }
  }

  wakesOf(wakes: readonly Wake[], leg: number): readonly Wake[] {
    const id = this.#instruments()[leg]?.id
    return wakes.filter(({ instrument }) => instrument === id)
  }

  /** Remembers whose a slot is, so that its drop finds the way. */
  concerns(change: WantChange, leg: number): boolean {
    if (change.kind === 'drop') return this.#legOfSlot.get(change.slot) === leg
    const id = change.kind === 'drop_target' ? change.instrument : change.want.instrument
    if (this.legOf(id) !== leg) return false
    if (change.kind === 'rest') this.#legOfSlot.set(change.want.slot, leg)
    return true
  }
}
