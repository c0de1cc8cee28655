/** Looks again and again; one that fails is told once, and the next one comes nevertheless. */
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'

export interface LookTools {
  readonly clock: Clock
  readonly logger: Logger
}

/** @param what of the sentence in the log: `the logs of sol are not followed` @returns ends it */
export function lookEvery(
  { clock, logger }: LookTools,
  intervalMs: number,
  what: string,
  look: () => void,
): () => void {
  let told = ''
  return clock.every(intervalMs, () => {
    try {
      look()
    } catch (error) {
      const text = `${what}: ${error instanceof Error ? error.message : String(error)}`
      if (text !== told) logger.warn('stream', text)
      told = text
    }
  })
}
