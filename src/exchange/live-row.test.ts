import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tableInstrument } from '../../test/support/table-market.ts'
import type { Candle } from '../domain/market.ts'
import { price, quantity, ratio } from '../domain/money.ts'
import { LiveRow, MINUTE_MS, type Slice } from './live-row.ts'

const T = 1_700_000_040_000 - (1_700_000_040_000 % MINUTE_MS)

const minute = (
  index: number,
  [open, high, low, close]: readonly [number, number, number, number],
  volume = 100,
): Candle => ({
  openAt: T + index * MINUTE_MS,
  closeAt: T + (index + 1) * MINUTE_MS,
  ...{ open: price(open), high: price(high), low: price(low), close: price(close) },
  volume: quantity(volume),
})

/** A row whose market goes to the end of each slice as it comes. */
class Market {
  at = T
  readonly row = new LiveRow(tableInstrument(), T, () => this.at)
  readonly played: Slice[] = []

  /** Everything that comes until `at`. */
  to(at: number): readonly Slice[] {
    this.row.cut(at)
    const fresh = this.row.slices.filter((one) => one.openAt >= this.at)
    this.at = Math.max(at, ...fresh.map((one) => one.closeAt))
    this.played.push(...fresh)
    return fresh
  }
}

const begun = (): Market => {
  const market = new Market()
  market.row.begin([minute(-1, [100, 100, 100, 100]), minute(0, [100, 120, 80, 100], 7)], T + 1000)
  return market
}
const shape = ({ open, high, low, close }: Candle) => [open, high, low, close]

describe('LiveRow', () => {
  it('plays what is new: nothing that was reached before it looked, every extreme once', () => {
    const market = begun()
    market.row.onMinute(minute(0, [100, 120, 80, 101]))
    assert.deepEqual(market.to(T + 2000).map(shape), [[100, 101, 100, 101]])
    market.row.onMinute(minute(0, [100, 130, 80, 101]))
    assert.deepEqual(market.to(T + 3000).map(shape), [[101, 130, 101, 101]])
    market.row.onMinute(minute(0, [100, 130, 80, 101]))
    assert.deepEqual(market.to(T + 4000), [])
    market.row.onPrice(price(79))
    assert.deepEqual(market.to(T + 5000).map(shape), [[101, 101, 79, 79]])
  })

  it('reaches late what the venue’s closed candle says and the streams did not', () => {
    const market = begun()
    market.row.onMinute(minute(0, [100, 120, 80, 101]))
    market.to(T + 30_000)
    const now = T + MINUTE_MS + 2000
    const closed = minute(0, [100, 120, 60, 102])
    assert.equal(market.row.onAnswer([closed], now), 0)
    const [slice] = market.to(now)
    assert.ok(slice)
    assert.deepEqual(shape(slice), [101, 102, 60, 102])
    assert.deepEqual(slice.tells, closed)
    assert.equal(market.row.confirmedTo, T + MINUTE_MS)
  })

  it('a minute is not over while the venue may still change it', () => {
    const market = begun()
    const now = T + MINUTE_MS + 1000
    market.row.onAnswer([minute(0, [100, 120, 80, 102])], now)
    assert.equal(market.row.confirmedTo, T)
    assert.equal(market.to(now)[0]?.tells, null)
  })

  it('plays minutes that nobody saw as a whole, in their order and at their times when it can', () => {
    const market = begun()
    const missed = [
      minute(0, [100, 120, 80, 90]),
      minute(1, [90, 95, 70, 75]),
      minute(2, [75, 200, 75, 180]),
    ]
    const now = T + 3 * MINUTE_MS + 5000
    assert.equal(market.row.onMinute(minute(3, [180, 181, 180, 181])), false, 'a hole comes first')
    assert.equal(market.row.onAnswer([...missed, minute(3, [180, 185, 170, 175])], now), 2)
    const slices = market.to(now)
    assert.deepEqual(
      slices.map((one) => one.tells?.openAt ?? null),
      [T, T + MINUTE_MS, T + 2 * MINUTE_MS, null],
    )
    assert.deepEqual(slices.slice(1).map(shape), [
      [90, 95, 70, 75],
      [75, 200, 75, 180],
      [180, 185, 170, 175],
    ])
    for (const [index, { openAt, closeAt }] of slices.entries()) {
      assert.ok(closeAt > openAt)
      assert.ok(openAt >= (slices[index - 1]?.closeAt ?? 0))
    }
  })

  it('takes minutes that the venue leaves out for minutes without a trade', () => {
    const market = begun()
    const now = T + 5 * MINUTE_MS + 3000
    market.row.onAnswer([minute(0, [100, 120, 80, 100]), minute(5, [101, 101, 101, 101])], now)
    assert.equal(market.row.confirmedTo, T + 5 * MINUTE_MS)
    assert.equal(market.row.onMinute(minute(5, [101, 103, 101, 103])), true)
  })

  it('does not know after a restart how far its minute had gone: only its close counts', () => {
    const market = new Market()
    market.at = T + 20_000
    const row = new LiveRow(tableInstrument(), market.at, () => market.at)
    row.remember(price(100), T + 19_000)
    assert.equal(row.slices.find((one) => one.openAt >= T + 19_000)?.openAt, T + 19_000)
    row.onPrice(price(50))
    assert.equal(row.cut(market.at + 1000), false, 'nobody listens before the venue has answered')
    row.onAnswer([minute(0, [100, 300, 10, 110])], T + MINUTE_MS + 2000)
    const fresh = row.slices.filter((one) => one.openAt >= market.at)
    assert.deepEqual(fresh.map(shape), [[100, 110, 100, 110]])
  })

  it('counts with the volume of the minute before until the present one has more', () => {
    const market = begun()
    market.row.onMinute(minute(0, [100, 120, 80, 101], 60))
    assert.equal(market.to(T + 2000)[0]?.volume, 100)
    market.row.onMinute(minute(0, [100, 120, 80, 102], 250))
    assert.equal(market.to(T + 3000)[0]?.volume, 250)
  })

  it('settles the rate that was told last before its time, and those of a hole as the venue did', () => {
    const { row } = begun()
    const due = T + 10_000
    row.onFunding({ at: due, rate: ratio(5) })
    row.onFunding({ at: due, rate: ratio(6) })
    assert.equal(row.fundingKnownUntil, due - 1)
    assert.deepEqual(row.funding(T, due), [])
    row.cut(due)
    assert.deepEqual(row.funding(T, due), [{ at: due, rate: 6 }])
    row.onFunding({ at: due, rate: ratio(7) })
    row.onFunding({ at: due + 2000, rate: ratio(8) })
    row.onSettled(
      [
        { at: due, rate: ratio(6) },
        { at: due + 2000, rate: ratio(9) },
      ],
      due + 3000,
    )
    row.cut(due + 4000)
    assert.deepEqual(row.funding(due, due + 4000), [{ at: due + 2000, rate: 9 }])
  })
})
