/** The lab of a control plane: its queue, and where backtests and searches run. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { HistoryFolder } from '../adapters/history/history-folder.ts'
import { CommandProcesses } from '../adapters/processes/job-processes.ts'
import { SqliteJobStore } from '../adapters/stores/sqlite-job-store.ts'
import type { LabParts } from '../api/lab-parts.ts'
import { childEnvironment } from '../config/process-environment.ts'
import type { Home } from '../fleet/home.ts'
import { JobQueue } from '../jobs/job-queue.ts'
import { strategies } from '../strategies/registry.ts'

export interface ControlLabParts {
  readonly home: Home
  /** Folder of the compiled programs. */
  readonly programs: string
  readonly fleetConfig: string | null
  /** `jobs.concurrency` */
  readonly concurrency: number
  readonly wallMs: () => number
}

export interface ControlLab {
  readonly parts: LabParts
  /** Ends what runs. */
  close(): void
}

/** Begins what waited when the last control plane ended. */
export function openLab({
  home,
  programs,
  fleetConfig,
  concurrency,
  wallMs,
}: ControlLabParts): ControlLab {
  const store = new SqliteJobStore(home.fleetDatabase)
  const processes = new CommandProcesses({
    program: join(programs, 'cli.js'),
    home: home.root,
    reports: join(home.root, 'reports', 'jobs'),
    environment: childEnvironment(),
    more: fleetConfig === null ? [] : ['--fleet-config', fleetConfig],
  })
  const newName = () => randomBytes(4).toString('hex')
  const jobs = new JobQueue({ store, processes, concurrency: () => concurrency, wallMs, newName })
  jobs.start()
  return {
    parts: {
      jobs,
      strategies: strategies.map(({ id, parameters }) => ({ id, parameters })),
      series: () => new HistoryFolder(home.history).list(),
    },
    close: () => {
      jobs.close()
      store.close()
    },
  }
}
