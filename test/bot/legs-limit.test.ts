/** Who has let an instance go when a limit on the sum of its legs is reached while one of them is held already. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InstanceKeeper } from '../../src/bot/instance-keeper.ts'
import type { LegChannel } from '../../src/bot/leg-channel.ts'
import { LegsLimit } from '../../src/bot/legs-limit.ts'
import type { InstanceMode } from '../../src/domain/instance-mode.ts'
import { money, ratio } from '../../src/domain/money.ts'
import { LegsRisk } from '../../src/engine/legs-risk.ts'
import { silentLogger } from '../../src/ports/logger.ts'

const limits = { dailyLossMax: ratio(1_000_000), drawdownMax: ratio(0), onBreach: 'halt' } as const

function rig() {
  const told: string[] = []
  const risk = new LegsRisk(limits, 'UTC', money(1000), null)
  let equity = money(1000)
  const engine = { lastAt: 1, ledger: { equity: () => equity } }
  const keeper = { engine, risk, prices: [], save: () => {} } as unknown as InstanceKeeper
  const channel = (index: number) => ({
    index,
    view: { mode: 'running' as InstanceMode, isReady: true },
    tell: ({ type }: { readonly type: string }) => void told.push(`${index} ${type}`),
  })
  const legs = [channel(0), channel(1)] as const
  const channels = legs as unknown as readonly LegChannel[]
  const limit = new LegsLimit({ keeper, logger: silentLogger, channels })
  const lose = (): void => {
    equity = money(equity - 100)
    for (const one of channels) limit.heard(one)
    limit.look()
  }
  const mode = (leg: 0 | 1, is: InstanceMode): void => {
    legs[leg].view.mode = is
    limit.onMode(channels[leg] as LegChannel)
  }
  const away = (leg: 0 | 1): void => {
    legs[leg].view.isReady = false
  }
  const back = (leg: 0 | 1): void => {
    legs[leg].view.isReady = true
    limit.onWelcome(channels[leg] as LegChannel)
  }
  return { risk, told, lose, mode, away, back }
}

test('a leg that is held when the limit is reached releases it as any other when it is resumed', () => {
  const { risk, told, lose, mode } = rig()
  mode(0, 'halted')
  lose()
  assert.equal(risk.latch, 'limit_daily_loss')
  assert.deepEqual(told, ['0 limit', '1 limit'])
  // Its desk, which holds it for something else, tells no new mode.
  assert.deepEqual(risk.stored.held, [0])
  mode(0, 'running')
  assert.equal(risk.latch, null)
})

test('a leg that runs when the limit is reached has not released it by that', () => {
  const { risk, lose, mode } = rig()
  lose()
  mode(0, 'running')
  assert.equal(risk.latch, 'limit_daily_loss')
})

test('a leg that was away or died when the limit was reached, and is held for less than it asks, is told of it', () => {
  const cases = [
    ['reduce_only', true],
    ['paused', false],
  ] as const
  for (const [weaker, isAway] of cases) {
    const { risk, told, lose, mode, away, back } = rig()
    mode(0, weaker)
    if (isAway) away(0)
    lose()
    assert.deepEqual(risk.stored.held, [])
    // Its desk may have died with the word.
    away(0)
    told.length = 0
    back(0)
    assert.deepEqual(told, ['0 limit'])
    mode(0, 'halted')
    told.length = 0
    back(0)
    assert.deepEqual(told, [], 'it knows')
  }
})
