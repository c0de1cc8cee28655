import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  approve,
  limitOrder,
  Recorder,
} from '../../../../test/conformance/venue-account-harness.ts'
import { fillFact, ScriptedDialect } from '../../../../test/support/scripted-dialect.ts'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import type { Candle } from '../../../domain/market.ts'
import { price, quantity } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import { VenueError } from '../../../ports/venue.ts'
import { NotSentError } from './errors.ts'
import { LiveVenue, type LiveVenueOptions } from './live-venue.ts'

const request = {
  instance: 'one',
  symbol: 'SOL/USDC:USDC',
  leverage: 3,
  marginMode: 'isolated',
  paper: null,
  feed: null,
} as const

class Scene {
  readonly clock = new VirtualClock()
  readonly dialect = new ScriptedDialect()
  readonly recorder = new Recorder()
  readonly warnings: string[] = []
  readonly venue: LiveVenue
  readonly wall0 = this.clock.wallMs()

  constructor(changes: Partial<LiveVenueOptions> = {}) {
    const note = (_: string, text: string): void => void this.warnings.push(text)
    this.venue = new LiveVenue({
      dialect: this.dialect,
      clock: this.clock,
      logger: { debug() {}, info() {}, warn: note, error: note, flush() {} },
      account: 'live/test/main',
      random: () => 0.5,
      lastVenueSeq: 0,
      isBooked: () => false,
      eventsFrom: null,
      journalFrom: null,
      fingerprint: null,
      ...changes,
    })
  }

  /** Connected, streams live, the instrument attached. */
  async open(): Promise<this> {
    const connected = this.venue.connect(this.recorder)
    await this.clock.advance(0)
    this.dialect.say.onLive('private')
    await connected
    await this.venue.attach(request)
    return this
  }

  fill(id: string, atMs = 0) {
    return fillFact(this.dialect.market, id, this.wall0 + atMs)
  }
  get seqs(): number[] {
    return this.recorder.account.map((event) => event.venueSeq)
  }
  get fills(): string[] {
    return this.recorder.account.flatMap((e) => (e.kind === 'fill' ? [e.fill.id] : []))
  }
}

test('each fact is numbered once, from whatever side and however often it comes', async () => {
  const scene = await new Scene({ lastVenueSeq: 7 }).open()
  const { dialect, venue } = scene
  dialect.say.onFacts([scene.fill('a'), scene.fill('b')])
  dialect.say.onFacts([scene.fill('b'), scene.fill('a')])
  dialect.facts = [scene.fill('a'), scene.fill('b'), scene.fill('c')]
  const told = await venue.eventsSince(8)
  assert.deepEqual(
    told.map((event) => event.venueSeq),
    [9, 10],
  )
  dialect.say.onFacts([scene.fill('c')])
  assert.deepEqual(scene.seqs, [8, 9, 10])
  assert.deepEqual(scene.fills, ['a', 'b', 'c'])
  assert.deepEqual(await venue.eventsSince(10), [])
})

test('after a restart what the journal holds is not told again, what it does not hold is', async () => {
  // `b` was numbered 2 before the process died, and not committed.
  const scene = new Scene({ lastVenueSeq: 1, isBooked: (key) => key === 'fill:a', eventsFrom: 0 })
  await scene.open()
  scene.dialect.facts = [scene.fill('a'), scene.fill('b')]
  const told = await scene.venue.eventsSince(1)
  assert.deepEqual(scene.fills, ['b'])
  assert.deepEqual(
    told.map((event) => event.venueSeq),
    [2],
  )
})

test('what happened before the journal began is nobody’s, whenever it is told', async () => {
  const fresh = await new Scene().open()
  fresh.dialect.facts = [fresh.fill('before', -1000), fresh.fill('after', 1000)]
  await fresh.venue.eventsSince(0)
  assert.deepEqual(fresh.fills, ['after'])
  const wall0 = new VirtualClock().wallMs()
  const later = await new Scene({ eventsFrom: wall0, journalFrom: wall0 - 500 }).open()
  later.dialect.facts = [later.fill('before', -1000), later.fill('within', -400)]
  await later.venue.eventsSince(0)
  assert.deepEqual(later.fills, ['within'])
})

test('a late fact is found because every question looks back', async () => {
  const scene = await new Scene().open()
  await scene.venue.eventsSince(0)
  await scene.clock.advance(60_000)
  await scene.venue.eventsSince(0)
  // It happened a minute ago and the venue shows it only now.
  scene.dialect.facts = [scene.fill('late', 1000)]
  await scene.venue.eventsSince(0)
  assert.deepEqual(scene.fills, ['late'])
})

test('a failed question does not move the moment from which is asked', async () => {
  const scene = await new Scene({ eventsFrom: 0 }).open()
  scene.dialect.failures.push(['facts', new VenueError('unknown', 'timeout', 'No answer.')])
  await assert.rejects(scene.venue.eventsSince(0), { kind: 'unavailable', code: 'timeout' })
  scene.dialect.facts = [scene.fill('old', -86_400_000)]
  await scene.venue.eventsSince(0)
  assert.deepEqual(scene.fills, ['old'])
})

test('a gap is told once, everything is asked, and only then is the account ready', async () => {
  const scene = await new Scene().open()
  const { dialect, recorder, clock } = scene
  dialect.say.onGap('private', 'closed')
  dialect.say.onGap('private', 'closed again')
  assert.deepEqual(recorder.calls, ['gap'])
  dialect.facts = [scene.fill('missed')]
  dialect.onAsked = async () => {
    assert.deepEqual(recorder.calls, ['gap'], 'not ready before the answer')
  }
  dialect.say.onLive('private')
  await clock.advance(0)
  assert.deepEqual(scene.fills, ['missed'])
  assert.deepEqual(recorder.calls, ['gap', 'ready'])
})

test('a gap while the question after a gap is under way: the answer ends nothing', async () => {
  const scene = await new Scene().open()
  const { dialect, recorder, clock } = scene
  dialect.say.onGap('private', 'closed')
  let isFirst = true
  dialect.onAsked = async () => {
    if (isFirst) dialect.say.onGap('private', 'closed meanwhile')
    isFirst = false
  }
  dialect.say.onLive('private')
  await clock.advance(0)
  assert.deepEqual(recorder.calls, ['gap'])
  dialect.say.onLive('private')
  await clock.advance(0)
  assert.deepEqual(recorder.calls, ['gap', 'ready'])
})

test('a question that fails after a gap is asked again until it is answered', async () => {
  const scene = await new Scene().open()
  const { dialect, recorder, clock } = scene
  dialect.failures.push(
    ['facts', new VenueError('unavailable', 'down', 'Down.')],
    ['facts', new VenueError('unavailable', 'down', 'Down.')],
  )
  dialect.say.onGap('private', 'closed')
  dialect.say.onLive('private')
  await clock.advance(2000)
  assert.deepEqual(recorder.calls, ['gap'])
  await clock.advance(2000)
  assert.deepEqual(recorder.calls, ['gap', 'ready'])
})

test('while a stream is down the account and a silent market are polled', async () => {
  const scene = await new Scene().open()
  const { dialect, clock, recorder } = scene
  dialect.say.onGap('private', 'closed')
  dialect.facts = [scene.fill('polled', 1000)]
  await clock.advance(2000)
  assert.deepEqual(scene.fills, ['polled'])
  recorder.market.length = 0
  await clock.advance(6000)
  assert.ok(recorder.market.some((event) => event.kind === 'price'))
})

test('a market of which neither stream nor question brings a price is stale, once, until one comes', async () => {
  for (const question of ['fails', 'hangs'] as const) {
    const scene = await new Scene().open()
    const { dialect, clock, recorder } = scene
    const told: unknown[] = []
    Object.assign(recorder, { onStale: (...given: unknown[]) => void told.push(given) })
    const { id } = dialect.market
    const market = dialect.instrument.bind(dialect)
    // A question of now is answered by a price of now: an older one than the stream's is no sign of life.
    const answer: typeof market = async (symbol) => ({
      ...(await market(symbol)),
      at: clock.wallMs(),
    })
    dialect.instrument = answer
    await clock.advance(20_000)
    assert.deepEqual(told, [], 'the question is answered')
    dialect.instrument = () =>
      question === 'fails' ? Promise.reject(new Error('time-out')) : new Promise(() => {})
    await clock.advance(2000)
    assert.deepEqual(told, [], question)
    await clock.advance(8000)
    assert.deepEqual(told, [[id, true]], question)
    dialect.say.onPrice(id, { last: price(15_000), mark: price(15_000) }, clock.wallMs())
    assert.deepEqual(told.splice(0), [
      [id, true],
      [id, false],
    ])
    await clock.advance(10_000)
    dialect.instrument = answer
    await clock.advance(4000)
    assert.deepEqual(told, [
      [id, true],
      [id, false],
    ])
  }
})

test('streams that do not come are a gap, and do not keep the desk from starting', async () => {
  const scene = new Scene()
  const connected = scene.venue.connect(scene.recorder)
  await scene.clock.advance(10_000)
  await connected
  assert.deepEqual(scene.recorder.calls, ['gap'])
  assert.equal(scene.venue.link().isOpen, false)
})

test('an outage at the start is waited for, a refusal is final', async () => {
  const scene = new Scene()
  scene.dialect.failures.push(['open', new VenueError('unavailable', 'down', 'Down.')])
  const connected = scene.venue.connect(scene.recorder)
  await scene.clock.advance(1000)
  scene.dialect.say.onLive('private')
  await connected
  const refused = new Scene()
  refused.dialect.failures.push(['open', new VenueError('credential', '50113', 'Bad key.')])
  await assert.rejects(refused.venue.connect(refused.recorder), { kind: 'credential' })
})

test('a key that may withdraw, or of another account, is refused', async () => {
  const withdraw = new Scene()
  withdraw.dialect.account = { ...withdraw.dialect.account, canWithdraw: true }
  const refused = assert.rejects(withdraw.venue.connect(withdraw.recorder), {
    code: 'can_withdraw',
  })
  await withdraw.clock.advance(20_000)
  await refused
  const other = new Scene({ fingerprint: 'uid-0' })
  await assert.rejects(other.venue.connect(other.recorder), { code: 'other_account' })
  const silent = new Scene()
  silent.dialect.account = { ...silent.dialect.account, canWithdraw: null, isAddressBound: false }
  await silent.open()
  assert.equal(silent.warnings.length, 2)
})

test('placements: a message too large is cut, and only what is proven is rejected', async () => {
  const scene = await new Scene().open()
  const attached = await scene.venue.attach(request)
  const intents = (ids: string[], expiresAt: number | null = null) =>
    ids.map((id) => approve(attached, id, limitOrder(attached, 'buy', -100), expiresAt))
  const kinds = async (ids: string[]) => (await scene.venue.place(intents(ids))).map((o) => o.kind)
  assert.deepEqual(await kinds(['a', 'b', 'c']), ['accepted', 'accepted', 'accepted'])
  assert.deepEqual(
    scene.dialect.asked.filter((name) => name.startsWith('place')),
    ['place 2', 'place 1'],
  )
  const failing = async (error: Error) => {
    scene.dialect.placing = async () => {
      throw error
    }
    return (await kinds(['d']))[0]
  }
  assert.equal(await failing(new VenueError('unknown', 'timeout', '')), 'unknown')
  assert.equal(await failing(new VenueError('unavailable', 'http_502', '')), 'unknown')
  assert.equal(await failing(new Error('anything')), 'unknown')
  assert.equal(await failing(new NotSentError('unavailable', 'circuit_open', '')), 'rejected')
  assert.equal(await failing(new VenueError('rejected', '51008', '')), 'rejected')
  scene.dialect.placing = async () => []
  assert.deepEqual(await kinds(['e']), ['unknown'])
  const late = await scene.venue.place(intents(['f'], scene.venue.venueNow()))
  assert.deepEqual(late, [{ kind: 'rejected', clientId: 'f', reason: 'expired' }])
})

test('a cancel never throws, and an id without an answer is unknown', async () => {
  const scene = await new Scene().open()
  const ids = ['a', 'b'] as ClientOrderId[]
  scene.dialect.canceling = ([first]) => (first ? [{ kind: 'absent', clientId: first }] : [])
  const told = await scene.venue.cancel(scene.dialect.market.id, ids)
  assert.deepEqual(
    told.map((one) => one.kind),
    ['absent', 'unknown'],
  )
  scene.dialect.failures.push(['cancel', new VenueError('unavailable', 'down', '')])
  const failed = await scene.venue.cancel(scene.dialect.market.id, ids)
  assert.ok(failed.every((one) => one.kind === 'unknown'))
})

test('events are asked after the positions that they explain', async () => {
  const scene = await new Scene().open()
  scene.dialect.asked.length = 0
  const { venue } = scene
  await Promise.all([venue.eventsSince(0), venue.positions(), venue.eventsSince(0)])
  assert.deepEqual(scene.dialect.asked, ['facts', 'positions', 'facts'])
})

test('terms are set once, and again when they change', async () => {
  const scene = await new Scene().open()
  await scene.venue.attach(request)
  await scene.venue.attach({ ...request, leverage: 5 })
  assert.deepEqual(
    scene.dialect.asked.filter((name) => name.startsWith('terms')),
    ['terms 3 isolated', 'terms 5 isolated'],
  )
})

test('at most ten prices a second, at once when a wake band is left, and never an older one', async () => {
  const scene = await new Scene().open()
  const { dialect, clock, recorder, venue } = scene
  const { id } = dialect.market
  const say = (last: number, at: number) =>
    dialect.say.onPrice(id, { last: price(last), mark: price(last) }, at)
  await clock.advance(1000)
  recorder.market.length = 0
  for (let i = 0; i < 100; i++) {
    say(10_000 + i, scene.wall0 + i)
    await clock.advance(10)
  }
  assert.ok(recorder.market.length <= 11, `${recorder.market.length} prices in a second`)
  const wake = { instrument: id, below: price(9000), above: null, at: null, by: 'last' as const }
  venue.setWakes('one', [wake])
  const before = recorder.market.length
  say(9000, scene.wall0 + 200)
  assert.equal(recorder.market.length, before + 1)
  say(9500, scene.wall0 + 100)
  await clock.advance(200)
  assert.equal(recorder.market.length, before + 1)
})

test('a wake by time comes at its time, with the last price', async () => {
  const scene = await new Scene().open()
  const at = scene.venue.venueNow() + 5000
  const { id } = scene.dialect.market
  scene.venue.setWakes('one', [{ instrument: id, below: null, above: null, at, by: 'last' }])
  scene.recorder.market.length = 0
  await scene.clock.advance(4990)
  assert.ok(scene.recorder.market.every((event) => event.at < at))
  await scene.clock.advance(10)
  assert.equal(scene.recorder.market.at(-1)?.at, at)
})

test('closed candles come once and in order; a hole is filled from the venue', async () => {
  const scene = await new Scene().open()
  const { dialect, clock, recorder } = scene
  const t0 = Math.floor(scene.wall0 / 60_000) * 60_000
  await clock.advance(6 * 60_000)
  const candle = (minute: number): Candle => ({
    openAt: t0 + minute * 60_000,
    closeAt: t0 + (minute + 1) * 60_000,
    open: price(1),
    high: price(1),
    low: price(1),
    close: price(1),
    volume: quantity(0),
  })
  const now = { last: price(1), mark: price(1) }
  const say = (minute: number, isClosed = true) =>
    dialect.say.onCandle(dialect.market.id, candle(minute), isClosed, now)
  say(0)
  say(0)
  say(1, false)
  say(1)
  dialect.closed = [candle(2), candle(3), candle(4)]
  say(4)
  say(5)
  await clock.advance(0)
  const minutes = recorder.market.flatMap((event) =>
    event.kind === 'candle' ? [(event.candle.openAt - t0) / 60_000] : [],
  )
  assert.deepEqual(minutes, [0, 1, 2, 3, 4, 5])
})

test('a fill and a first price stamped a year ahead are told with the moment of their arrival', async () => {
  const scene = new Scene()
  const { dialect, recorder, clock, wall0 } = scene
  const YEAR_MS = 365 * 86_400_000
  const connected = scene.venue.connect(recorder)
  await clock.advance(0)
  dialect.say.onLive('private')
  await connected
  const { instrument } = dialect
  dialect.instrument = async (symbol) => ({
    ...(await instrument.call(dialect, symbol)),
    at: wall0 + YEAR_MS,
  })
  const attached = await scene.venue.attach(request)
  assert.equal(attached.at, wall0)
  dialect.say.onFacts([scene.fill('a', YEAR_MS), scene.fill('b', 10)])
  assert.deepEqual(
    recorder.account.map((event) => [event.at, event.kind === 'fill' ? event.fill.at : null]),
    [
      [wall0, wall0],
      [wall0 + 10, wall0 + 10],
    ],
  )
  assert.equal(scene.venue.link().wrongStamps, 2)
  assert.equal(
    scene.warnings.filter((text) => /ahead of the venue's own clock/.test(text)).length,
    1,
  )
})

test('the prices of a sandbox are not called live', async () => {
  for (const feed of ['sandbox', 'testnet', 'live'] as const) {
    const { venue } = await new Scene({ feed }).open()
    assert.equal((await venue.attach(request)).feed, feed)
  }
})

test('a contract that is counted in other steps than when the desk began is not attached again', async () => {
  const scene = await new Scene().open()
  const { dialect, venue } = scene
  const attached = await venue.attach(request)
  const { instrument } = dialect
  dialect.instrument = async (symbol) => {
    const told = await instrument.call(dialect, symbol)
    return { ...told, instrument: { ...told.instrument, lotSize: told.instrument.lotSize * 10 } }
  }
  await assert.rejects(venue.attach(request), { kind: 'unavailable', code: 'scale_changed' })
  // What is sent meanwhile is said in the steps in which it was decided.
  const sent: number[] = []
  dialect.placing = async (orders) => {
    sent.push(...orders.map((order) => order.instrument.lotSize))
    return []
  }
  await venue.place([
    approve(attached, 'pf1', limitOrder(attached, 'buy', 0, { quantity: quantity(1) })),
  ])
  assert.deepEqual(sent, [dialect.market.lotSize])
})
