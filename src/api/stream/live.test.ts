import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { VirtualClock } from '../../../test/support/virtual-clock.ts'
import type { DeskAccount } from '../../fleet/desk-rows.ts'
import type { JournalChanges } from '../../ports/journal-tail.ts'
import type { Logger } from '../../ports/logger.ts'
import type {
  CandlePage,
  StreamEvent,
  StreamMessage,
  StreamTopic,
} from '../../protocol/api-messages.ts'
import type { InstanceList, InstanceView } from '../../protocol/fleet-messages.ts'
import { StreamHub } from './hub.ts'
import { followInstances } from './live-instances.ts'
import { LiveJournals } from './live-journals.ts'
import { followCandles, followLog, followPositions } from './live-parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'live-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A hub with one reader of one topic of instance `a`. */
class World {
  readonly clock = new VirtualClock()
  readonly hub = new StreamHub({ clock: this.clock, epoch: 'e1' })
  readonly warnings: string[] = []
  readonly tools = { clock: this.clock, logger: this.#logger() }
  readonly #events: StreamEvent[] = []
  #leave = () => {}

  #logger(): Logger {
    const quiet = () => {}
    const warn = (_module: string, text: string) => void this.warnings.push(text)
    return { debug: quiet, info: quiet, warn, error: quiet, flush: quiet }
  }
  listen(...topics: StreamTopic[]): void {
    const reader = this.hub.connect(
      {
        unsentBytes: 0,
        send: (bytes) => {
          const message = JSON.parse(bytes.toString()) as StreamMessage
          if (message.type === 'events') this.#events.push(...message.events)
        },
        close: () => {},
      },
      null,
    )
    reader.receive(JSON.stringify({ type: 'subscribe', topics, instance: 'a', since: null }))
    this.#leave = () => reader.leave()
  }
  async leave(): Promise<void> {
    this.#leave()
    await this.clock.advance(31_000)
  }
  /** What came since the last look, after so many ms. */
  async after(ms: number): Promise<StreamEvent[]> {
    await this.clock.advance(ms)
    return this.#events.splice(0)
  }
}

const view = (id: string, parts: Partial<InstanceView> = {}): InstanceView =>
  ({
    id,
    state: 'running',
    equity: '1',
    memory_mb: 40,
    cpu_percent: 1,
    uptime_s: 1,
    ...parts,
  }) as InstanceView

describe('instances in the stream', () => {
  const told = (events: readonly StreamEvent[]) =>
    events.flatMap(({ topic, data }) =>
      topic === 'instances'
        ? [[data.items.map(({ id }) => id).join(' '), data.removed.join(' ')]]
        : [],
    )

  it('come all at first, then those that have changed, and the ids of those that are gone', async () => {
    const world = new World()
    let list: InstanceList = {
      items: [view('a'), view('b')],
      next_cursor: null,
      feed: null,
      faults: [],
    }
    let asked = 0
    world.hub.provide('instances', () =>
      followInstances(world.hub, world.clock, async () => {
        asked += 1
        return list
      }),
    )
    await world.clock.advance(5000)
    assert.equal(asked, 0)
    world.listen('instances')
    assert.deepEqual(told(await world.after(2000)), [['a b', '']])
    list = { ...list, items: [view('a', { equity: '2', uptime_s: 5 }), view('b', { uptime_s: 5 })] }
    const [event] = await world.after(1000)
    assert.ok(event?.topic === 'instances')
    assert.deepEqual(event.data.items, [view('a', { equity: '2', uptime_s: 5 })])
    list = { ...list, items: [view('b')], faults: ['b.json: …'] }
    const [next] = await world.after(1000)
    assert.deepEqual(next?.topic === 'instances' && [next.data.removed, next.data.faults], [
      ['a'],
      ['b.json: …'],
    ])
    await world.leave()
    const before = asked
    await world.clock.advance(5000)
    assert.equal(asked, before)
  })

  it('memory and CPU alone are told each five seconds at most', async () => {
    const world = new World()
    let memory = 40
    world.hub.provide('instances', () =>
      followInstances(world.hub, world.clock, async () => ({
        items: [view('a', { memory_mb: memory++ })],
        next_cursor: null,
        feed: null,
        faults: [],
      })),
    )
    world.listen('instances')
    assert.equal((await world.after(20_200)).length, 5)
  })

  it('a look that fails or takes long does not stop the next ones', async () => {
    const world = new World()
    let asked = 0
    world.hub.provide('instances', () =>
      followInstances(world.hub, world.clock, async () => {
        asked += 1
        if (asked === 1) throw new Error('the desk does not answer')
        return { items: [view('a')], next_cursor: null, feed: null, faults: [] }
      }),
    )
    world.listen('instances')
    assert.deepEqual(told(await world.after(1000)), [['a', '']])
  })
})

describe('orders and fills in the stream', () => {
  const changes = (line: number): JournalChanges => ({
    orders: [],
    fills: [
      {
        instrument: testInstrument,
        fill: { id: `f${line}`, instance: 'a', at: 0, price: 1, quantity: 1, fee: 0 },
      },
    ] as unknown as JournalChanges['fills'],
  })

  it('come from one tail, which is open while somebody listens to either', async () => {
    const world = new World()
    let [opened, closed, line] = [0, 0, 0]
    const journals = new LiveJournals(world.hub, world.tools, () => {
      opened += 1
      return { poll: () => changes(++line), close: () => void closed++ }
    })
    for (const topic of ['orders', 'fills'] as const)
      world.hub.provide(topic, () => journals.follow())
    world.listen('orders', 'fills')
    const ids = (await world.after(700)).map(({ data }) => ('id' in data ? data.id : ''))
    assert.deepEqual([ids, opened], [['f1', 'f2', 'f3'], 1])
    await world.leave()
    assert.equal(closed, 1)
    const before = line
    await world.clock.advance(1000)
    assert.equal(line, before)
  })

  it('journals that cannot be opened are told once and end nobody’s line', async () => {
    const world = new World()
    let tries = 0
    const journals = new LiveJournals(world.hub, world.tools, () => {
      tries += 1
      if (tries < 4) throw new Error('too many open files')
      return { poll: () => changes(tries), close: () => {} }
    })
    world.hub.provide('fills', () => journals.follow())
    world.listen('fills')
    assert.ok((await world.after(1000)).length > 0)
    assert.deepEqual(world.warnings, ['the journals are not followed: too many open files'])
    assert.equal(tries, 4)
  })

  it('a journal that cannot be read is told once and stops nothing', async () => {
    const world = new World()
    let looks = 0
    const journals = new LiveJournals(world.hub, world.tools, () => ({
      poll: () => {
        looks += 1
        if (looks < 4) throw new Error('disk I/O error')
        return changes(looks)
      },
      close: () => {},
    }))
    world.hub.provide('fills', () => journals.follow())
    world.listen('fills')
    assert.equal((await world.after(1000)).length, 1)
    assert.deepEqual(world.warnings, ['the journals are not followed: disk I/O error'])
  })
})

describe('positions, candles and logs in the stream', () => {
  it('a position comes when it or its worth has changed', async () => {
    const world = new World()
    const accounts = (equity: number): readonly DeskAccount[] => {
      const row = {
        instance: 'a',
        instrument: testInstrument,
        symbol: 'S',
        position: 2,
        equity,
        orders_working: 3,
      }
      return [{ account: 'x', is_reconciled: true, instances: [row] }] as unknown as DeskAccount[]
    }
    let answer = accounts(1)
    world.hub.provide('positions', () => followPositions(world.hub, world.tools, () => answer))
    world.listen('positions')
    assert.equal((await world.after(1000)).length, 1)
    answer = accounts(1)
    assert.equal((await world.after(1000)).length, 0)
    answer = accounts(2)
    const [event] = await world.after(1000)
    assert.equal(event?.topic === 'positions' && event.data.equity, '0.00000002')
  })

  it('a candle comes when it is new or has changed, also after more than one answer holds', async () => {
    const world = new World()
    let count = 3
    let close = '1'
    const candlesOf = async (
      _id: string,
      timeframe: string,
      limit: number,
    ): Promise<CandlePage> => {
      const items = Array.from({ length: count }, (_, i) => ({
        at: String(i).padStart(3, '0'),
        open: '1',
        high: '1',
        low: '1',
        close: i === count - 1 ? close : '0',
        volume: '0',
        finished: i < count - 1,
      }))
      return { items: items.slice(-limit), timeframe, market_time: null, next_cursor: null }
    }
    world.hub.provide('candles', ({ instance, timeframe }) =>
      followCandles(world.hub, world.clock, candlesOf, instance ?? '', timeframe ?? '1m'),
    )
    world.listen('candles')
    const ats = async () =>
      (await world.after(1100)).map(({ data }) => ('candle' in data ? data.candle.at : ''))
    assert.deepEqual(await ats(), ['000', '001', '002'])
    close = '2'
    assert.deepEqual(await ats(), ['002'])
    count = 4
    assert.deepEqual(await ats(), ['002', '003'])
    count = 60
    // Some that are known already come once more: by its opening a reader knows each.
    assert.ok((await ats()).includes('004'))
    assert.deepEqual(await ats(), [])
  })

  it('lines of a log come from the moment on at which somebody listens, over a turn of the file', async () => {
    const world = new World()
    const day = join(folder, 'a', '2026-11-21')
    mkdirSync(day, { recursive: true })
    const file = join(day, 'bot.log')
    writeFileSync(file, 'before\n')
    let place: string | null = join(folder, 'a')
    world.hub.provide('logs', () => followLog(world.hub, world.tools, 'a', () => place))
    world.listen('logs')
    const lines = async () =>
      (await world.after(700)).map(({ data }) => ('line' in data ? data.line : ''))
    assert.deepEqual(await lines(), [])
    appendFileSync(file, 'one\nhalf')
    assert.deepEqual(await lines(), ['one'])
    appendFileSync(file, ' a line\n')
    mkdirSync(join(folder, 'a', '2026-11-22'))
    writeFileSync(join(folder, 'a', '2026-11-22', 'bot.log'), 'two\n')
    assert.deepEqual(await lines(), ['half a line', 'two'])
    appendFileSync(join(folder, 'a', '2026-11-22', 'bot.log'), 'x\n'.repeat(700))
    const flood = await lines()
    assert.deepEqual(
      [flood.length, flood[0]],
      [501, '… 200 lines left out here: perpfleet logs a shows them'],
    )
    place = null
    assert.deepEqual(await lines(), [])
  })
})
