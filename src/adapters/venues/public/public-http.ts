/** Public questions to a venue without ccxt and without keys: listed hosts alone, each within its time. */
import { VenueError } from '../../../ports/venue.ts'
import { HostGuard } from '../live/hosts.ts'

const TIMEOUT_MS = 8000

export class PublicHttp {
  readonly #venue: string
  readonly #rest: () => string
  readonly #guard: HostGuard

  /** @param rest address without a path, asked before each question */
  constructor(venue: string, rest: () => string) {
    this.#venue = venue
    this.#rest = rest
    this.#guard = new HostGuard(venue)
  }

  /**
   * @param body asked by POST when it is given
   * @throws VenueError `unavailable` when there is no readable answer in time, `rejected` for a host that is not listed
   */
  async ask(path: string, body?: unknown): Promise<unknown> {
    const url = `${this.#rest()}${path}`
    this.#guard.check(url)
    const question =
      body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }
    let status = 0
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      // Elsewhere nobody has vouched for the host.
      const answer = await fetch(url, { ...question, signal, redirect: 'error' })
      status = answer.status
      const read: unknown = await answer.json()
      if (answer.ok) return read
    } catch {
      // The cause may name addresses of this machine; that there is no answer says enough.
    }
    const found = status === 0 ? 'no answer' : `status ${status}`
    const asked = path.split('?')[0]
    throw new VenueError('unavailable', 'public', `${this.#venue} gave ${found} to ${asked}.`)
  }
}
