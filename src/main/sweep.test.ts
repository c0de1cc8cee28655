/** Sweeps on worker threads: the same on one and two, after a resume, and whatever goes wrong in a run. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { flipperRequest, flipperSpace, STRATEGY_MODULE } from '../../test/support/search-runs.ts'
import type { BacktestRequest } from '../backtest/run.ts'
import { rowOf, statisticNames } from '../backtest/search/figures.ts'
import { limitCounts, limitWarnings } from '../backtest/search/limits.ts'
import { makeSampler } from '../backtest/search/make-sampler.ts'
import { parseConstraint, parseObjective } from '../backtest/search/objective.ts'
import type { SamplerName } from '../backtest/search/sampler.ts'
import type { Space } from '../backtest/search/space.ts'
import { parametersAt, runTrial } from '../backtest/search/trial.ts'
import { type Aim, trialLine } from '../backtest/search/trials.ts'
import { ratio } from '../domain/money.ts'
import type { Statistics } from '../domain/statistic/statistics.ts'
import { runSweep } from './sweep.ts'
import { SweepJournal } from './sweep-journal.ts'
import { SweepPool } from './sweep-pool.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-sweep-'))
after(() => rmSync(scratch, { recursive: true }))

const request = flipperRequest()
const window = { from: null, to: null }
const aim: Aim = {
  objectives: [parseObjective('totalReturn'), parseObjective('maxDrawdown')],
  constraints: [parseConstraint('trades>=4')],
}

interface Plan {
  readonly space: Space
  readonly workers: number
  readonly file: string
  readonly sampler?: SamplerName
  /** Ctrl-C after so many. */
  readonly stopAfter?: number
  readonly timeLimitMs?: number
  readonly limits?: BacktestRequest['limits']
}

const poolOf = (space: Space, workers: number, timeLimitMs = 60_000, limits = request.limits) =>
  new SweepPool(
    { request: { ...request, limits }, space },
    { strategy: 'flipper' },
    {
      workers,
      timeLimitMs,
      strategyModule: STRATEGY_MODULE,
    },
  )

async function sweep(plan: Plan) {
  const { space, workers, file, sampler = 'grid', stopAfter, timeLimitMs, limits } = plan
  const pool = poolOf(space, workers, timeLimitMs, limits)
  const journal = new SweepJournal(file, space)
  const stop = new AbortController()
  let ran = 0
  const trials = await runSweep({
    pool,
    sampler: makeSampler(sampler, space, 60, 7),
    space,
    aim,
    window,
    journal,
    signal: stop.signal,
    onTrial: () => {
      ran += 1
      if (ran !== stopAfter) return
      stop.abort()
      void pool.close()
    },
  })
  await pool.close()
  return { trials, ran, text: readFileSync(file, 'utf8') }
}

const wide = flipperSpace('every=3..40', 'size=0.5,1,1.5')
const file = (name: string) => join(scratch, `${name}.jsonl`)

describe('a sweep', () => {
  it('gives the same file on one and two workers, and each set what it gives alone', async () => {
    const one = await sweep({ space: wide, workers: 1, file: file('one') })
    const two = await sweep({ space: wide, workers: 2, file: file('two') })
    assert.equal(one.trials.length, 38 * 3)
    assert.equal(two.text, one.text)
    for (const index of [0, 1, 50, 113]) {
      const trial = one.trials[index]
      if (trial === undefined) throw new Error('no trial')
      const alone = runTrial(
        { request, space: wide },
        { point: trial.point, window, wantsDaily: false },
      )
      assert.equal(trialLine(wide, { ...trial, ...alone }), trialLine(wide, trial))
    }
    const returns = new Set(one.trials.map(({ row }) => row?.[3]))
    assert.ok(returns.size > 100, 'the sets differ')
  })

  for (const sampler of ['grid', 'tpe'] as const)
    it(`goes on after Ctrl-C as if nothing had been (${sampler})`, async () => {
      const whole = await sweep({
        space: wide,
        workers: 2,
        file: file(`whole-${sampler}`),
        sampler,
      })
      const path = file(`broken-${sampler}`)
      const part = await sweep({ space: wide, workers: 2, file: path, sampler, stopAfter: 41 })
      assert.ok(part.trials.length >= 41 && part.trials.length < whole.trials.length)
      // The machine lost power in the middle of a line.
      writeFileSync(path, `${part.text}{"index":90,"parameters":{"every"`)
      const rest = await sweep({ space: wide, workers: 1, file: path, sampler })
      assert.equal(rest.text, whole.text)
      assert.equal(rest.ran, whole.trials.length - part.trials.length)
    })

  it('runs again what stands damaged or under the wrong number in its file', async () => {
    const space = flipperSpace('every=3..12')
    const whole = await sweep({ space, workers: 1, file: file('sound') })
    const path = file('damaged')
    const lines = whole.text.split('\n')
    const [first = '', second = ''] = lines
    const wrong = second.replace('"index":1,', '"index":7,')
    const bare = (lines[2] ?? '').replace(/"statistics":.*/, '"statistics":{"totalReturn":99}}')
    const empty = (lines[3] ?? '').replace(/"statistics":.*/, '"statistics":null}')
    const odd = ['null', '5', '[]', '{"index":99,"parameters":{"every":3}}']
    writeFileSync(path, `${[first, ...odd, wrong, bare, empty].join('\n')}\n`)
    const mended = await sweep({ space, workers: 2, file: path })
    assert.equal(mended.text, whole.text)
    assert.equal(mended.ran, whole.trials.length - 1)
  })

  it('records what fails, with its sentence, and goes on', async () => {
    const space = flipperSpace('fault=none,throw,refuse,nan,die', 'every=5,9')
    const { trials, text } = await sweep({ space, workers: 2, file: file('faults') })
    const failures = Object.fromEntries(
      trials.map(({ point, failure }) => [point.join(' '), failure]),
    )
    assert.equal(failures['none 5'], null)
    assert.equal(failures['none 9'], null)
    assert.equal(failures['throw 5'], 'the strategy stumbled')
    assert.equal(failures['refuse 9'], 'It cannot run like this.')
    assert.match(failures['nan 5'] ?? '', /NaN|whole|integer|number|safe/)
    assert.equal(failures['die 5'], 'the worker that ran it died: it ended with code 3')
    assert.equal(failures['die 9'], 'the worker that ran it died: it ended with code 3')
    assert.equal(trials.length, 10)
    assert.equal(text.trimEnd().split('\n').length, 10)
  })

  it('tells which limit cut a set short, also after a resume', async () => {
    const space = flipperSpace('every=5,9', 'size=0.001,1')
    const limits = { ...request.limits, drawdownMax: ratio(10_000) }
    const path = file('limits')
    const cut = await sweep({ space, workers: 2, file: path, limits })
    const told = cut.trials.map(({ limited }) => limited)
    assert.deepEqual(told, [null, 'limit_drawdown', null, 'limit_drawdown'])
    const read = await sweep({ space, workers: 1, file: path, limits })
    assert.equal(read.ran, 0)
    assert.deepEqual(limitWarnings(limitCounts(read.trials), read.trials.length), [
      'The risk limits cut 2 of 4 trials short (limit_drawdown 2): --no-limits shows the strategy alone.',
    ])
    const free = await sweep({ space, workers: 1, file: file('free') })
    assert.deepEqual(limitWarnings(limitCounts(free.trials), free.trials.length), [])
    writeFileSync(path, cut.text.replace(/"limited":null,/, ''))
    assert.equal(
      (await sweep({ space, workers: 1, file: path, limits })).ran,
      1,
      'unsaid: run again',
    )
  })

  it('ends a set that runs over its time', async () => {
    const space = flipperSpace('fault=loop,none', 'every=5')
    const { trials } = await sweep({ space, workers: 1, file: file('loop'), timeLimitMs: 600 })
    assert.deepEqual(
      trials.map(({ failure }) => failure),
      ['the worker that ran it died: it took longer than 0.6 s', null],
    )
  })

  it('says why when no worker can start', async () => {
    const pool = new SweepPool(
      { request, space: wide },
      { strategy: 'nobody' },
      { workers: 1, timeLimitMs: 9_000 },
    )
    const task = { point: wide.map(() => 5), window, wantsDaily: false }
    await assert.rejects(
      pool.run([task], () => {}),
      /a worker of the sweep could not start: there is no strategy nobody/,
    )
    await pool.close()
  })

  it('takes no figure for a number that is none', () => {
    const zeros = Object.fromEntries(statisticNames.map((name) => [name, 0]))
    const figures = { ...zeros, sharpe: Number.NaN } as unknown as Statistics
    assert.throws(
      () => rowOf(figures),
      /^RangeError: the run gave sharpe = NaN, which is no number$/,
    )
  })

  it('replaces parameters and leaves those of the file alone', () => {
    const parameters = { every: 10, size: '1', nested: { a: 1 } }
    const given = { ...request, parameters }
    const made = parametersAt(given, flipperSpace('size=0.0000005,2'), [0.0000005])
    assert.deepEqual(made, { every: 10, size: '0.0000005', nested: { a: 1 } })
    assert.notEqual(made['nested'], parameters.nested)
  })
})
