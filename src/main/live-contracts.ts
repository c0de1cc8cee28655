/** Contracts of live prices as they were opened at their venues: kept in a file, so that a venue may be away at a start. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instrument } from '../domain/instrument.ts'

/** @param databaseDir folder of the exchange's store */
export class LiveContracts {
  readonly #file: string

  constructor(databaseDir: string) {
    this.#file = join(databaseDir, 'live-contracts.json')
  }

  all(): readonly Instrument[] {
    if (!existsSync(this.#file)) return []
    return JSON.parse(readFileSync(this.#file, 'utf8')) as Instrument[]
  }

  /** Durable when it returns. */
  keep(instruments: readonly Instrument[]): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(instruments), { mode: 0o600, flush: true })
    renameSync(`${this.#file}.new`, this.#file)
  }
}
