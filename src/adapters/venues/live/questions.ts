/**
 * Keeps questions in the order in which they were asked where that order means something: HTTP requests that are under way
 * together may be answered in any order. What has happened must be asked after the state that it explains has been read, and
 * a state after the events that it is compared with.
 */
export class Questions {
  readonly #facts = new Set<Promise<unknown>>()
  readonly #states = new Set<Promise<unknown>>()

  /** A question for events: after every question for a state that was asked before it. */
  facts<T>(ask: () => Promise<T>): Promise<T> {
    return run(ask, this.#states, this.#facts)
  }

  /** A question for a state: after every question for events that was asked before it. */
  state<T>(ask: () => Promise<T>): Promise<T> {
    return run(ask, this.#facts, this.#states)
  }
}

function run<T>(
  ask: () => Promise<T>,
  before: ReadonlySet<Promise<unknown>>,
  own: Set<Promise<unknown>>,
): Promise<T> {
  const answer = before.size === 0 ? ask() : Promise.allSettled([...before]).then(ask)
  own.add(answer)
  const forget = (): void => void own.delete(answer)
  answer.then(forget, forget)
  return answer
}
