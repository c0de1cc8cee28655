import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import { phrases } from '../cli/messages/phrases.ts'
import { speechIn } from '../cli/speech.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { TradingMode } from '../domain/trading-mode.ts'
import { Commands } from './commands.ts'
import type { Fleet } from './fleet.ts'
import { hasteText } from './leg-haste.ts'
import { feedView } from './view.ts'

const pair = (mode: TradingMode, imbalance_time_s?: number): ResolvedInstance =>
  ({
    settings: { mode },
    legs: [{}],
    parameters: imbalance_time_s === undefined ? {} : { imbalance_time_s },
  }) as unknown as ResolvedInstance
const at = (speed: number) => ({ speed, pace: 'free' }) as const

test('legs in a market whose seconds pass before an order is answered are told so', () => {
  assert.equal(
    hasteText(pair('sandbox', 5), at(60)),
    'at ×60 its imbalance_time_s of 5 s passes in 83 ms, before an order is answered, so its pairs are unwound for nothing: perpfleet down --stop-bots, then perpfleet up --speed 1',
  )
  assert.match(hasteText(pair('paper', 5), at(600)) ?? '', /of 5 s passes in 8 ms/)
})

test('nothing is told where orders have time enough, and of markets whose time is life', () => {
  const cases: readonly (readonly [
    ResolvedInstance,
    { speed: number; pace: 'free' | 'lockstep' },
  ])[] = [
    [pair('sandbox', 5), at(1)],
    [pair('sandbox', 5), at(5)],
    [pair('sandbox', 60), at(60)],
    // The exchange of this machine answers within ms.
    [pair('paper', 5), at(60)],
    [pair('live', 5), at(60)],
    [pair('testnet', 5), at(60)],
    // A strategy of its own without that parameter.
    [pair('sandbox'), at(60)],
    [{ ...pair('sandbox', 5), legs: [] }, at(60)],
    // It takes no legs at all.
    [pair('sandbox', 5), { speed: 60, pace: 'lockstep' }],
  ]
  for (const [instance, market] of cases) assert.equal(hasteText(instance, market), null)
})

test('a start tells it, and the list does while the instance should run', async () => {
  const config = { ...pair('sandbox', 5), id: 'one' }
  const warned: string[] = []
  const unit = {
    ...{ id: 'one', config, desired: 'stopped', record: { hold: null } },
    logger: { warn: (_module: string, text: string) => void warned.push(text) },
    process: { isAlive: true, isSilent: true, phase: { kind: 'running' } },
    setDesired: (state: string) => void Object.assign(unit, { desired: state }),
    release() {},
  }
  const row = { is_bot_connected: true, mode: 'running' }
  const fleet = {
    units: new Map([['one', unit]]),
    exchangeStatus: null,
    parts: {
      tools: { clock: new VirtualClock() },
      choice: { feed: 'demo', seed: 7, speed: 60, pace: 'free' },
    },
    scan() {},
    look() {},
    deskRow: () => row,
    deskWatch: { row: () => row },
  } as unknown as Fleet
  assert.equal(feedView(fleet).note, null)
  const { ok, text } = await new Commands(fleet).start('one')
  assert.deepEqual([ok, warned.length], [true, 1])
  assert.equal(text, `started; ${warned[0]}`)
  assert.equal(feedView(fleet).note, `one: ${warned[0]}`)
  const { relay } = speechIn('zh-CN', phrases)
  assert.doesNotMatch(relay(text) + relay(`one: ${warned[0]}`), /before an order|started/)
})
