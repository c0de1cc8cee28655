/** A pause that holds: what a desk did not hear while it, or its venue, was away is said again when it answers. */
import type { DeskInstanceRow } from './desk-rows.ts'
import type { ModeChange } from './desk-watch.ts'

export interface PauseKeeperParts {
  /** Names of an instance at its desks, a leg each. */
  namesOf(id: string): readonly string[]
  /** What a desk that runs says of a leg now; null = none does. */
  legRow(name: string): DeskInstanceRow | null
  /** Asks the desk of a leg to pause it, and hears what it says then. */
  pause(name: string): Promise<void>
  /** Told once for each new reason. */
  onTrouble(id: string, text: string): void
}

export class PauseKeeper {
  readonly #parts: PauseKeeperParts
  readonly #asked = new Set<string>()
  /** Legs that were resumed past the fleet: there somebody wanted so. */
  readonly #resumed = new Set<string>()
  readonly #troubles = new Map<string, string>()

  constructor(parts: PauseKeeperParts) {
    this.#parts = parts
  }

  /** An operator pauses the instance anew: what was resumed before counts no more. */
  begin(id: string): void {
    for (const name of this.#parts.namesOf(id)) this.#resumed.delete(name)
  }

  onTold({ instance, desired }: ModeChange): void {
    if (desired === 'running') this.#resumed.add(instance)
    else this.#resumed.delete(instance)
  }

  /** Of an instance that should be paused: each leg that runs is paused, one question at a time. */
  look(id: string): void {
    for (const name of this.#parts.namesOf(id)) {
      const isRunning = this.#parts.legRow(name)?.mode === 'running'
      if (isRunning && !this.#resumed.has(name) && !this.#asked.has(name)) void this.#say(id, name)
    }
  }

  async #say(id: string, name: string): Promise<void> {
    this.#asked.add(name)
    try {
      await this.#parts.pause(name)
      this.#troubles.delete(name)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (this.#troubles.get(name) !== text) this.#parts.onTrouble(id, text)
      this.#troubles.set(name, text)
    } finally {
      this.#asked.delete(name)
    }
  }
}
