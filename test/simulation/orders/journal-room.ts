/** Where the desk's journal lies: on the model of a disk (level 1), or in files of SQLite (level 2). */
import type { ClientOrderId } from '../../../src/domain/order.ts'
import type { JournalBatch, JournalStore } from '../../../src/ports/journal-store.ts'
import { type DiskFaults, DiskJournal, Platter } from './disk-journal.ts'
import type { Owner } from './scheduler.ts'
import type { AnyWorld } from './world.ts'

export interface JournalRoom {
  readonly faults: DiskFaults
  /** Number of the last desk that opened the journal. */
  readonly epoch: number
  readonly isNew: boolean
  /** How many instances stand in it. */
  readonly instances: number
  isDurable(id: ClientOrderId): boolean
  open(owner: Owner): JournalStore
  /** The machine loses its power: what was not synced may be gone. */
  cutPower(): void
  close(): void
}

export class DiskRoom implements JournalRoom {
  readonly faults: DiskFaults = { isFull: false, failingSyncs: 0 }
  readonly #world: AnyWorld
  readonly #platter = new Platter()

  constructor(world: AnyWorld) {
    this.#world = world
  }

  get epoch(): number {
    return this.#platter.epoch
  }
  get isNew(): boolean {
    return this.#platter.epoch === 0
  }
  get instances(): number {
    return this.#platter.instances.size
  }
  isDurable(id: ClientOrderId): boolean {
    return this.#platter.rows.has(id)
  }
  open(owner: Owner): JournalStore {
    const { fuse, random, coverage } = this.#world
    const onCommit = (batch: JournalBatch): void => this.#world.onCommit(batch)
    const parts = { platter: this.#platter, owner, fuse, faults: this.faults, random, coverage }
    return new DiskJournal({ ...parts, onCommit })
  }
  /** What a commit has answered is synced; one under way is the fuse's business. */
  cutPower(): void {}
  close(): void {}
}
