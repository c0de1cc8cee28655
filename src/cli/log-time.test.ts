import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CliError } from './context.ts'
import { wallTime } from './log-time.ts'

const nowMs = Date.parse('2026-11-21T10:00:00Z')
const utc = { nowMs, timeZone: 'UTC' }
const iso = (text: string, timeZone = 'UTC', now = nowMs) =>
  new Date(wallTime('since', text, { nowMs: now, timeZone })).toISOString()

describe('a time of logs --since', () => {
  it('is so long ago', () => {
    assert.equal(iso('10m'), '2026-11-21T09:50:00.000Z')
    assert.equal(iso('15min'), '2026-11-21T09:45:00.000Z')
    assert.equal(iso('2h'), '2026-11-21T08:00:00.000Z')
    assert.equal(iso('3d ago'), '2026-11-18T10:00:00.000Z')
    assert.equal(iso('1.5h'), '2026-11-21T08:30:00.000Z')
    assert.equal(iso('30s'), '2026-11-21T09:59:30.000Z')
  })
  it('is a time of today, where the fleet counts its days', () => {
    assert.equal(iso('09:30'), '2026-11-21T09:30:00.000Z')
    assert.equal(iso('9:30:15', 'Europe/Berlin'), '2026-11-21T08:30:15.000Z')
    // In Tokyo it is the 22nd already.
    const late = Date.parse('2026-11-21T20:00:00Z')
    assert.equal(iso('01:00', 'Asia/Tokyo', late), '2026-11-21T16:00:00.000Z')
    assert.equal(iso('00:00', 'America/New_York'), '2026-11-21T05:00:00.000Z')
  })
  it('is ISO; without an offset it is that of the fleet’s zone', () => {
    assert.equal(iso('2026-11-21T10:00:00Z'), '2026-11-21T10:00:00.000Z')
    assert.equal(iso('2026-11-21T10:00:00.250+02:00'), '2026-11-21T08:00:00.250Z')
    assert.equal(iso('2026-11-21T10:00:00-0330'), '2026-11-21T13:30:00.000Z')
    assert.equal(iso('2026-11-21 10:00', 'Europe/Berlin'), '2026-11-21T09:00:00.000Z')
    assert.equal(iso('2026-07-01', 'Europe/Berlin'), '2026-06-30T22:00:00.000Z')
    assert.equal(iso('2026-10-25', 'Europe/Berlin'), '2026-10-24T22:00:00.000Z')
    // Half an hour before the clocks go back the offset is still that of summer.
    assert.equal(iso('2026-10-25T01:30', 'Europe/Berlin'), '2026-10-24T23:30:00.000Z')
    assert.equal(iso('2026-10-26', 'Europe/Berlin'), '2026-10-25T23:00:00.000Z')
  })
  it('is refused with one sentence and exit 2 when it is none of these', () => {
    const bad = [
      '',
      'yesterday',
      '10',
      '10x',
      '-10m',
      '25:00',
      '10:60',
      '2026-02-31',
      '2026-13-01',
      '2026-11-21T24:30:00Z',
      '2026-11-21T10:00:00+99:00',
      '999999999w',
    ]
    for (const text of bad) {
      assert.throws(
        () => wallTime('until', text, utc),
        (error) =>
          error instanceof CliError &&
          error.exitCode === 2 &&
          /--until .*found/.test(error.message),
        text,
      )
    }
  })
})
