/** One leg of the bot as its world sees it: the process behind it is shared with the other leg, and comes and goes. */
import type { DeskInstanceSettings } from '../../../src/protocol/desk-messages.ts'
import type { Owner } from '../orders/scheduler.ts'
import type { DeskBot } from '../orders/world.ts'

export class LegPort implements DeskBot {
  readonly settings: DeskInstanceSettings
  readonly #ownerNow: () => Owner
  /** A desk has come up. */
  onDesk: () => void = () => {}

  constructor(settings: DeskInstanceSettings, ownerNow: () => Owner) {
    this.settings = settings
    this.#ownerNow = ownerNow
  }

  get owner(): Owner {
    return this.#ownerNow()
  }

  connect(): void {
    this.onDesk()
  }

  kill(): void {}

  adjust(): void {}
}
