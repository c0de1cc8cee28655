/** The money side of one instance: equity, loss limits at their boundary, what latches, what releases, what survives. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import {
  riskAt as at,
  CAPITAL,
  riskFill as fill,
  limitsOf,
  NOON,
  riskOf,
  UNIT,
} from '../../test/support/instance-risk.ts'
import type { InstanceMode } from '../domain/instance-mode.ts'
import { money, quantity, ratio } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { InstanceRisk } from './instance-risk.ts'

const DAY = 86_400_000

describe('equity', () => {
  test('is capital + profit on mark + funding - fees, whatever the order of the fills', () => {
    const one = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({ min: 1, max: 500 }),
      value: fc.integer({ min: 1, max: 30_000 }),
      fee: fc.integer({ min: -50, max: 500 }),
      funding: fc.integer({ min: -500, max: 500 }),
    })
    const property = fc.property(
      fc.array(one, { maxLength: 30 }),
      fc.integer({ min: 1, max: 30_000 }),
      (trades, mark) => {
        const risk = riskOf()
        let profit = 0n
        let position = 0
        for (const { side, lots, value, fee, funding } of trades) {
          risk.bookFill(fill(side, lots, value, money(fee)))
          risk.bookFunding(money(funding))
          const signed = side === 'buy' ? lots : -lots
          position += signed
          // Exact, and independent of cash accounts: each lot is worth mark - price from its fill on.
          profit += BigInt(signed) * BigInt(mark - value) * BigInt(UNIT)
          profit += BigInt(funding - fee)
        }
        risk.onPrice(NOON, at(mark))
        assert.equal(risk.position, position)
        assert.equal(BigInt(risk.equity()), BigInt(CAPITAL) + profit)
        assert.equal(BigInt(risk.profit()), profit)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  test('what is taken over or handed on at mark is neither won nor lost', () => {
    const risk = riskOf()
    risk.onPrice(NOON, at(14_321))
    risk.adopt(quantity(-77))
    assert.deepEqual([risk.position, risk.equity()], [-77, CAPITAL])
    risk.onPrice(NOON, at(14_320))
    assert.equal(risk.equity(), CAPITAL + 77 * UNIT)
    risk.handOver()
    assert.deepEqual([risk.position, risk.equity()], [0, CAPITAL + 77 * UNIT])
  })
})

describe('loss limits: exactly at the limit nothing happens, one unit more latches', () => {
  const fivePercent = ratio(5_000_000)

  test('daily loss, of the equity at the start of the day', () => {
    const risk = riskOf({ dailyLossMax: fivePercent })
    risk.bookFill(fill('buy', 1, 15_000))
    assert.equal(risk.onPrice(NOON, at(14_950)), null, '50 of 1000 are allowed')
    assert.equal(risk.onPrice(NOON, at(14_949)), 'limit_daily_loss')
    assert.equal(risk.onPrice(NOON, at(14_900)), null, 'told once')
    assert.deepEqual([risk.latch, risk.mode], ['limit_daily_loss', 'reduce_only'])
  })

  test('daily loss: the next day counts from its own start', () => {
    const risk = riskOf({ dailyLossMax: fivePercent })
    risk.bookFill(fill('buy', 1, 15_000))
    risk.onPrice(NOON, at(14_960))
    // 960 at the start of the day: 48 may be lost.
    assert.equal(risk.onPrice(NOON + DAY, at(14_960)), null)
    assert.equal(risk.onPrice(NOON + DAY, at(14_912)), null)
    assert.equal(risk.onPrice(NOON + DAY, at(14_911)), 'limit_daily_loss')
  })

  test('drawdown, of the capital, from the peak; a new day does not release it', () => {
    const risk = riskOf({ drawdownMax: ratio(10_000_000) })
    risk.bookFill(fill('buy', 1, 15_000))
    risk.onPrice(NOON, at(15_500))
    assert.equal(risk.onPrice(NOON, at(15_400)), null, '100 below the peak are allowed')
    assert.equal(risk.onPrice(NOON, at(15_399)), 'limit_drawdown')
    risk.onPrice(NOON + DAY, at(15_399))
    assert.deepEqual([risk.latch, risk.mode], ['limit_drawdown', 'reduce_only'])
  })

  test('0 is off', () => {
    const risk = riskOf()
    risk.bookFill(fill('buy', 1, 15_000))
    assert.equal(risk.onPrice(NOON, at(1)), null)
    assert.equal(risk.latch, null)
  })

  test('the day is that of the time zone', () => {
    // 23:30 in Tokyo is 14:30 UTC; half an hour later its day is over.
    const evening = Date.parse('2026-11-21T14:30:00Z')
    for (const [zone, expected] of [
      ['Asia/Tokyo', null],
      ['UTC', 'limit_daily_loss'],
    ] as const) {
      const risk = new InstanceRisk(
        {
          instrument: testInstrument,
          capital: CAPITAL,
          limits: limitsOf({ dailyLossMax: fivePercent }),
          timeZone: zone,
        },
        at(15_000),
        evening,
      )
      risk.bookFill(fill('buy', 1, 15_000))
      risk.onPrice(evening, at(14_900))
      risk.onPrice(evening + 1_800_000, at(14_900))
      assert.equal(risk.latch, expected, zone)
    }
  })
})

describe('latches', () => {
  const breached = (onBreach: RiskLimits['onBreach'], mode: InstanceMode = 'running') => {
    const risk = riskOf({ dailyLossMax: ratio(5_000_000), onBreach })
    risk.setMode(mode)
    risk.bookFill(fill('buy', 1, 15_000))
    risk.onPrice(NOON, at(14_900))
    return risk
  }

  test('what on_breach makes of each mode, and what a new day makes of that', () => {
    const modes = ['running', 'paused', 'reduce_only', 'halted', 'killed', 'disarmed'] as const
    const table = modes.map((mode) => {
      const after = (onBreach: RiskLimits['onBreach']) => breached(onBreach, mode).mode
      const next = breached('halt', mode)
      next.onPrice(NOON + DAY, at(14_900))
      return [mode, after('reduce_only'), after('halt'), after('flatten'), next.mode, next.latch]
    })
    assert.deepEqual(table, [
      ['running', 'reduce_only', 'halted', 'halted', 'running', null],
      ['paused', 'paused', 'halted', 'halted', 'paused', null],
      ['reduce_only', 'reduce_only', 'halted', 'halted', 'running', null],
      ['halted', 'halted', 'halted', 'halted', 'running', null],
      ['killed', 'killed', 'killed', 'killed', 'killed', null],
      ['disarmed', 'disarmed', 'disarmed', 'disarmed', 'disarmed', null],
    ])
  })

  test('a pause that was asked for while a limit held outlives the limit and a restart; a resume ends it', () => {
    const cause = { kind: 'pause', since: 1, marketAt: NOON, limit: null } as const
    for (const isEnded of [false, true]) {
      const risk = breached('halt')
      risk.setMode('halted', cause)
      if (isEnded) risk.setMode('running')
      const next = riskOf({ dailyLossMax: ratio(5_000_000), onBreach: 'halt' })
      next.restore(JSON.parse(JSON.stringify(risk.state())))
      if (isEnded) next.breach('limit_daily_loss', 'halt')
      next.onPrice(NOON + DAY, at(14_900))
      assert.equal(next.mode, isEnded ? 'running' : 'paused')
      assert.deepEqual(next.cause, isEnded ? null : cause)
    }
  })

  test('an operator who lets it run has seen the limit: losses count anew from there', () => {
    const risk = breached('reduce_only')
    risk.setMode('running')
    assert.equal(risk.latch, null)
    // 900 are left: 45 of them may be lost.
    assert.equal(risk.onPrice(NOON, at(14_855)), null)
    assert.equal(risk.onPrice(NOON, at(14_854)), 'limit_daily_loss')
  })

  test('any other mode leaves the latch, and only the latched limit can be released', () => {
    const risk = breached('reduce_only')
    for (const mode of ['paused', 'killed', 'disarmed'] as const) risk.setMode(mode)
    assert.equal(risk.latch, 'limit_daily_loss')
    assert.deepEqual(
      [risk.release('limit_drawdown'), risk.release('limit_daily_loss'), risk.latch],
      [false, true, null],
    )
  })

  test('who closes a position takes the latch over: no new day lets it trade again', () => {
    const risk = breached('halt')
    risk.takeOver()
    risk.onPrice(NOON + DAY, at(14_900))
    assert.deepEqual([risk.mode, risk.latch], ['halted', null])
  })

  test('the first limit stands; another one does not replace it', () => {
    const risk = riskOf({ dailyLossMax: ratio(5_000_000), drawdownMax: ratio(6_000_000) })
    risk.bookFill(fill('buy', 1, 15_000))
    risk.onPrice(NOON, at(14_949))
    assert.equal(risk.onPrice(NOON, at(14_000)), null)
    assert.equal(risk.latch, 'limit_daily_loss')
  })
})

test('everything survives a restart: the copy goes on exactly as the original would', () => {
  const step = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    lots: fc.integer({ min: 1, max: 3 }),
    value: fc.integer({ min: 14_000, max: 16_000 }),
    hours: fc.integer({ min: 0, max: 20 }),
  })
  const options = { dailyLossMax: ratio(5_000_000), drawdownMax: ratio(20_000_000) }
  const property = fc.property(
    fc.array(step, { minLength: 1, maxLength: 20 }),
    fc.nat(19),
    (steps, restartAt) => {
      const first = riskOf(options)
      let copy: InstanceRisk = riskOf(options)
      let now = NOON
      for (const [index, { side, lots, value, hours }] of steps.entries()) {
        now += hours * 3_600_000
        const trade = fill(side, lots, value)
        const told = [first, copy].map((risk) => {
          risk.bookFill(trade)
          return risk.onPrice(now, at(value))
        })
        assert.equal(told[0], told[1])
        if (index === restartAt) {
          const stored = JSON.parse(JSON.stringify(copy.state()))
          copy = riskOf(options)
          copy.restore(stored)
          copy.onPrice(now, at(value))
        }
        assert.deepEqual(copy.state(), first.state())
      }
    },
  )
  fc.assert(property, { numRuns: 200 })
})

test('more or less capital moves the bases of the limits, so it is no loss', () => {
  const risk = riskOf({ dailyLossMax: ratio(5_000_000), drawdownMax: ratio(10_000_000) })
  risk.setLimits(money(500 * UNIT), limitsOf({ dailyLossMax: ratio(5_000_000) }))
  assert.deepEqual([risk.onPrice(NOON, at(15_000)), risk.profitToday()], [null, 0])
  risk.bookFill(fill('buy', 1, 15_000))
  // Of 500 that are left, 25 may be lost.
  assert.equal(risk.onPrice(NOON, at(14_975)), null)
  assert.equal(risk.onPrice(NOON, at(14_974)), 'limit_daily_loss')
})

test('a limit that halts outweighs one that only reduces, which holds again when the day is over', () => {
  const options: Partial<RiskLimits> = { dailyLossMax: ratio(10_000_000), onBreach: 'flatten' }
  const risk = riskOf(options)
  risk.breach('foreign_activity', 'reduce_only')
  assert.deepEqual([risk.mode, risk.latch], ['reduce_only', 'foreign_activity'])
  risk.bookFill(fill('buy', 1, 15_000))
  assert.equal(risk.onPrice(NOON, at(14_900)), null)
  assert.equal(risk.onPrice(NOON, at(14_899)), 'limit_daily_loss')
  assert.deepEqual([risk.mode, risk.latch], ['halted', 'limit_daily_loss'])
  assert.equal(risk.onPrice(NOON, at(14_000)), null, 'once')
  const after = riskOf(options)
  after.restore(JSON.parse(JSON.stringify(risk.state())))
  assert.equal(after.onPrice(NOON + DAY, at(14_000)), null)
  assert.deepEqual([after.mode, after.latch], ['reduce_only', 'foreign_activity'])
  assert.equal(after.onPrice(NOON + 2 * DAY, at(14_000)), null)
  assert.deepEqual([after.mode, after.latch], ['reduce_only', 'foreign_activity'])
  risk.setMode('running')
  assert.equal(risk.onPrice(NOON + DAY, at(14_000)), null)
  assert.deepEqual([risk.mode, risk.latch], ['running', null], 'an operator has seen both')
})

test('a limit that only reduces as well changes nothing of what holds already', () => {
  const risk = riskOf({ dailyLossMax: ratio(10_000_000) })
  risk.breach('foreign_activity', 'reduce_only')
  risk.bookFill(fill('buy', 1, 15_000))
  assert.equal(risk.onPrice(NOON, at(14_000)), null)
  assert.equal(risk.latch, 'foreign_activity')
})
