/**
 * Kills ordered past the desk: one file per instance, written by `kill --direct` and by `kill` where no desk runs, taken
 * away by the desk that obeys.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ENDING = '.json'

export class KillOrderFolder {
  readonly #folder: string

  /** @param folder `run/kill` of the home */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Instances that are to be killed. */
  pending(): readonly string[] {
    try {
      const names = readdirSync(this.#folder)
      return names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -5))
    } catch {
      return []
    }
  }

  /** Wall time of the order, ms; null = there is none, or it does not say. */
  orderedAt(instance: string): number | null {
    try {
      const { at } = JSON.parse(readFileSync(join(this.#folder, `${instance}${ENDING}`), 'utf8'))
      const ms = Date.parse(String(at))
      return Number.isFinite(ms) ? ms : null
    } catch {
      return null
    }
  }

  taken(instance: string): void {
    try {
      rmSync(join(this.#folder, `${instance}${ENDING}`), { force: true })
    } catch {
      // Obeyed again each second, which changes nothing, until the folder can be written.
    }
  }

  /** @throws when it cannot be written */
  order(instance: string, at: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(
      join(this.#folder, `${instance}${ENDING}`),
      `${JSON.stringify({ instance, at })}\n`,
      // Who gave it is told that it will be obeyed: it outlasts a power cut.
      { mode: 0o600, flush: true },
    )
  }
}
