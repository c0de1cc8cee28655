/**
 * Funding fees and liquidation prices against the tables that Freqtrade tests itself with, in the folder named by
 * MARKET_DATA. Where a venue or Freqtrade follows another rule, the difference must be exactly as large as that rule
 * makes it (docs/reference/third-party-numbers.md).
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Instrument, linearMoneyPerUnit } from '../../src/domain/instrument.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import { fundingPayment } from '../../src/domain/position/funding.ts'
import { liquidationPrice } from '../../src/domain/position/liquidation.ts'
import { ACCOUNT, Bench } from '../support/exchange-bench.ts'
import { MINUTE_MS, ONE, type Row, tableInstrument } from '../support/table-market.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

interface FeeRow {
  readonly size: number
  readonly funding_rate: number
  readonly mark_price: number | null
  readonly time_in_ratio: number | null
  readonly funding_fee: number
  readonly kraken_fee: number | null
}

interface HeldRow {
  readonly exchange: 'binance' | 'gate'
  /** Moments of opening and closing, UTC. */
  readonly d1: string
  readonly d2: string
  readonly amount: number
  readonly expected_fees: number
}

interface LiquidationRow {
  readonly is_short: boolean
  readonly trading_mode: 'spot' | 'futures'
  readonly exchange_name: 'binance' | 'gate' | 'okx' | 'bybit'
  readonly leverage: number
  readonly open_rate: number
  readonly amount: number
  readonly expected_liq: number | null
}

interface Tables {
  readonly test_calculate_funding_fees: readonly [{ readonly rows: readonly FeeRow[] }]
  readonly test__fetch_and_calculate_funding_fees: readonly [{ readonly rows: readonly HeldRow[] }]
  readonly test_get_liquidation_price: readonly [
    unknown,
    { readonly rows: readonly LiquidationRow[] },
  ]
  readonly mark_and_rate_fixture: readonly {
    readonly hour: number
    readonly mark: number
    readonly rate: number
  }[]
}

const readTables = (): Tables =>
  JSON.parse(
    readFileSync(join(folder ?? '', 'expected/freqtrade_funding_liquidation.json'), 'utf8'),
  )

function assertNear(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, not ${expected}`)
}

/** A payment is truncated to 1e-8; Freqtrade's tables are printed with ten digits. */
const MONEY_TOLERANCE = 1.01e-8

// Prices in 0.01, lots of 0.01.
const COIN = tableInstrument('ADA')
const priceOf = (mark: number) => price(Math.round(mark * 100))
const lotsOf = (size: number) => quantity(Math.round(size * 100))
const rateOf = (rate: number) => ratio(Math.round(rate * ONE))

describe('funding fees', () => {
  test('of one settlement: size · mark · rate, received by a short when positive', options, () => {
    const [{ rows }] = readTables().test_calculate_funding_fees
    let compared = 0
    for (const row of rows) {
      const { size, funding_rate: rate, mark_price: mark, funding_fee: fee } = row
      // Freqtrade lets a settlement without a mark pass for nothing; ours is never without one (see below).
      if (mark === null) continue
      const short = fundingPayment(COIN, quantity(-lotsOf(size)), priceOf(mark), rateOf(rate))
      const long = fundingPayment(COIN, lotsOf(size), priceOf(mark), rateOf(rate))
      assertNear(short / ONE, fee, MONEY_TOLERANCE, JSON.stringify(row))
      assert.equal(long, -short)
      // Kraken settles all the time: the share of the interval. No venue of ours does.
      const { kraken_fee: kraken, time_in_ratio: share } = row
      if (kraken !== null)
        assertNear((short / ONE) * (share ?? 0), kraken, MONEY_TOLERANCE, 'Kraken')
      compared += 1
    }
    assert.equal(compared, 3)
  })

  const START_AT = Date.UTC(2021, 7, 31, 23, 50)
  const MIDNIGHT = Date.UTC(2021, 8, 1) - START_AT
  const momentOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`) - START_AT
  /** Freqtrade: opened at or before, closed at or after; on Binance up to 15 seconds too late count as well. */
  const countsForFreqtrade = ({ exchange, d1, d2 }: HeldRow, at: number): boolean =>
    momentOf(d1) - (exchange === 'binance' ? 14_999 : 0) <= at && at <= momentOf(d2)
  /** Ours: whoever holds the position when it is settled, after all fills of that moment. */
  const counts = ({ d1, d2 }: HeldRow, at: number): boolean =>
    momentOf(d1) <= at && at < momentOf(d2)

  /** Candles whose price never moves, the fixture's marks and rates at 00:00 and 08:00, from ten minutes before. */
  function market({ mark_and_rate_fixture: fixture }: Tables) {
    const flat: Row = [277, 277, 277, 277]
    const due = fixture.filter(({ hour }) => hour % 8 === 0)
    const at = (hour: number) => MIDNIGHT + hour * 3_600_000
    return {
      payments: due.map(({ hour, mark, rate }) => ({ at: at(hour), mark, rate })),
      table: {
        instrument: COIN,
        rows: Array.from({ length: 13 * 60 }, () => flat),
        rates: due.map(({ hour, rate }) => [at(hour), rateOf(rate)] as const),
        marks: Object.fromEntries(due.map(({ hour, mark }) => [at(hour), priceOf(mark)])),
      },
    }
  }

  /** Goes on to a moment: to the close of its candle when one closes then, which comes before the settlement. */
  function goTo(bench: Bench, at: number): void {
    for (;;) {
      const stop = bench.exchange.advance(at)
      if (stop === null || (stop.at >= at && at % MINUTE_MS === 0)) return
    }
  }

  /** What a position receives on the simulated exchange. */
  function receivedBy(side: 'buy' | 'sell', row: HeldRow, tables: Tables): number {
    const bench = new Bench([], { tables: [market(tables).table] })
    const lots = lotsOf(row.amount)
    goTo(bench, momentOf(row.d1))
    bench.place(side, lots, null, {}, COIN)
    goTo(bench, momentOf(row.d2))
    bench.place(side === 'buy' ? 'sell' : 'buy', lots, null, {}, COIN)
    bench.rest()
    assert.equal(bench.held, 0)
    return bench.exchange.ledger(ACCOUNT).funding / ONE
  }

  test(
    'of positions held over settlements, with the difference of each rule',
    options,
    (context) => {
      const tables = readTables()
      const [{ rows }] = tables.test__fetch_and_calculate_funding_fees
      let equal = 0
      for (const row of rows) {
        const { payments } = market(tables)
        const title = `${row.exchange} ${row.d1} to ${row.d2}`
        const ours = receivedBy('sell', row, tables)
        // The numbers of the table are those of a short.
        assert.equal(receivedBy('buy', row, tables), 0 - ours, title)
        let difference = 0
        for (const { at, mark, rate } of payments) {
          const isCounted = Number(countsForFreqtrade(row, at)) - Number(counts(row, at))
          difference += isCounted * row.amount * mark * rate
        }
        assertNear(ours + difference, row.expected_fees, 2 * MONEY_TOLERANCE, title)
        if (difference === 0) equal += 1
      }
      context.diagnostic(
        `${rows.length} positions, ${equal} equal, the others differ by their rule`,
      )
      assert.equal(rows.length, 15)
    },
  )

  test('a settlement without a mark is paid on the last price, not forgotten', () => {
    const flat: Row = [250, 250, 250, 250]
    const table = { instrument: COIN, rows: [flat, flat], rates: [[MINUTE_MS, 20_000]] as const }
    const bench = new Bench([], { tables: [table] })
    bench.place('sell', 1000, null, {}, COIN)
    bench.rest()
    // 10 coins at 2.5, 0.0002 of it: 0.005, where Freqtrade's table has 0.
    assert.equal(bench.exchange.ledger(ACCOUNT).funding, 500_000)
  })
})

describe('liquidation prices', () => {
  const RATE = 0.01
  const AMOUNT = 0.01
  const TAKER = 0.0006
  const PRICE_DECIMALS = 6
  // One price unit, and what the roundings of margin and maintenance make of it at 0.6 coins.
  const PRICE_TOLERANCE = 1.1e-6

  const instrument = (maintenanceAmount: number): Instrument =>
    tableInstrument('ADA', {
      priceDecimals: PRICE_DECIMALS,
      quantityDecimals: 1,
      moneyPerUnit: linearMoneyPerUnit(PRICE_DECIMALS, 1, 1),
      marginTiers: [
        {
          notionalFloor: money(0),
          maintenanceRate: rateOf(RATE),
          maintenanceAmount: money(Math.round(maintenanceAmount * ONE)),
          leverageMax: 100,
        },
      ],
    })

  /** Isolated, the margin is the cost divided by the leverage. */
  function ours(row: LiquidationRow, maintenanceAmount: number, closingFee: number): number | null {
    const { is_short: isShort, leverage, open_rate: entry, amount } = row
    const sign = isShort ? -1 : 1
    const found = liquidationPrice({
      instrument: instrument(maintenanceAmount),
      position: {
        quantity: quantity(sign * Math.round(amount * 10)),
        cost: money(sign * Math.round(entry * amount * ONE)),
      },
      margin: Math.round((entry * amount * ONE) / leverage),
      closingFee: rateOf(closingFee),
    })
    return found === null ? null : found / 10 ** PRICE_DECIMALS
  }

  const rowsOf = (...venues: readonly string[]) =>
    readTables().test_get_liquidation_price[1].rows.filter(
      ({ trading_mode: mode, exchange_name: venue }) =>
        mode === 'futures' && venues.includes(venue),
    )

  test('Binance: maintenance rate and amount, no fee', options, () => {
    const rows = rowsOf('binance')
    for (const row of rows) {
      const found = ours(row, AMOUNT, 0) ?? Number.NaN
      assertNear(found, row.expected_liq ?? Number.NaN, PRICE_TOLERANCE, JSON.stringify(row))
    }
    assert.equal(rows.length, 8)
  })

  test('Gate and OKX: maintenance rate and taker fee', options, () => {
    const rows = rowsOf('gate', 'okx')
    for (const row of rows) {
      const expected = row.expected_liq ?? Number.NaN
      assertNear(ours(row, 0, TAKER) ?? Number.NaN, expected, PRICE_TOLERANCE, JSON.stringify(row))
      // Their form knows no maintenance amount: with one, ours lies further away by just that.
      const sign = row.is_short ? -1 : 1
      const further = AMOUNT / row.amount / (1 - sign * (RATE + TAKER))
      const found = ours(row, AMOUNT, TAKER) ?? Number.NaN
      assertNear(expected - found, sign * further, PRICE_TOLERANCE, JSON.stringify(row))
    }
    assert.equal(rows.length, 8)
  })

  test('Bybit: maintenance of the entry value instead of the value at the mark', options, () => {
    const rows = rowsOf('bybit')
    for (const row of rows) {
      const { is_short: isShort, leverage, open_rate: entry, expected_liq: expected } = row
      const sign = isShort ? -1 : 1
      const difference = (entry * RATE * (1 / leverage - RATE)) / (1 - sign * RATE)
      // At 1x a long of ours cannot be liquidated above zero.
      const found = ours(row, 0, 0) ?? 0
      // Some of these are printed with six digits.
      assertNear((expected ?? 0) - found, difference, 2 * PRICE_TOLERANCE, JSON.stringify(row))
    }
    assert.equal(rows.length, 8)
  })

  test('spot has none', options, () => {
    const rows = readTables().test_get_liquidation_price[1].rows
    const spot = rows.filter(({ trading_mode: mode }) => mode === 'spot')
    assert.deepEqual([...new Set(spot.map(({ expected_liq: liquidation }) => liquidation))], [null])
    assert.equal(rows.length, spot.length + 24)
  })
})
