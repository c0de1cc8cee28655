/**
 * Candles that are passed in one step against the same candles walked: a second market that does nothing makes the
 * exchange walk, so every stop, event and part of the state must be equal.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  MINUTE_MS,
  orderRequest,
  paperTerms,
  type Row,
  TableSource,
  tableInstrument,
} from '../../test/support/table-market.ts'
import { money, price } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Wake } from '../domain/strategy.ts'
import { SimulatedExchange } from './simulated-exchange.ts'

const AAA = tableInstrument('AAA')
const BBB = tableInstrument('BBB')
const CAPITAL = money(40_000_000_000)

interface Act {
  readonly kind: 'buy' | 'sell' | 'stop' | 'market' | 'wake' | 'time' | 'cancel' | 'wait'
  readonly distance: number
}

interface Case {
  readonly rows: readonly (Row | null)[]
  readonly rates: readonly (readonly [number, number])[]
  readonly marks: Readonly<Record<number, number>>
  readonly acts: readonly Act[]
  readonly latencyMs: number
}

const rowOf = ([open, up, down, close]: readonly [number, number, number, number]): Row => [
  open,
  Math.max(open, close) + up,
  Math.min(open, close) - down,
  close,
  1_000_000,
]

const around = (spread: number) => fc.integer({ min: 10_000 - spread, max: 10_000 + spread })
const cases: fc.Arbitrary<Case> = fc.record({
  rows: fc.array(
    fc.option(fc.tuple(around(40), fc.nat(30), fc.nat(30), around(40)).map(rowOf), { freq: 12 }),
    { minLength: 8, maxLength: 40 },
  ),
  rates: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: -9, max: 9 })), {
      maxLength: 5,
    })
    .map((rates) =>
      [...new Map(rates).entries()]
        .sort(([a], [b]) => a - b)
        .map(([half, rate]) => [(half * MINUTE_MS) / 2, rate * 10_000] as const),
    ),
  marks: fc.dictionary(
    fc.nat(39).map((minute) => String(minute * MINUTE_MS)),
    around(60),
    { maxKeys: 3 },
  ),
  acts: fc.array(
    fc.record({
      kind: fc.constantFrom('buy', 'sell', 'stop', 'market', 'wake', 'time', 'cancel', 'wait'),
      distance: fc.integer({ min: -120, max: 120 }),
    }),
    { maxLength: 30 },
  ) as fc.Arbitrary<readonly Act[]>,
  latencyMs: fc.constantFrom(0, 0, 0, 25_000),
})

/** Everything that the exchange told, and its books at the end. */
function play({ rows, rates, marks, acts, latencyMs }: Case, isWalked: boolean) {
  const idle = [...rows.map(() => null), [5_000, 5_000, 5_000, 5_000] as Row]
  const own = { instrument: AAA, rows, rates, marks }
  const source = new TableSource(own, { instrument: BBB, rows: idle })
  const endAt = rows.length * MINUTE_MS
  const exchange = new SimulatedExchange({ source, startAt: 0, endAt: null, fillRule: 'through' })
  const terms = { leverage: 20, marginMode: 'isolated', paper: paperTerms({ latencyMs }) } as const
  exchange.openAccount('a')
  exchange.deposit('a', CAPITAL, 'start')
  exchange.attach('a', 'i', AAA.id, terms)
  if (isWalked) {
    exchange.openAccount('b')
    exchange.attach('b', 'j', BBB.id, terms)
  }
  const told: unknown[] = []
  let passed = 0
  for (let index = 0; ; index += 1) {
    const quiet = exchange.passCandle(endAt)
    const stop = quiet === null ? exchange.advance(endAt) : { at: quiet.at, market: [quiet] }
    if (quiet !== null) passed += 1
    if (stop === null) break
    told.push(stop, exchange.takeEvents())
    const act = acts[index]
    if (act !== undefined) told.push(perform(exchange, act, index))
  }
  const { markets } = exchange.snapshot() as unknown as { markets: Record<string, unknown> }
  told.push(markets[AAA.id], exchange.ledger('a'), exchange.openOrders('a'))
  return { told, passed }
}

function perform(exchange: SimulatedExchange, { kind, distance }: Act, index: number): unknown {
  const { last } = exchange.price(AAA.id)
  const id = `o${index}` as ClientOrderId
  const place = (
    ...order: Parameters<typeof orderRequest> extends [unknown, ...infer Rest] ? Rest : never
  ) => exchange.place('a', id, orderRequest(AAA, ...order))
  const trigger = { kind: 'stop', price: price(last + distance), by: 'last' } as const
  const wake = (parts: Partial<Wake>): Wake => ({
    instrument: AAA.id,
    below: null,
    above: null,
    at: null,
    by: 'last',
    ...parts,
  })
  switch (kind) {
    case 'buy':
    case 'sell':
      return place(kind, 500, last + (kind === 'buy' ? -1 : 1) * Math.abs(distance))
    case 'stop':
      return place(distance > 0 ? 'buy' : 'sell', 500, null, { trigger, timeInForce: 'gtc' })
    case 'market':
      return place(distance > 0 ? 'buy' : 'sell', 60_000, null)
    case 'wake':
      return exchange.setWakes('i', [
        wake({ below: price(last - Math.abs(distance)), above: price(last + Math.abs(distance)) }),
      ])
    case 'time':
      return exchange.setWakes('i', [wake({ at: exchange.at + (distance + 121) * 1000 })])
    case 'cancel':
      return exchange.cancel('a', AAA.id, `o${index - 1}` as ClientOrderId)
    case 'wait':
      return null
  }
}

test('a candle passed in one step leaves everything as one that is walked', () => {
  let passed = 0
  fc.assert(
    fc.property(cases, (one) => {
      const quick = play(one, false)
      const walked = play(one, true)
      passed += quick.passed
      assert.equal(walked.passed, 0)
      assert.deepEqual(quick.told, walked.told)
    }),
    { numRuns: 400 },
  )
  assert.ok(passed > 2000, `${passed} candles were passed`)
})
