import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { SqliteEquityStore } from '../adapters/stores/sqlite-equity-store.ts'
import { type EquityBucket, type EquityStore, FLEET_SERIES } from '../ports/equity-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { EquityPoint } from '../protocol/api-messages.ts'
import { EquityCurves, thinned } from './equity-curve.ts'
import { type EquityInstance, EquityRecorder } from './equity-recorder.ts'

const folder = mkdtempSync(join(tmpdir(), 'equity-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const DOLLAR = 100_000_000
let files = 0

class World {
  readonly clock = new VirtualClock()
  readonly errors: string[] = []
  readonly points: { instance: string | null; point: EquityPoint }[] = []
  readonly path = join(folder, `${++files}.db`)
  instances: EquityInstance[] = []
  store: EquityStore = new SqliteEquityStore(this.path)
  recorder = this.#record()

  #record(): EquityRecorder {
    const quiet = () => {}
    const error = (_module: string, text: string) => void this.errors.push(text)
    const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error, flush: quiet }
    return new EquityRecorder({
      sources: { instances: () => this.instances, marketAt: () => this.clock.wallMs() },
      store: this.store,
      clock: this.clock,
      logger,
      keptMs: () => null,
      onPoint: (instance, point) => void this.points.push({ instance, point }),
    })
  }
  /** The control plane ends and begins again. */
  restart(): void {
    this.recorder.close()
    this.store.close()
    this.store = new SqliteEquityStore(this.path)
    this.recorder = this.#record()
  }
  /** Equity of the fleet, point by point, in dollars. */
  get whole(): string[] {
    return this.points
      .filter(({ instance }) => instance === null)
      .map(({ point }) => `${point.equity} ${point.pnl}`)
  }
  curves(): EquityCurves {
    return new EquityCurves(this.store, () => this.clock.wallMs())
  }
}

const instance = (id: string, equity: number | null, parts: Partial<EquityInstance> = {}) => ({
  id,
  isExpected: true,
  settle: 'USDC',
  told: equity === null ? null : { equity: equity * DOLLAR, pnl: (equity - 100) * DOLLAR },
  ...parts,
})

describe('the recorder of equity', () => {
  it('writes instances and fleet at the same moment, each five seconds', async () => {
    const world = new World()
    world.instances = [instance('a', 110), instance('b', 95)]
    await world.clock.advance(10_000)
    assert.deepEqual(world.whole, ['205 5', '205 5'])
    const [first] = world.points
    assert.equal(new Set(world.points.slice(0, 3).map(({ point }) => point.at)).size, 1)
    assert.equal(first?.point.market_at, first?.point.at)
    assert.equal(world.store.last('b')?.equity, 95 * DOLLAR)
  })

  it('an instance that stops keeps what it was worth, one that is removed leaves at once', async () => {
    const world = new World()
    world.instances = [instance('a', 110), instance('b', 95)]
    await world.clock.advance(5000)
    world.instances = [instance('a', 111), instance('b', null, { isExpected: false })]
    await world.clock.advance(5000)
    world.restart()
    await world.clock.advance(5000)
    world.instances = [instance('a', 111)]
    await world.clock.advance(5000)
    assert.deepEqual(world.whole, ['205 5', '206 6', '206 6', '111 11'])
    assert.equal(world.store.buckets('b', 5000, 0).length, 1)
  })

  it('a fleet that comes up again begins where it ended, whoever is first to tell', async () => {
    const world = new World()
    world.instances = [instance('a', 110), instance('b', 95)]
    await world.clock.advance(5000)
    world.restart()
    world.instances = [instance('a', null), instance('b', null)]
    await world.clock.advance(5000)
    world.instances = [instance('a', 112), instance('b', null)]
    await world.clock.advance(5000)
    assert.deepEqual(world.whole, ['205 5', '205 5', '207 7'])
  })

  it('waits a minute at most for the first value of a new instance, so that a first start is no rise', async () => {
    const world = new World()
    world.instances = [instance('a', 100), instance('b', null)]
    await world.clock.advance(10_000)
    assert.deepEqual(world.whole, [])
    world.instances = [instance('a', 100), instance('b', 100)]
    await world.clock.advance(5000)
    assert.deepEqual(world.whole, ['200 0'])
    world.instances.push(instance('c', null))
    await world.clock.advance(60_000)
    assert.deepEqual(world.whole, ['200 0'])
    await world.clock.advance(5000)
    assert.deepEqual(world.whole, ['200 0', '200 0'])
  })

  it('adds up dollars alone', async () => {
    const world = new World()
    world.instances = [
      instance('a', 100, { settle: 'USDT' }),
      instance('b', 3, { settle: 'BTC' }),
      instance('c', 100, { settle: null }),
    ]
    await world.clock.advance(5000)
    assert.deepEqual(world.whole, ['200 0'])
    assert.equal(world.points.length, 4)
  })

  it('tells once that it cannot write, goes on telling, and writes when it can again', async () => {
    const world = new World()
    world.instances = [instance('a', 100)]
    await world.clock.advance(5000)
    const { store } = world
    const add = store.add.bind(store)
    store.add = () => assert.fail('the disk is full')
    await world.clock.advance(15_000)
    assert.deepEqual(world.errors, ['equity is not recorded: the disk is full'])
    store.add = add
    await world.clock.advance(5000)
    assert.equal(world.whole.length, 5)
    assert.equal(store.buckets(FLEET_SERIES, 5000, 0).length, 2)
  })
})

describe('equity curves', () => {
  it('are fine where they are young, and reach back as far as was asked for', async () => {
    const world = new World()
    world.recorder.close()
    const now = () => world.clock.wallMs()
    const curves = world.curves()
    const ask = (
      span: '1h' | '24h' | '7d' | 'all' | null,
      since: number | null = null,
      limit = 1000,
    ) => curves.points({ instance: 'a', span, since, limit })
    assert.deepEqual(ask('all'), [])
    const add = (equity: number) =>
      world.store.add(now(), [{ series: 'a', marketAt: null, equity: equity * DOLLAR, pnl: 0 }])
    for (let i = 0; i < 60; i++) {
      add(100 + i)
      await world.clock.advance(5000)
    }
    assert.equal(ask('all').length, 60)
    assert.equal(ask('7d').at(-1)?.equity, '159')
    assert.deepEqual(
      ask(null, now() - 11_000).map(({ equity }) => equity),
      ['158', '159'],
    )
    await world.clock.advance(2 * 86_400_000)
    add(7)
    assert.equal(ask('1h').length, 1)
    assert.deepEqual(
      ask('7d')
        .map(({ low, high }) => `${low} ${high}`)
        .slice(-2),
      ['156 159', '7 7'],
    )
    assert.equal(ask('7d', null, 2).length, 2)
  })

  it('are thinned to what a chart can show and keep every low and high', () => {
    const buckets: EquityBucket[] = Array.from({ length: 5000 }, (_, i) => {
      const spike = i === 2222 ? 999 : i === 3333 ? -999 : i % 10
      return {
        at: i * 60_000,
        marketAt: null,
        equity: 5,
        low: Math.min(5, spike),
        high: Math.max(5, spike),
        pnl: i,
      }
    })
    for (const limit of [1, 2, 7, 100, 999, 1000]) {
      const points = thinned(buckets, limit)
      assert.ok(
        points.length <= limit && points.length > limit * 0.9,
        `${points.length} of ${limit}`,
      )
      assert.equal(Math.max(...points.map(({ high }) => high)), 999)
      assert.equal(Math.min(...points.map(({ low }) => low)), -999)
      assert.equal(points.at(-1)?.pnl, 4999)
      assert.ok(points.every((point, i) => i === 0 || point.at > (points[i - 1]?.at ?? 0)))
    }
    assert.equal(thinned(buckets, 5000), buckets)
  })
})
