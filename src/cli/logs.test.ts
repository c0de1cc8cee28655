import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { LogFollower, SievedLines } from './log-follower.ts'
import { type LogFilter, Tail, timeOf } from './log-line.ts'

const root = mkdtempSync(join(tmpdir(), 'logs-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folder = root
let count = 0
beforeEach(() => {
  count += 1
  folder = join(root, String(count))
})

const all: LogFilter = { level: null, pattern: null, since: null, until: null }
const between = (since: string | null, until: string | null): LogFilter => ({
  ...all,
  since: since === null ? null : Date.parse(since),
  until: until === null ? null : Date.parse(until),
})
const path = (day: string, file = 'bot.log') => join(folder, day, file)
const line = (time: string, text: string) =>
  JSON.stringify({ time, level: 'info', module: 'm', msg: text })
function write(day: string, file: string, ...lines: string[]): void {
  mkdirSync(join(folder, day), { recursive: true })
  appendFileSync(path(day, file), lines.map((one) => `${one}\n`).join(''))
}
const every = Number.POSITIVE_INFINITY
const texts = (lines: readonly string[]) =>
  lines.map((one) => (one.startsWith('{') ? (JSON.parse(one) as { msg: string }).msg : one))

describe('the log of an instance between two times', () => {
  const wide = () => {
    rmSync(folder, { recursive: true, force: true })
    write('2026-11-19', 'bot.log', line('2026-11-19T23:00:00.000Z', 'a'))
    write('2026-11-20', 'bot.1.log', line('2026-11-20T01:00:00.000Z', 'b'))
    write(
      '2026-11-20',
      'bot.log',
      line('2026-11-20T02:00:00.000Z', 'c'),
      'continued',
      line('2026-11-20T03:00:00.000Z', 'd'),
    )
    write('2026-11-21', 'bot.log', '2026-11-21T00:30:00.000Z INFO [m] e')
    return new LogFollower(folder, 'bot')
  }
  it('goes over day folders and turned-over parts, in order', () => {
    const lines = texts(wide().last(every, all))
    assert.deepEqual(lines.slice(0, 5), ['a', 'b', 'c', 'continued', 'd'])
    assert.match(lines[5] ?? '', /\[m\] e$/)
    assert.deepEqual(texts(wide().last(4, all)).slice(0, 3), ['c', 'continued', 'd'])
  })
  it('gives what lies between, both ends included, continued lines with their first', () => {
    const range = between('2026-11-20T01:00:00Z', '2026-11-20T02:00:00Z')
    assert.deepEqual(texts(wide().last(every, range)), ['b', 'c', 'continued'])
    assert.deepEqual(texts(wide().last(1, between(null, '2026-11-20T02:30:00Z'))), ['continued'])
    assert.equal(wide().last(every, between('2026-11-20T23:00:00Z', null)).length, 1)
    assert.deepEqual(texts(wide().last(every, between(null, '2026-11-19T23:30:00Z'))), ['a'])
  })
  it('takes a line whose day folder is that of another zone', () => {
    // Midnight in Auckland lies on the day before in UTC, in Honolulu on the day after.
    write('2026-11-21', 'bot.log', line('2026-11-20T11:30:00.000Z', 'early'))
    write('2026-11-22', 'bot.log', line('2026-11-23T09:00:00.000Z', 'late'))
    const follower = new LogFollower(folder, 'bot')
    const range = between('2026-11-20T11:00:00Z', '2026-11-23T09:30:00Z')
    assert.deepEqual(texts(follower.last(every, range)), ['early', 'late'])
  })
})

describe('following a log', () => {
  it('reads a file that was turned over to its end, then the one in its place', () => {
    write('2026-11-21', 'bot.log', 'one')
    const follower = new LogFollower(folder, 'bot')
    assert.deepEqual(follower.last(10, all), ['one'])
    write('2026-11-21', 'bot.log', 'two')
    renameSync(path('2026-11-21'), path('2026-11-21', 'bot.1.log'))
    write('2026-11-21', 'bot.log', 'three')
    assert.deepEqual(follower.more(all), ['two', 'three'])
    assert.deepEqual(follower.more(all), [])
    write('2026-11-21', 'bot.log', 'four')
    assert.deepEqual(follower.more(all), ['four'])
  })
  it('goes on behind the newest file whatever was asked for, and repeats nothing', () => {
    write('2026-11-20', 'bot.log', line('2026-11-20T01:00:00.000Z', 'old'))
    write('2026-11-21', 'bot.log', line('2026-11-21T01:00:00.000Z', 'new'))
    const follower = new LogFollower(folder, 'bot')
    assert.deepEqual(follower.last(0, all), [])
    assert.deepEqual(follower.more(all), [])
    write('2026-11-22', 'bot.log', line('2026-11-22T01:00:00.000Z', 'newer'))
    assert.deepEqual(texts(follower.more(all)), ['newer'])
  })
  it('begins with a folder that is not there yet', () => {
    const follower = new LogFollower(folder, 'bot')
    assert.deepEqual(follower.last(5, all), [])
    write('2026-11-21', 'bot.log', 'first')
    assert.deepEqual(follower.more(all), ['first'])
  })
})

describe('lines', () => {
  it('tell their time in both formats', () => {
    assert.equal(
      timeOf(line('2026-11-21T10:00:00.123Z', 'x')),
      Date.parse('2026-11-21T10:00:00.123Z'),
    )
    assert.equal(
      timeOf('2026-11-21T10:00:00.123Z WARN [m] x'),
      Date.parse('2026-11-21T10:00:00.123Z'),
    )
    assert.equal(timeOf('    at Object.<anonymous>'), null)
  })
  it('of somebody else pass the same sieve', () => {
    const given = [['a', 'b', 'c'], ['d']]
    const source = new SievedLines({ next: () => given.shift() ?? [] })
    assert.deepEqual(source.last(2, { ...all, pattern: /[ac]/ }), ['a', 'c'])
    assert.deepEqual(source.more(all), ['d'])
  })
  it('are kept from the end', () => {
    const tail = new Tail(2)
    for (let at = 0; at < 5000; at += 1) tail.add(String(at))
    assert.deepEqual(tail.lines, ['4998', '4999'])
    const none = new Tail(0)
    none.add('x')
    assert.deepEqual(none.lines, [])
  })
})
