/** Asks a venue again when it is busy or out of reach, as slowly as it wants; gives up in one sentence. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DownloadError } from './download-error.ts'

/** What a failed request means. */
export interface Failure {
  /** `busy`: asked too often; `unreachable`: no or no usable answer; `unknown`: no such contract; `other`: do not repeat. */
  readonly kind: 'busy' | 'unreachable' | 'unknown' | 'other'
  /** How long the venue wants to be left alone, in ms; null = it does not say. */
  readonly retryAfterMs: number | null
  /** Some words, without line ends. */
  readonly text: string
}

export interface Patience {
  readonly venue: string
  readonly signal: AbortSignal
  /** Waits so many ms, shorter when the signal comes. */
  wait(ms: number): Promise<void>
  /** Tells that it waits: how long in ms, and why. */
  onWait(ms: number, failure: Failure): void
}

const TRIES_MAX = 6
const FIRST_WAIT_MS = 1_000
/** A venue that bans for longer is not waited for. */
const WAIT_MAX_MS = 180_000

/** Waits that end early when the signal comes. */
export const waitUntil =
  (signal: AbortSignal) =>
  async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

/**
 * What `ask` answers, null when the signal came first. Each further try waits twice as long, or as the venue says.
 * @throws DownloadError
 */
export async function patiently<T>(
  patience: Patience,
  ask: () => Promise<T>,
  failureOf: (error: unknown) => Failure,
): Promise<T | null> {
  for (let attempt = 1; !patience.signal.aborted; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      const failure = failureOf(error)
      const ms = failure.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1)
      const mayRepeat = failure.kind === 'busy' || failure.kind === 'unreachable'
      if (!mayRepeat || attempt === TRIES_MAX || ms > WAIT_MAX_MS)
        throw new DownloadError(
          failure.kind === 'unknown' ? 'unknown' : 'failed',
          sentenceOf(patience.venue, failure, attempt, ms),
          { cause: error },
        )
      patience.onWait(ms, failure)
      await patience.wait(ms)
    }
  }
  return null
}

function sentenceOf(venue: string, failure: Failure, tries: number, ms: number): string {
  const { kind, text } = failure
  if (kind === 'unknown')
    return `${venue} has no such contract or length (${text}): check the names`
  if (kind === 'other') return `${venue} refused the request (${text}): nothing more was asked`
  if (ms > WAIT_MAX_MS) {
    const minutes = Math.ceil(ms / 60_000)
    return `${venue} wants to be left alone for ${minutes} minutes (${text}): run the command again then, it goes on where it ended`
  }
  const why = kind === 'busy' ? 'is asked too often' : 'cannot be reached'
  return `${venue} ${why} (${text}; ${tries} tries): run the command again later, it goes on where it ended`
}
