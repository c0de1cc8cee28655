/** A search over parameters: sampler, pool and journal joined. The same on any number of workers and after a resume. */

import type { Sampler } from '../backtest/search/sampler.ts'
import { pointKey, type Space } from '../backtest/search/space.ts'
import { type Aim, learntScores, type Trial } from '../backtest/search/trials.ts'
import type { Window } from '../domain/history.ts'
import type { SweepJournal } from './sweep-journal.ts'
import type { SweepPool } from './sweep-pool.ts'

export interface Sweep {
  readonly pool: SweepPool
  readonly sampler: Sampler
  readonly space: Space
  readonly aim: Aim
  readonly window: Window
  /** null = nothing is written. */
  readonly journal: SweepJournal | null
  /** Told after each trial that was run now. */
  readonly onTrial: (trial: Trial) => void
  readonly signal: AbortSignal
}

/** Trials in the order of trying; fewer than the sampler would propose when the signal came. */
export async function runSweep(sweep: Sweep): Promise<readonly Trial[]> {
  const { sampler, aim, journal, signal } = sweep
  const trials: Trial[] = []
  try {
    for (;;) {
      const points = sampler.propose()
      if (points.length === 0 || signal.aborted) break
      trials.push(...(await runBatch(sweep, points, trials.length)))
      if (signal.aborted) break
      if (sampler.learns) sampler.tell(learntScores(aim, trials))
    }
  } finally {
    journal?.close(trials)
  }
  return trials
}

async function runBatch(
  { pool, space, window, journal, onTrial }: Sweep,
  points: readonly Trial['point'][],
  first: number,
): Promise<readonly Trial[]> {
  const done: (Trial | undefined)[] = points.map((point, offset) => {
    const known = journal?.known.get(first + offset)
    return known !== undefined && pointKey(known.point) === pointKey(point) ? known : undefined
  })
  const open = [...points.keys()].filter((offset) => done[offset] === undefined)
  const tasks = open.map((offset) => ({ point: points[offset] ?? [], window, wantsDaily: false }))
  await pool.run(tasks, (position, { row, failure, limited }) => {
    const offset = open[position] ?? 0
    const trial = {
      index: first + offset,
      point: points[offset] ?? space.map(() => ''),
      row,
      failure,
      limited,
    }
    done[offset] = trial
    journal?.add(trial)
    onTrial(trial)
  })
  return done.filter((trial) => trial !== undefined)
}
