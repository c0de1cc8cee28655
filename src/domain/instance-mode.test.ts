import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  type InstanceMode,
  type ModeEvent,
  type ModeVerdict,
  modeEvents,
  modeTable,
  nextMode,
} from './instance-mode.ts'

const modes = Object.keys(modeTable) as InstanceMode[]
const judge = (mode: InstanceMode, event: ModeEvent, isFlat: boolean | null = true): ModeVerdict =>
  nextMode(mode, event, { instance: 'bot_01', isFlat })
const after = (mode: InstanceMode, event: ModeEvent): string => {
  const verdict = judge(mode, event)
  return 'mode' in verdict ? verdict.mode : 'refused'
}

describe('risk states', () => {
  test('killed is left by arm alone, and only when the venue proves it flat', () => {
    for (const event of modeEvents) {
      if (event !== 'arm' && event !== 'resume') assert.equal(after('killed', event), 'killed')
    }
    assert.match(JSON.stringify(judge('killed', 'resume')), /perpfleet arm bot_01/)
    assert.match(
      JSON.stringify(judge('killed', 'arm', false)),
      /still reports a position or orders/,
    )
    assert.match(JSON.stringify(judge('killed', 'arm', null)), /could not be asked/)
    assert.deepEqual(judge('killed', 'arm', true), { mode: 'running' })
  })

  test('disarmed is left by arm and by kill alone: closing it does not open the door of resume', () => {
    const leaving = modeEvents.filter((event) => after('disarmed', event) !== 'disarmed')
    assert.deepEqual(leaving, ['resume', 'arm', 'kill'])
    assert.equal(after('disarmed', 'resume'), 'refused')
    assert.equal(after('disarmed', 'close'), 'disarmed')
  })

  test('whatever a pause meets, it does not loosen it', () => {
    const strict: InstanceMode[] = ['halted', 'killed', 'disarmed']
    for (const mode of strict) assert.equal(after(mode, 'pause'), mode)
    for (const mode of ['running', 'reduce_only', 'paused'] as const)
      assert.equal(after(mode, 'pause'), 'paused')
  })

  test('a limit tightens and never loosens; a new day releases what a limit did', () => {
    const order: InstanceMode[] = [
      'running',
      'reduce_only',
      'paused',
      'halted',
      'disarmed',
      'killed',
    ]
    for (const mode of modes) {
      for (const event of ['limit_reduce', 'limit_halt'] as const) {
        const next = after(mode, event) as InstanceMode
        assert.ok(order.indexOf(next) >= order.indexOf(mode), `${mode} after ${event} is ${next}`)
      }
    }
    assert.equal(after('reduce_only', 'day_change'), 'running')
    assert.equal(after('halted', 'day_change'), 'running')
    assert.equal(after('paused', 'day_change'), 'paused')
  })

  test('the page of the life of an instance holds this table, cell by cell', () => {
    const file = join(import.meta.dirname, '../../docs/concepts/instance-life.md')
    const lines = readFileSync(file, 'utf8').split('\n')
    for (const mode of modes) {
      const cells = modeEvents.map((event) => modeTable[mode][event] ?? 'refused')
      const wanted = `| **${mode}** | ${cells.map((cell) => (cell === mode ? '·' : cell)).join(' | ')} |`
      assert.ok(lines.includes(wanted), `missing in instance-life.md: ${wanted}`)
    }
  })
})
