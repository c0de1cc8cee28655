/** Kills ordered past the desk: one file per instance, written by `kill --direct`, taken away by the desk that obeys. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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
      {
        mode: 0o600,
      },
    )
  }
}
