/**
 * Arbitrage on real data of two venues: two figures are worked out a second time by plain loops over the files, without any
 * code of the program, and lines of docs/concepts/arbitrage-on-real-data.md are run again. Needs the folder named by
 * MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type Case, cases, lineOf, prepared, type Row, run } from './arbitrage-cases.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-arbitrage-'))
after(() => rmSync(scratch, { recursive: true }))

const QUARTER_MS = 900_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const caseOf = (id: string): Case => {
  const found = cases.find((one) => one.id === id)
  assert.ok(found, id)
  return found
}

function rowsOf(file: string): readonly (readonly number[])[] {
  const text = gunzipSync(readFileSync(join(folder ?? '', file))).toString('utf8')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
}

/** Settlements by their minute. */
const settlementsOf = (file: string) =>
  rowsOf(file).map(([at = 0, rate = 0]) => ({
    at: Math.round(at / MINUTE_MS) * MINUTE_MS,
    rate,
  }))

interface Plain {
  readonly first: string
  readonly second: string
  readonly from: number
  readonly to: number
  readonly least: number
  readonly exit: number
  readonly base: number
  /** Of both legs, shares. */
  readonly fees: readonly [number, number]
  readonly slippage: number
}

/**
 * Both legs at the closes of one series: at each close the rate per day of each venue is its last settlement before that close
 * over the distance to the next; long where it is lower while they differ by `least`, out at `exit`. A position that is
 * entered 200 ms after a settlement is not part of it, one that is left then still is.
 */
function plainly({ first, second, from, to, least, exit, base, fees, slippage }: Plain) {
  const series = [settlementsOf(first), settlementsOf(second)]
  const next = [0, 0]
  const sums = { funding: 0, fees: 0, slippage: 0, pairs: 0 }
  let side = 0
  let [notBefore, isOver] = [0, false]
  const trade = (price: number) => {
    for (const fee of fees) {
      sums.fees += base * price * fee
      sums.slippage += base * price * slippage
    }
  }
  for (const [openAt = 0, , , , close = 0] of rowsOf(
    'candles/binance_perp_BTCUSDT_15m_2023_202507.csv.gz',
  )) {
    const at = openAt + QUARTER_MS
    if (openAt < from || at > to || isOver) continue
    const perDay = series.map((settlements, leg) => {
      while ((settlements[next[leg] ?? 0]?.at ?? Infinity) < at) next[leg] = (next[leg] ?? 0) + 1
      const [last, coming] = [settlements[(next[leg] ?? 0) - 1], settlements[next[leg] ?? 0]]
      if (last === undefined || coming === undefined) return null
      return (last.rate * DAY_MS) / (coming.at - last.at)
    })
    const [one = null, other = null] = perDay
    const before = side
    if (one !== null && other !== null) {
      const apart = other - one
      if (side === 0 && at >= notBefore && Math.abs(apart) >= least && at < to) {
        side = Math.sign(apart)
        sums.pairs += 1
        trade(close)
      } else if (side !== 0 && side * apart <= exit && at < to) {
        side = 0
        notBefore = at + MINUTE_MS
        trade(close)
      }
    }
    // Settled on what was held before this close was traded.
    for (const [leg, settlements] of series.entries()) {
      const due = settlements[next[leg] ?? 0]
      if (due?.at === at) sums.funding -= (leg === 0 ? 1 : -1) * before * base * close * due.rate
    }
  }
  return sums
}

/** One part, no look at the break-even: the rule of the loops. */
const simple = (one: Case): Case => {
  const { order_notional: _, ...base } = one.base
  const all = { order_quantity: 0.2, clips: 1, break_even_max_h: 80_000 }
  return { ...one, base: { ...base, ...all } }
}

const near = (found: string, expected: number, share: number, what: string) => {
  const off = Math.abs(Number(found) - expected)
  assert.ok(off <= Math.abs(expected) * share, `${what}: found ${found}, by hand ${expected}`)
}

async function agree(id: string, row: Row, from: string, to: string, plain: Partial<Plain>) {
  const one = { ...simple(caseOf(id)), from, to }
  const home = await prepared(one, folder ?? '', scratch)
  const result = await run(one, row, home, null)
  const terms = { from: Date.parse(from), to: Date.parse(to), base: 0.2, slippage: 0.0001 }
  const byHand = plainly({ ...terms, ...plain } as Plain)
  assert.ok(byHand.pairs >= 3, `${byHand.pairs} pairs`)
  assert.equal(result.opportunities.length, byHand.pairs)
  near(result.ledger.funding, byHand.funding, 0.0005, 'funding')
  near(result.ledger.fees, byHand.fees, 0.0005, 'fees')
  near(result.slippage, byHand.slippage, 0.03, 'slippage')
}

test(
  'funding of Binance and Hyperliquid, 2024: as plain loops over the files find it',
  options,
  () =>
    agree(
      'funding-binance-hyperliquid',
      { name: '', set: { min_rate_bps_day: 10, exit_rate_bps_day: -10 } },
      '2024-01-01',
      '2025-01-01',
      {
        first: 'funding/binance_perp_BTCUSDT_2020_202507.csv.gz',
        second: 'funding/hyperliquid_perp_BTC.csv.gz',
        least: 0.001,
        exit: -0.001,
        fees: [0.0005, 0.00045],
      },
    ),
)

test('funding of Bybit and Hyperliquid, 2023: as plain loops over the files find it', options, () =>
  agree(
    'funding-bybit-hyperliquid',
    { name: '', set: { min_rate_bps_day: 20, exit_rate_bps_day: 0 } },
    '2023-06-01',
    '2024-01-01',
    {
      first: 'funding/bybit_perp_BTCUSDT_2020_2023.csv.gz',
      second: 'funding/hyperliquid_perp_BTC.csv.gz',
      least: 0.002,
      exit: 0,
      fees: [0.00055, 0.00045],
    },
  ),
)

/** Columns of a CSV by their names. */
const csv = (file: string): readonly Readonly<Record<string, string>>[] => {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const names = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
  })
}

/** Closes by the time of the close. */
const closesOf = (file: string): ReadonlyMap<number, number> =>
  new Map(rowsOf(file).map(([openAt = 0, , , , close = 0]) => [openAt + QUARTER_MS, close]))

test(
  'spread of Binance and Hyperliquid, 2025: fills, funding and total are those of the files',
  options,
  async () => {
    const one = caseOf('spread-binance-hyperliquid')
    const row = one.rows[4]
    assert.ok(row)
    const report = join(scratch, 'spread')
    const result = await run(one, row, await prepared(one, folder ?? '', scratch), report)
    const markets = [
      [
        'binance',
        'binance_perp_BTCUSDT_15m_2023_202507',
        'binance_perp_BTCUSDT_2020_202507',
        0.0005,
      ],
      ['hyperliquid', 'hyperliquid_perp_BTC_15m', 'hyperliquid_perp_BTC', 0.00045],
    ] as const
    let total = 0
    for (const [venue, candles, rates, taker] of markets) {
      const closes = closesOf(`candles/${candles}.csv.gz`)
      const fills = csv(join(report, 'fills.csv')).filter(({ instrument }) =>
        instrument?.startsWith(`${venue}:`),
      )
      let held = 0
      const steps = [{ at: 0, held: 0 }]
      for (const { at, side, price, quantity, fee } of fills) {
        const sign = side === 'buy' ? 1 : -1
        // Decided at a close: the slippage of a basis point and what a second of the next candle moved.
        const close = closes.get(Math.floor(Number(at) / QUARTER_MS) * QUARTER_MS) ?? 0
        assert.ok(Math.abs(Number(price) / close - 1) < 0.0004, `${at} ${price} ${close}`)
        const value = Number(price) * Number(quantity)
        assert.ok(Math.abs(Number(fee) - value * taker) < 1e-6)
        total -= sign * value + value * taker
        held += sign * Number(quantity)
        steps.push({ at: Number(at), held })
      }
      for (const { at, rate } of settlementsOf(`funding/${rates}.csv.gz`)) {
        const position = steps.findLast((step) => step.at < at)?.held ?? 0
        if (at <= Date.parse(one.to)) total -= position * (closes.get(at) ?? 0) * rate
      }
      total += held * (closes.get(Date.parse(one.to)) ?? 0)
    }
    assert.ok(
      Math.abs(total - Number(result.ledger.total)) < 0.02,
      `${total}, ${result.ledger.total}`,
    )
  },
)

test('the page shows what the command finds', options, async () => {
  const page = readFileSync(
    join(import.meta.dirname, '..', '..', 'docs', 'concepts', 'arbitrage-on-real-data.md'),
    'utf8',
  )
  for (const [id, index] of [
    ['spread-binance-hyperliquid', 4],
    ['funding-bybit-hyperliquid', 3],
    ['funding-bybit-hyperliquid', 0],
  ] as const) {
    const one = caseOf(id)
    const row = one.rows[index]
    assert.ok(row)
    const result = await run(one, row, await prepared(one, folder ?? '', scratch), null)
    assert.ok(page.includes(lineOf(row, result)), `${id}: ${lineOf(row, result)}`)
    assert.ok(result.legs.every(({ account }) => account.difference === '0'))
  }
})
