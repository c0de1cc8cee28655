/** Sweeps: one-year grid runs a minute on one and on two workers, and the memory of a sweep over five million candles. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Row, shownRatio } from './measure.ts'

const YEAR = 525_600
const MANY = 5_000_000
const RUNS_TARGET = 8_000
const SCALING_TARGET = 1.8
const PSS_TARGET_MIB = 300
const SECONDS = 10

interface Load {
  readonly runs: number
  readonly tookMs: number
  /** Of all threads. */
  readonly cpuMs: number
  readonly pss: number
  readonly failed: number
}

function load(workers: number, candles: number, seconds: number): Load {
  const file = join(import.meta.dirname, 'sweep-load.ts')
  const args = [
    '--disable-warning=ExperimentalWarning',
    file,
    String(workers),
    String(candles),
    String(seconds),
  ]
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 600_000 })
  if (run.status !== 0) throw new Error(`sweep-load failed: ${run.stderr}`)
  return JSON.parse(run.stdout) as Load
}

const perMinute = ({ runs, tookMs }: Load): number => (runs / tookMs) * 60_000
const cpuOf = ({ runs, cpuMs }: Load): string => `${(cpuMs / runs).toFixed(1)} ms`
const shown = (value: number): string => Math.round(value).toLocaleString('en-US')

/** One and two workers in turns, so that a noisy moment meets both. */
export function benchSweep(): readonly Row[] {
  const ones = [load(1, YEAR, SECONDS), load(1, YEAR, SECONDS)]
  const twos = [load(2, YEAR, SECONDS), load(2, YEAR, SECONDS)]
  const one = Math.max(...ones.map(perMinute))
  const two = Math.max(...twos.map(perMinute))
  const many = load(2, MANY, 3)
  const failed = [...ones, ...twos, many].reduce((sum, run) => sum + run.failed, 0)
  const note =
    failed === 0 ? 'generated minutes, perp_grid of 10–60 intervals' : `${failed} runs FAILED`
  return [
    {
      what: 'sweep, one-year 1m grid runs a minute, 2 workers',
      measured: shown(two),
      reference: `at least ${shown(RUNS_TARGET)}`,
      ratio: shownRatio(two / RUNS_TARGET),
      note,
    },
    {
      what: 'sweep, from 1 to 2 workers',
      measured: `${shown(two)} a minute`,
      reference: `${shown(one)} a minute on 1`,
      ratio: shownRatio(two / one),
      note: `at least ${SCALING_TARGET}; processor time of a run ${cpuOf(ones[0] as Load)} on 1, ${cpuOf(twos[0] as Load)} on 2`,
    },
    {
      what: 'sweep over 5 million candles, 2 workers, PSS',
      measured: `${shown(many.pss)} MiB`,
      reference: `at most ${PSS_TARGET_MIB} MiB`,
      ratio: shownRatio(many.pss / PSS_TARGET_MIB),
      note: '/proc/self/smaps_rollup, the whole process',
    },
  ]
}
