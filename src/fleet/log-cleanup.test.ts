import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import type { Clock } from '../ports/clock.ts'
import { cleanLogs, dayBefore, expiredDays } from './log-cleanup.ts'
import { cutToEnd } from './upkeep.ts'
import { TRUST_AFTER_MS, WallWatch } from './wall-watch.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cleanup-')))
after(() => rmSync(folder, { recursive: true, force: true }))
const host = new DetachedHost({})
const openFiles = (below: string) => host.openFiles(below)
const TODAY = '2026-11-21'

function logs(name: string, days: readonly string[]): string {
  const dir = join(folder, name)
  for (const day of days) {
    mkdirSync(join(dir, day), { recursive: true })
    writeFileSync(join(dir, day, 'bot.log'), 'x\n')
  }
  return dir
}

describe('retention of logs', () => {
  it('keeps today and the days before it that were asked for', () => {
    assert.equal(dayBefore('2026-03-01', 1), '2026-02-28')
    const days = ['2026-11-18', '2026-11-19', '2026-11-20', TODAY]
    assert.deepEqual(expiredDays(days, TODAY, 2, new Set()), ['2026-11-18', '2026-11-19'])
    assert.deepEqual(expiredDays(days, TODAY, 1, new Set(['2026-11-18'])), [
      '2026-11-19',
      '2026-11-20',
    ])
  })

  it('never gives up today, a later day, or a kept one', () => {
    const day = fc.integer({ min: 0, max: 4000 }).map((back) => dayBefore('2030-01-01', back))
    fc.assert(
      fc.property(fc.array(day), day, fc.nat(40), fc.array(day), (days, today, keep, kept) => {
        for (const gone of expiredDays(days, today, keep, new Set(kept))) {
          assert.ok(gone < today && !kept.includes(gone))
        }
      }),
    )
  })

  it('removes folders of old days, nothing else, and none with an open file', () => {
    const dir = logs('plain', ['2026-10-01', '2026-11-01', '2026-11-20', TODAY])
    writeFileSync(join(dir, 'bot.pid'), '1\n')
    mkdirSync(join(dir, 'notes'))
    symlinkSync(join(folder, 'elsewhere'), join(dir, '2026-09-09'))
    const file = openSync(join(dir, '2026-10-01', 'bot.log'), 'a')
    const removed = cleanLogs({ folder: dir, retentionDays: 2, startedOn: null }, TODAY, openFiles)
    closeSync(file)
    assert.deepEqual(removed, [join(dir, '2026-11-01')])
    for (const name of ['2026-10-01', '2026-11-20', TODAY, 'bot.pid', 'notes']) {
      assert.ok(existsSync(join(dir, name)), name)
    }
    cleanLogs({ folder: dir, retentionDays: 2, startedOn: null }, TODAY, openFiles)
    assert.equal(existsSync(join(dir, '2026-10-01')), false)
  })

  it('keeps the folder of the day in which the process began', () => {
    const dir = logs('started', ['2026-10-01', '2026-10-02', TODAY])
    const removed = cleanLogs(
      { folder: dir, retentionDays: 1, startedOn: '2026-10-01' },
      TODAY,
      () => null,
    )
    assert.deepEqual(removed, [join(dir, '2026-10-02')])
    assert.deepEqual(
      cleanLogs(
        { folder: join(folder, 'none'), retentionDays: 1, startedOn: null },
        TODAY,
        openFiles,
      ),
      [],
    )
  })
})

describe('output that grows too large', () => {
  it('is cut to its end and its writer goes on behind it', () => {
    const path = join(folder, 'out.log')
    const writer = openSync(path, 'a')
    writeFileSync(writer, `${'a'.repeat(200_000)}\nthe end\n`)
    assert.equal(cutToEnd(path, 1_000_000), 0)
    assert.ok(cutToEnd(path, 100_000) > 100_000)
    writeFileSync(writer, 'more\n')
    closeSync(writer)
    const text = readFileSync(path, 'utf8')
    assert.equal(text.length, 65_536 + 5)
    assert.match(text, /the end\nmore\n$/)
    assert.equal(cutToEnd(join(folder, 'absent.log'), 1), 0)
  })
})

describe('a clock on the wall that is set', () => {
  it('is noticed and not trusted for a day of machine time', () => {
    const times = { wall: Date.parse('2026-11-21T10:00:00Z'), machine: 0 }
    const later = (ms: number) => {
      times.wall += ms
      times.machine += ms
    }
    const never = () => () => {}
    const clock: Clock = {
      wallMs: () => times.wall,
      monotonicMs: () => times.machine,
      after: never,
      every: never,
    }
    const watch = new WallWatch(clock)
    later(86_400_000 * 30)
    assert.equal(watch.look(), 0)
    times.wall += 2000
    assert.equal(watch.look(), 0)
    assert.equal(watch.isTrusted, true)
    times.wall += 10 * 365 * 86_400_000
    assert.ok(watch.look() > 0)
    assert.equal(watch.isTrusted, false)
    later(TRUST_AFTER_MS - 1)
    assert.equal(watch.isTrusted, false)
    times.wall -= 10 * 365 * 86_400_000
    assert.ok(watch.look() < 0)
    later(TRUST_AFTER_MS)
    assert.equal(watch.look(), 0)
    assert.equal(watch.isTrusted, true)
  })
})
