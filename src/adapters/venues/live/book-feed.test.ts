/** Readers of books: numbers, order, sequences, crossed books; recorded messages where MARKET_DATA is set. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Instrument } from '../../../domain/instrument.ts'
import { AsterBooks } from '../aster/books.ts'
import { BackpackBooks } from '../backpack/books.ts'
import { HyperliquidBooks } from '../hyperliquid/books.ts'
import { OkxBooks, okxBookContract } from '../okx/books.ts'
import { contractFrom } from '../okx/instruments.ts'
import type { BookNews, BookReader } from './book-feed.ts'
import { type BookContract, BookSide, baseContract, unitsOf } from './book-levels.ts'

const folder = process.env['MARKET_DATA'] || undefined
const recorded = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const read = (...path: string[]): unknown =>
  JSON.parse(readFileSync(join(folder ?? '', 'payloads', ...path), 'utf8'))

/** Prices of 0.1, lots of 0.001. */
const btc = (name = 'BTC'): BookContract =>
  baseContract(
    {
      id: 'x:BTC/USDT:USDT',
      priceDecimals: 1,
      quantityDecimals: 3,
      lotSize: 1,
      fundingIntervalMs: 3_600_000,
    } as unknown as Instrument,
    name,
  )

const say = (reader: BookReader, message: unknown): readonly BookNews[] =>
  reader.onMessage(JSON.stringify(message))

/** Kind and what matters of it, in short. */
const short = (news: readonly BookNews[]): unknown =>
  news.map((one) => {
    if (one.kind === 'book') return [one.at, one.bids, one.asks]
    if (one.kind === 'lost') return [one.reason, one.isBroken]
    return one.kind === 'facts' ? one.facts : one.reason
  })

describe('numbers of books', () => {
  test('plain decimals become integers exactly, or nothing', () => {
    const cases: [unknown, number, number][] = [
      ['98450.50', 1, 984_505],
      ['0.001', 3, 1],
      ['12', 2, 1200],
      ['1e-3', 3, 1],
      ['98450.55', 1, Number.NaN],
      ['', 1, Number.NaN],
      ['abc', 1, Number.NaN],
      ['-1', 1, Number.NaN],
      ['1.2.3', 1, Number.NaN],
      ['99999999999999999999', 1, Number.NaN],
      [5, 1, Number.NaN],
      [null, 1, Number.NaN],
    ]
    for (const [text, decimals, units] of cases)
      assert.deepEqual(unitsOf(text, decimals, true), units, String(text))
    assert.equal(unitsOf('1.2349', 3, false), 1234)
  })

  test('a side keeps its order whatever comes', () => {
    const asks = new BookSide(1)
    const bids = new BookSide(-1)
    for (const at of [5, 3, 9, 7, 3]) {
      asks.set(at, at * 10)
      bids.set(at, at)
    }
    asks.set(7, 0)
    asks.set(8, 0)
    bids.set(9, 1)
    assert.deepEqual(asks.top(5, null), [
      [3, 30],
      [5, 50],
      [9, 90],
    ])
    assert.deepEqual(bids.top(2, null), [
      [9, 1],
      [7, 7],
    ])
    assert.deepEqual(asks.top(5, 5).length, 2, 'nothing behind the worst known price')
  })
})

const LEVELS = [
  ['100.0', '1'],
  ['99.9', '2'],
]
const ASKS = [
  ['100.1', '3'],
  ['100.3', '0.0004'],
  ['100.4', '1'],
]

describe('aster', () => {
  const reader = (): [AsterBooks, BookContract] => {
    const made = new AsterBooks({ levels: 5 })
    const contract = btc('BTCUSDT')
    made.subscribe([contract])
    return [made, contract]
  }
  const book = (part: object) => ({
    stream: 'btcusdt@depth5@100ms',
    data: { e: 'depthUpdate', s: 'BTCUSDT', T: 10, b: LEVELS, a: ASKS, ...part },
  })

  test('whole books; a level below one lot is none', () => {
    const [one] = reader()
    assert.deepEqual(short(say(one, book({}))), [
      [
        10,
        [
          [1000, 1000],
          [999, 2000],
        ],
        [
          [1001, 3000],
          [1004, 1000],
        ],
      ],
    ])
  })

  test('crossed, unreadable and unordered books do not count, older ones are left out', () => {
    const [one] = reader()
    assert.deepEqual(short(say(one, book({ a: [['100.0', '1']] }))), [['crossed', false]])
    assert.deepEqual(short(say(one, book({ a: [['x', '1']] }))), [['unreadable', false]])
    assert.deepEqual(short(say(one, book({ b: [...LEVELS].reverse() }))), [['unreadable', false]])
    assert.equal(say(one, book({ T: 9 })).length, 0)
    assert.equal(say(one, book({ s: 'ETHUSDT' })).length, 0)
    assert.equal(one.onMessage('pong').length, 0)
    assert.equal(one.onMessage('{"half').length, 0)
  })

  test('a book stamped far ahead holds the true ones up for ten messages, not for ever', () => {
    const [one] = reader()
    say(one, book({ T: 9e12 }))
    const told = Array.from({ length: 12 }, (_, index) => say(one, book({ T: 10 + index })).length)
    assert.deepEqual(told, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
  })

  test('the mark tells the funding that comes next', () => {
    const [one] = reader()
    const data = {
      e: 'markPriceUpdate',
      s: 'BTCUSDT',
      E: 5,
      p: '100.05',
      i: '100',
      r: '0.0001',
      T: 7_200_000,
    }
    assert.deepEqual(short(say(one, { stream: 's', data })), [
      {
        mark: 1000,
        index: 1000,
        funding: { rate: 10_000, nextAt: 7_200_000, intervalMs: 3_600_000 },
      },
    ])
  })
})

describe('okx', () => {
  const contract = (): BookContract => btc('BTC-USDT-SWAP')
  const arg = (channel: string) => ({ channel, instId: 'BTC-USDT-SWAP' })

  test('five levels come whole, more by changes that name the one before', () => {
    const five = new OkxBooks({ levels: 5 })
    const [frame] = five.subscribe([contract()]) as [{ args: readonly { channel: string }[] }]
    assert.deepEqual(
      frame.args.map((one) => one.channel),
      ['books5', 'funding-rate', 'mark-price'],
    )
    const data = [{ bids: LEVELS, asks: ASKS, ts: '10', seqId: 4 }]
    assert.equal(say(five, { arg: arg('books5'), data })[0]?.kind, 'book')
  })

  test('changes are applied in order; a gap or a crossed book begins anew', () => {
    const deep = new OkxBooks({ levels: 20 })
    const one = contract()
    deep.subscribe([one])
    const books = (action: string, prevSeqId: number, seqId: number, part: object) =>
      short(
        say(deep, {
          arg: arg('books'),
          action,
          data: [{ bids: [], asks: [], ts: String(seqId), seqId, prevSeqId, ...part }],
        }),
      )
    const whole = { bids: LEVELS, asks: ASKS.slice(0, 1) }
    assert.deepEqual(books('update', 3, 4, {}), [], 'nothing counts before the snapshot')
    assert.deepEqual(books('snapshot', -1, 5, whole), [
      [
        5,
        [
          [1000, 1000],
          [999, 2000],
        ],
        [[1001, 3000]],
      ],
    ])
    const change = { bids: [['100.0', '0']], asks: [['100.1', '5']] }
    assert.deepEqual(books('update', 5, 9, change), [[9, [[999, 2000]], [[1001, 5000]]]])
    assert.deepEqual(books('update', 8, 12, {}), [['a gap', true]])
    assert.deepEqual(books('update', 12, 13, {}), [])
    assert.deepEqual(deep.begin(one), [
      { op: 'unsubscribe', args: [arg('books')] },
      { op: 'subscribe', args: [arg('books')] },
    ])
    assert.equal((books('snapshot', -1, 20, whole) as unknown[]).length, 1)
    const crossing = { bids: [['100.1', '1']] }
    assert.deepEqual(books('update', 20, 21, crossing), [['crossed', true]])
  })

  test('recorded books, their contracts in lots, and the rate of funding', recorded, () => {
    const rows = (read('okx', 'http_get_instruments_swap.json') as { data: never[] }).data
    const found = rows
      .map((row) => contractFrom(row))
      .find((row) => row?.instId === 'BTC-USDT-SWAP')
    assert.ok(found)
    const swap = okxBookContract(found)
    assert.ok(swap.sizeStep >= 1)
    const deep = new OkxBooks({ levels: 20 })
    const spot = { ...swap, name: 'BTC-USDT', instrument: { ...swap.instrument, priceDecimals: 2 } }
    deep.subscribe([spot, swap])
    const snapshot = read('okx', 'ws_books_snapshot.json') as { data: { ts: string }[] }
    const [news] = deep.read(snapshot)
    assert.ok(news?.kind === 'book')
    assert.equal(news.at, Number(snapshot.data[0]?.ts))
    assert.deepEqual([news.bids[0]?.[0], news.asks[0]?.[0]], [847_697, 847_698])
    const [funding] = deep.read(read('okx', 'ws_funding_rate.json'))
    assert.ok(funding?.kind === 'facts')
    assert.deepEqual(funding.facts.funding, {
      rate: 10_000,
      nextAt: 1_744_590_349_506,
      intervalMs: 8 * 3_600_000,
    })
  })
})

describe('hyperliquid', () => {
  test('recorded books and contexts', recorded, () => {
    const reader = new HyperliquidBooks({ levels: 3 })
    reader.subscribe([btc()])
    const data = read('hyperliquid', 'ws_book_data.json') as { time: number }
    const fine = { ...btc(), instrument: { ...btc().instrument, priceDecimals: 2 } }
    reader.follow(fine)
    const [book] = say(reader, { channel: 'l2Book', data })
    assert.ok(book?.kind === 'book')
    assert.deepEqual(book.bids, [
      [9_845_050, 2500],
      [9_844_975, 1800],
      [9_844_900, 750],
    ])
    assert.deepEqual([book.asks[0], book.at], [[9_845_100, 1500], data.time])
    type Contexts = { data: { ctxs: [string, unknown[]][] } }
    const all = read('hyperliquid', 'ws_all_dexs_asset_ctxs.json') as Contexts
    const ctx = all.data.ctxs[0]?.[1][0]
    const [facts] = say(reader, { channel: 'activeAssetCtx', data: { coin: 'BTC', ctx } })
    assert.ok(facts?.kind === 'facts')
    assert.deepEqual(facts.facts, {
      mark: 7_756_200,
      index: 7_760_500,
      funding: {
        rate: -152,
        intervalMs: 3_600_000,
        nextAt:
          Math.ceil(data.time / 3_600_000) * 3_600_000 + (data.time % 3_600_000 ? 0 : 3_600_000),
      },
    })
    // The recorded answer of REST has the same shape.
    const answer = read('hyperliquid', 'http_l2_book_btc.json')
    const [asked] = say(reader, { channel: 'l2Book', data: answer })
    assert.ok(asked?.kind === 'book' && asked.bids.length === 3)
  })

  test('a refused subscription is told, one that stands already is not', () => {
    const reader = new HyperliquidBooks({ levels: 3 })
    assert.deepEqual(short(say(reader, { channel: 'error', data: 'Invalid coin' })), [
      'Invalid coin',
    ])
    assert.equal(say(reader, { channel: 'error', data: 'Already subscribed: {}' }).length, 0)
  })
})

describe('backpack', () => {
  const NOW = 1_700_000_000_000
  const change = (U: number, u: number, part: object = {}) => ({
    stream: 'depth.BTC_USDC_PERP',
    data: {
      e: 'depth',
      E: NOW * 1000,
      T: (NOW + u) * 1000,
      s: 'BTC_USDC_PERP',
      U,
      u,
      a: [],
      b: [],
      ...part,
    },
  })
  // The venue writes both sides upwards.
  const snapshot = (lastUpdateId: number) => ({
    bids: [...LEVELS].reverse(),
    asks: ASKS,
    lastUpdateId: String(lastUpdateId),
    timestamp: NOW * 1000,
  })
  const reader = (): [BackpackBooks, BookContract] => {
    const made = new BackpackBooks({ levels: 5 })
    const contract = btc('BTC_USDC_PERP')
    made.subscribe([contract])
    return [made, contract]
  }
  const top = (news: readonly BookNews[]): unknown =>
    news.map((one) => (one.kind === 'book' ? [one.at, one.bids[0], one.asks[0]] : short([one])))

  test('changes wait for the snapshot; those within it are left out, the first may begin within it', () => {
    const [one, contract] = reader()
    assert.deepEqual(say(one, change(5, 8)), [])
    assert.deepEqual(say(one, change(9, 12, { b: [['100.0', '7']] })), [])
    assert.deepEqual(say(one, change(13, 13, { a: [['100.1', '0']] })), [])
    const begun = one.snapshots.take(contract, snapshot(10))
    assert.deepEqual(top(begun), [[NOW + 13, [1000, 7000], [1004, 1000]]])
    assert.equal(one.snapshots.take(contract, snapshot(10)).length, 0, 'one snapshot is enough')
    assert.deepEqual(top(say(one, change(14, 14, { b: [['100.0', '8']] }))), [
      [NOW + 14, [1000, 8000], [1004, 1000]],
    ])
    assert.deepEqual(say(one, change(14, 14, { b: [['100.0', '9']] })), [], 'told twice')
  })

  test('a gap, a crossed book and an old snapshot begin anew', () => {
    const [one, contract] = reader()
    one.snapshots.take(contract, snapshot(10))
    assert.equal(say(one, change(11, 11))[0]?.kind, 'book')
    assert.deepEqual(short(say(one, change(13, 13))), [['a gap', true]])
    assert.deepEqual(say(one, change(14, 15)), [], 'held back')
    assert.deepEqual(one.begin(contract), [])
    assert.deepEqual(short(one.snapshots.take(contract, snapshot(12))), [
      ['a snapshot that is older than the changes', true],
    ])
    say(one, change(16, 16))
    assert.equal(one.snapshots.take(contract, snapshot(16))[0]?.kind, 'book')
    const crossing = change(17, 17, { b: [['100.3', '1']] })
    assert.deepEqual(short(say(one, crossing)), [['crossed', true]])
  })

  test('recorded change and description', recorded, () => {
    type Case = { payload: { data?: { e?: string; U?: number } } }
    const { samples } = read('backpack', 'connector_cases.json') as { samples: Case[] }
    const found = samples.find(({ payload }) => payload?.data?.e === 'depth' && payload.data.U)
    assert.ok(found)
    const [one] = reader()
    const coarse = {
      ...btc('BTC_USDC_PERP'),
      instrument: { ...btc().instrument, priceDecimals: 4 },
    }
    one.follow(coarse)
    one.snapshots.take(coarse, { bids: [], asks: [], lastUpdateId: '156', timestamp: 1 })
    const data = { ...found.payload.data, s: 'BTC_USDC_PERP' }
    assert.deepEqual(top(say(one, { data })), [[123_456_789, [24, 10_000], [26, 100_000]]])
  })
})
