/** What the lab needs from outside the API. */
import type { JobQueue } from '../jobs/job-queue.ts'
import type { SeriesHeader } from '../ports/history.ts'
import type { StrategyRow } from '../protocol/lab-messages.ts'

export interface LabParts {
  readonly jobs: JobQueue
  /** Those that ship. */
  readonly strategies: readonly StrategyRow[]
  /** What is recorded in this home. */
  series(): readonly SeriesHeader[]
}
