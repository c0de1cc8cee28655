// The examples restart at every event and want the same: what they report as changes and what they say from scratch.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { PlugInStrategy } from '../../src/adapters/plug-ins/host.ts'
import { Backtest } from '../../src/backtest/run.ts'
import type { RestingWant, Strategy, TargetWant, Wants } from '../../src/domain/strategy.ts'
import { flipperRequest, walkMarket } from '../support/search-runs.ts'
import { PlugInFolder } from './plug-in-files.ts'

const folder = new PlugInFolder()
after(() => folder.close())
const examples = join(import.meta.dirname, '..', '..', 'examples', 'strategies')

/** The wants as the changes have them. */
class Book implements Wants {
  readonly resting = new Map<string, RestingWant>()
  readonly targets = new Map<string, TargetWant>()
  readonly #out: Wants
  constructor(out: Wants, before: Book | null) {
    this.#out = out
    for (const [slot, want] of before?.resting ?? []) this.resting.set(slot, want)
    for (const [id, want] of before?.targets ?? []) this.targets.set(id, want)
  }
  rest(want: RestingWant): void {
    this.resting.set(want.slot, want)
    this.#out.rest(want)
  }
  drop(slot: string): void {
    this.resting.delete(slot)
    this.#out.drop(slot)
  }
  target(want: TargetWant): void {
    this.targets.set(want.instrument, want)
    this.#out.target(want)
  }
  dropTarget(instrument: TargetWant['instrument']): void {
    this.targets.delete(instrument)
    this.#out.dropTarget(instrument)
  }
  wake(...given: Parameters<Wants['wake']>): void {
    this.#out.wake(...given)
  }
  finish(...given: Parameters<Wants['finish']>): void {
    this.#out.finish(...given)
  }
  note(...given: Parameters<Wants['note']>): void {
    this.#out.note(...given)
  }
}

type Held = { now: unknown; book: Book | null }

/** After every event the state is written and read again, as by another process. */
function restarting(own: PlugInStrategy, told: { restarts: number }): Strategy<unknown, unknown> {
  return {
    id: own.id,
    stateVersion: own.stateVersion,
    parameters: own.parameters,
    inputs: (parameters) => own.inputs(parameters),
    check: (parameters, context) => own.check(parameters, context),
    start: (parameters, context): Held => ({ now: own.start(parameters, context), book: null }),
    on(state, event, out) {
      const held = state as Held
      const book = new Book(out, held.book)
      own.on(held.now, event, book)
      held.now = JSON.parse(JSON.stringify(held.now))
      held.book = book
      const { resting, targets } = own.wanted(held.now)
      assert.deepEqual(resting, [...book.resting.values()])
      assert.deepEqual(targets, [...book.targets.values()])
      told.restarts += 1
    },
    wanted: (state) => own.wanted((state as Held).now),
    migrate: (state) => state,
    report: (state, prices) => own.report((state as Held).now, prices),
  }
}

const cases = [
  ['mean-cross.ts', { fast: 3, slow: 8, timeframe: '', direction: 'both', stop_loss: '2' }],
  ['range-breaker.ts', { length: 6, order_lots: 100 }],
] as const

for (const [name, parameters] of cases) {
  test(`${name} wants the same after a restart at every event`, () => {
    const text = readFileSync(join(examples, name), 'utf8')
    const { checked, faults } = folder.inspect(name, text)
    assert.ok(checked !== null, faults.join('\n'))
    const own = new PlugInStrategy(checked, { keepsState: false })
    const told = { restarts: 0 }
    const market = walkMarket(200)
    const runs = [own, restarting(own, told)].map((strategy) => {
      const run = new Backtest(flipperRequest({ strategy, parameters, market, engine: 'stepping' }))
      while (run.run(100));
      return run.fills
    })
    own.close()
    assert.ok(told.restarts >= 200)
    assert.ok((runs[0]?.length ?? 0) >= 4, `${runs[0]?.length} fills`)
    assert.deepEqual(runs[0], runs[1])
  })
}
