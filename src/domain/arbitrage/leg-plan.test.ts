/**
 * The bound of docs/concepts/legs.md in true positions: two desks with orders that fill in any order and in parts, are told late
 * or not at all for a while, messages on their way in both directions, legs that close and open, pairs that are entered and left
 * at any moment. And: when everything answers again, the legs come together.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { btcInstrument } from '../../../test/support/instruments.ts'
import { LAST, TargetDesk } from '../../../test/support/target-desk.ts'
import { type Instrument, instrumentId } from '../instrument.ts'
import { money, quantity } from '../money.ts'
import type { ClientOrderId } from '../order.ts'
import type { StrategyContext, StrategyEvent, TargetWant, Wants } from '../strategy.ts'
import { dustOf, isFlat, netDelta, TURN_MS, unitsOf } from './leg-state.ts'
import { enterPair, leavePair, stopEntering } from './pair-moves.ts'
import type { PairState } from './pair-state.ts'
import { type PairRule, pairStrategy } from './pair-strategy.ts'

/** What is told of a leg. */
type Word = 'open' | 'reduce' | 'away'
const WORDS: readonly Word[] = ['open', 'reduce', 'open', 'away']

type Wish = 'long' | 'short' | 'out' | 'stop' | null
interface Own {
  wish: Wish
  size: number
}

const rule: PairRule<Own, object> = {
  id: 'scripted',
  parameters: {},
  read: () => ({}),
  own: () => ({ wish: null, size: 0 }),
  decide(state, out) {
    const { wish, size } = state.own
    state.own.wish = null
    const { legs } = state
    if (wish === 'out') leavePair(state, 'asked', false, out)
    else if (wish === 'stop') stopEntering(state)
    else if (wish !== null && (legs.phase === 'flat' || legs.phase === 'entering')) {
      const side =
        legs.phase === 'entering' ? (Math.sign(legs.aim) as 1 | -1) : wish === 'long' ? 1 : -1
      enterPair(state, side, size, legs.clip)
    }
  },
  report: () => ({}),
}
const strategy = pairStrategy(rule)

const AT = Date.UTC(2025, 0, 1)
const here = btcInstrument({ id: instrumentId('here', 'BTC/USDT:USDT'), venue: 'here' })
/** Lots of 0.01 BTC, at least 2 of them: coarser than those of 0.001 here. */
const there: Instrument = btcInstrument({
  id: instrumentId('there', 'BTC/USDT:USDT'),
  venue: 'there',
  quantityDecimals: 2,
  moneyPerUnit: 10_000,
  quantityMin: quantity(2),
})

const contextOf = (instruments: readonly Instrument[]): StrategyContext => ({
  at: AT,
  instruments,
  prices: instruments.map(() => ({ last: LAST, mark: LAST })),
  capital: money(100_000_000_000_000),
  leverage: 2,
  marginMode: 'isolated',
  fees: [],
  positions: instruments.map(() => quantity(0)),
  initialPosition: 'none',
})

class World {
  state: PairState<Own, object>
  readonly desks: readonly [TargetDesk, TargetDesk]
  readonly targets: [TargetWant | null, TargetWant | null] = [null, null]
  at = AT
  worst = 0
  readonly #seqs = [0, 0]

  constructor(
    instruments: readonly [Instrument, Instrument],
    lead: 'first' | 'second',
    clips: number,
  ) {
    this.desks = [new TargetDesk(instruments[0]), new TargetDesk(instruments[1])]
    const parameters = {
      order_quantity: '0.9',
      clips,
      lead,
      price_age_max_s: 86_400,
      cooldown_s: 0,
    }
    assert.deepEqual(strategy.check(parameters, contextOf(instruments)), [])
    this.state = strategy.start(parameters, contextOf(instruments))
    for (const leg of [0, 1] as const) this.word(leg, 'open')
  }

  tell(event: StrategyEvent): void {
    this.state = JSON.parse(JSON.stringify(this.state))
    const changed = new Set<number>()
    const index = (id: string): 0 | 1 => (this.desks[0].instrument.id === id ? 0 : 1)
    const out: Wants = {
      rest: () => assert.fail('nothing rests'),
      drop: () => assert.fail('nothing rests'),
      target: (want) => {
        this.targets[index(want.instrument)] = want
        changed.add(index(want.instrument))
      },
      dropTarget: (id) => {
        this.targets[index(id)] = null
        changed.add(index(id))
      },
      wake: () => {},
      finish: () => {},
      note: () => {},
    }
    strategy.on(this.state, event, out)
    if (event.kind === 'fill') changed.add(index(event.fill.instrument))
    const wanted = strategy.wanted(this.state).targets
    assert.deepEqual(
      wanted,
      this.targets.filter((want) => want !== null),
    )
    for (const leg of changed)
      this.desks[leg as 0 | 1].inbox.push({
        target: this.targets[leg] ?? null,
        basis: this.#seqs[leg] ?? 0,
      })
  }

  /** A leg that may only reduce has a desk that refuses the rest; one that is away may still trade, unheard. */
  word(leg: 0 | 1, word: Word): void {
    const desk = this.desks[leg]
    desk.isReduceOnly = word === 'reduce'
    this.tell({
      kind: 'leg',
      at: this.at,
      instrument: desk.instrument.id,
      isOpen: word === 'open',
      canReduce: word !== 'away',
      reason: word === 'open' ? null : word,
    })
  }

  price(leg: 0 | 1, wish: Wish, size: number): void {
    this.state.own.wish = wish
    this.state.own.size = size
    const { id } = this.desks[leg].instrument
    this.tell({ kind: 'price', at: this.at, instrument: id, price: { last: LAST, mark: LAST } })
  }

  hear(leg: 0 | 1): void {
    const event = this.desks[leg].events.shift()
    if (event === undefined) return
    this.#seqs[leg] = event.seq
    const fill = {
      id: `${leg}.${event.seq}`,
      at: this.at,
      instrument: this.desks[leg].instrument.id,
      clientId: 'x' as ClientOrderId,
      side: event.side > 0 ? ('buy' as const) : ('sell' as const),
      price: LAST,
      quantity: quantity(event.lots),
      fee: money(0),
      isMaker: false,
      origin: { kind: 'target' as const },
    }
    this.tell({ kind: 'fill', at: this.at, seq: event.seq, fill })
  }

  /** True net delta in units of the common grid. */
  get delta(): number {
    const [first, second] = this.state.legs.pair
    return this.desks[0].position * first.unit + this.desks[1].position * second.unit
  }

  /** What is wanted of a leg now. */
  wanted(leg: 0 | 1): TargetWant | null {
    return this.targets[leg]
  }

  get isSettled(): boolean {
    return this.desks.every(
      ({ order, inbox, events }) => order === null && inbox.length === 0 && events.length === 0,
    )
  }

  /** What is on its way is over within TURN_MS: until everything is settled the other side is not asked for. */
  #enter(leg: 0 | 1, amount: number): void {
    const { phase, sideLast } = this.state.legs
    const size = 100 + (amount % 9) * 100
    if (this.isSettled) this.at += TURN_MS
    const side =
      this.isSettled || phase !== 'flat' || sideLast === 0 ? 1 - 2 * (amount % 2) : sideLast
    this.price(leg, side > 0 ? 'long' : 'short', size)
  }

  act(kind: number, leg: 0 | 1, amount: number): void {
    const desk = this.desks[leg]
    if (kind < 4) desk.receive()
    else if (kind < 9) desk.plan()
    else if (kind < 13) desk.fill(1 + (amount % 40))
    else if (kind < 15) desk.learn()
    else if (kind < 18) desk.settle()
    else if (kind < 23) this.hear(leg)
    else if (kind < 26) {
      this.at += amount * 20
      this.price(leg, null, 0)
    } else if (kind < 28) this.#enter(leg, amount)
    else if (kind < 29) this.price(leg, amount % 2 === 0 ? 'out' : 'stop', 0)
    else this.word(leg, WORDS[amount % 4] ?? 'open')
    this.check()
  }

  check(): void {
    const { legs } = this.state
    const bound = legs.clip + dustOf(legs)
    this.worst = Math.max(this.worst, Math.abs(this.delta) / bound)
    assert.ok(Math.abs(this.delta) <= bound, `net delta ${this.delta} beyond ${bound}`)
  }

  /** Both legs may only reduce: the pair is left wholly all the same, and nothing is entered. */
  leaveReduced(): void {
    for (const leg of [0, 1] as const) this.word(leg, 'reduce')
    for (let turn = 0; turn < 40 && !isFlat(this.state.legs); turn += 1) {
      this.price(0, 'out', 0)
      trade(this)
      this.at += 1_000
    }
    this.price(0, 'long', 900)
    trade(this)
    assert.deepEqual(
      this.desks.map(({ position }) => position),
      [0, 0],
    )
  }

  /** Everything answers: messages arrive, orders fill, time passes. @returns ms until the legs were together */
  recover(): number {
    for (const leg of [0, 1] as const) this.word(leg, 'open')
    const began = this.at
    while (this.at - began <= 60_000) {
      for (const leg of [0, 1] as const) {
        const desk = this.desks[leg]
        while (desk.inbox.length > 0) desk.receive()
        desk.plan()
        desk.fill(10_000)
        desk.settle()
        while (desk.events.length > 0) this.hear(leg)
      }
      const isTogether =
        Math.abs(this.delta) <= dustOf(this.state.legs) && this.state.legs.imbalance === null
      if (isTogether && this.isSettled) return this.at - began
      this.at += 250
      this.price(0, null, 0)
    }
    return assert.fail(`the legs stay apart by ${this.delta}`)
  }
}

/** Fills whatever is wanted until nothing is; both legs. */
function trade(world: World): void {
  for (let round = 0; round < 40; round += 1)
    for (const leg of [0, 1] as const) {
      const desk = world.desks[leg]
      while (desk.inbox.length > 0) desk.receive()
      desk.plan()
      desk.fill(1_000)
      desk.settle()
      while (desk.events.length > 0) world.hear(leg)
      world.check()
    }
}

const step = fc.tuple(fc.nat(29), fc.constantFrom(0 as const, 1 as const), fc.nat(200))

for (const [name, instruments] of [
  ['the same lots', [here, { ...here, id: there.id, venue: 'there' }]],
  ['coarser lots on the second leg', [here, there]],
  ['coarser lots on the first leg', [there, here]],
] as const) {
  test(`net delta stays within clip and dust in true positions: ${name}`, () => {
    let worst = 0
    fc.assert(
      fc.property(
        fc.constantFrom('first' as const, 'second' as const),
        fc.constantFrom(1, 3, 9),
        fc.array(step, { minLength: 100, maxLength: 400 }),
        (lead, clips, steps) => {
          const world = new World(instruments, lead, clips)
          for (const [kind, leg, amount] of steps) world.act(kind, leg, amount)
          worst = Math.max(worst, world.worst)
          assert.ok(world.recover() <= 5_000)
          assert.equal(netDelta(world.state.legs), world.delta)
          world.leaveReduced()
        },
      ),
      { numRuns: 120 },
    )
    assert.ok(worst > 0.5, `the runs came close to the bound: ${worst}`)
  })
}

test('a leg that closes stops the lead within that one event, and its excess is unwound after unwind_after_s', () => {
  const world = new World([here, { ...here, id: there.id, venue: 'there' }], 'first', 3)
  const [lead] = world.desks
  world.price(0, 'long', 900)
  lead.receive()
  lead.plan()
  lead.fill(200)
  lead.settle()
  world.hear(0)
  assert.equal(world.wanted(0)?.quantity, 300)
  assert.equal(world.wanted(1)?.quantity, -200)
  world.word(1, 'away')
  assert.equal(world.wanted(0), null)
  world.at += 9_999
  world.price(0, 'long', 900)
  assert.equal(world.wanted(0), null)
  assert.ok(strategy.wanted(world.state).wakes.some(({ at }) => at === AT + 10_000))
  world.at += 1
  world.price(0, null, 0)
  assert.equal(world.wanted(0)?.quantity, 0)
  assert.equal(world.wanted(0)?.isReduceOnly, true)
  assert.equal(world.wanted(1), null)
  assert.equal(unitsOf(world.state.legs.pair[0]), 200)
  assert.equal(world.state.legs.measures.deltaTimeClosed, 200 * 10_000)
})

test('while the hedge is open it follows a fill in part at once, with its worst price, also when the lead is closed', () => {
  const world = new World([here, { ...here, id: there.id, venue: 'there' }], 'first', 3)
  world.price(0, 'short', 900)
  const [lead] = world.desks
  lead.receive()
  lead.plan()
  lead.fill(7)
  lead.learn()
  world.word(0, 'away')
  world.hear(0)
  assert.equal(world.wanted(0), null)
  assert.equal(world.wanted(1)?.quantity, 7)
  // 60,000.00 + 0.5 bps is the ask; 50 bps beyond it is allowed.
  assert.equal(world.wanted(1)?.worstPrice, Math.ceil(6_000_300 * 1.005))
})

test('a lead that is ahead waits for the hedge before it turns round, and goes back alone when the pair is left', () => {
  const world = new World([here, { ...here, id: there.id, venue: 'there' }], 'first', 3)
  world.price(0, 'long', 900)
  const [lead] = world.desks
  lead.receive()
  lead.plan()
  lead.fill(300)
  lead.settle()
  world.hear(0)
  // Less is wanted than the lead has, while the hedge has nothing yet.
  world.price(0, 'long', 100)
  assert.equal(world.wanted(0)?.quantity, 300)
  assert.equal(world.wanted(1)?.quantity, -300)
  world.price(0, 'out', 0)
  assert.equal(world.wanted(0)?.quantity, 0)
  assert.equal(world.wanted(1), null)
})

/** 900 lots long here, 900 short there. */
function heldPair(): World {
  const world = new World([here, { ...here, id: there.id, venue: 'there' }], 'first', 3)
  world.price(0, 'long', 900)
  trade(world)
  assert.deepEqual(
    world.desks.map(({ position }) => position),
    [900, -900],
  )
  return world
}

test('while both venues are away the lead does not move, not even to leave', () => {
  const world = heldPair()
  for (const leg of [0, 1] as const) world.word(leg, 'away')
  world.price(0, 'out', 0)
  assert.equal(world.wanted(0), null)
  for (const leg of [0, 1] as const) world.word(leg, 'open')
  assert.equal(world.wanted(0)?.quantity, 600)
})

test('a pair that may only reduce is left by clips, reduce-only; not while one venue is away', () => {
  const world = heldPair()
  for (const leg of [0, 1] as const) world.word(leg, 'reduce')
  world.price(0, 'out', 0)
  assert.deepEqual([world.wanted(0)?.quantity, world.wanted(0)?.isReduceOnly], [600, true])
  world.word(1, 'away')
  assert.equal(world.wanted(0), null)
  world.word(1, 'reduce')
  assert.equal(world.wanted(0)?.quantity, 600)
  trade(world)
  assert.deepEqual(
    world.desks.map(({ position }) => position),
    [0, 0],
  )
  world.price(0, 'long', 300)
  assert.deepEqual([world.wanted(0), world.wanted(1)], [null, null])
})

test('a hedge that may only reduce cannot follow: the lead goes back to it, in either turn', () => {
  const world = heldPair()
  world.word(1, 'reduce')
  const [, hedge] = world.desks
  hedge.position = -700
  hedge.booked = -700
  hedge.seq += 1
  hedge.events.push({ seq: hedge.seq, side: 1, lots: 200 })
  world.hear(1)
  const targetsAfter = (ms: number) => {
    world.at = AT + ms
    world.price(0, null, 0)
    return [world.wanted(0)?.quantity, world.wanted(1)?.quantity]
  }
  assert.deepEqual(targetsAfter(4_999), [undefined, -900])
  assert.deepEqual(targetsAfter(5_000), [700, undefined])
  assert.deepEqual(targetsAfter(10_000), [700, undefined])
  trade(world)
  assert.equal(world.delta, 0)
})

test('an imbalance that lasts is unwound, then hedged at the market, in turn', () => {
  const world = new World([here, { ...here, id: there.id, venue: 'there' }], 'first', 3)
  world.price(0, 'long', 900)
  const [lead] = world.desks
  lead.receive()
  lead.plan()
  lead.fill(300)
  lead.settle()
  world.hear(0)
  const targets = () =>
    [world.wanted(0), world.wanted(1)].map((want) => want && [want.quantity, want.worstPrice])
  const at = (ms: number) => {
    world.at = AT + ms
    world.price(0, null, 0)
    return targets()
  }
  assert.deepEqual(at(4_999)[1]?.[0], -300)
  assert.deepEqual(at(5_000), [[0, null], null])
  assert.deepEqual(at(9_999), [[0, null], null])
  assert.deepEqual(at(10_000), [null, [-300, null]])
  assert.deepEqual(at(15_000), [[0, null], null])
  assert.equal(world.state.legs.measures.longestMs, 15_000)
})
