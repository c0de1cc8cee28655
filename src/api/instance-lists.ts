/** The list of instances as text: made at most four times a second, however many ask for it. */
import type { Fleet } from '../fleet/fleet.ts'
import { feedView, type Views } from '../fleet/view.ts'
import type { InstanceList } from '../protocol/fleet-messages.ts'

const AGE_MS = 250

export class InstanceLists {
  readonly #fleet: Fleet
  readonly #views: Views
  #text: { readonly at: number; text: string | Promise<string> } | null = null

  constructor(fleet: Fleet, views: Views) {
    this.#fleet = fleet
    this.#views = views
  }

  async list(): Promise<InstanceList> {
    return {
      items: await this.#views.all(),
      next_cursor: null,
      feed: feedView(this.#fleet),
      faults: this.#fleet.faults,
    }
  }

  /** JSON of the list, at once when there is one that is new enough. */
  text(): string | Promise<string> {
    const now = this.#fleet.parts.tools.clock.monotonicMs()
    if (this.#text !== null && now - this.#text.at < AGE_MS) return this.#text.text
    const text = this.list().then((list) => `${JSON.stringify(list)}\n`)
    const kept: { at: number; text: string | Promise<string> } = { at: now, text }
    this.#text = kept
    text.then(
      (made) => {
        kept.text = made
      },
      () => this.forget(),
    )
    return text
  }

  /** Something has just been changed: who looks now must not see what was before. */
  forget(): void {
    this.#text = null
    this.#views.forget()
  }
}
