import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Alert, AlertBook, type AlertCondition, QUIET_MS } from './alert.ts'

const bad = (holdMs = 0, text = 'bad'): AlertCondition => ({
  key: 'BotDown:a',
  alert: 'BotDown',
  level: 'critical',
  subject: 'a',
  text,
  holdMs,
})

describe('a condition', () => {
  test('becomes an alert when it has held long enough, and is told once', () => {
    const book = new AlertBook([], 1, 0)
    assert.deepEqual(book.take([bad(15_000)], 1000, 5000), [])
    assert.deepEqual(book.take([bad(15_000)], 15_999, 0), [])
    const [news] = book.take([bad(15_000)], 16_000, 20_000)
    assert.equal(news?.status, 'firing')
    assert.equal(news?.alert.since, 5000, 'since it was first seen, wall clock')
    assert.deepEqual(book.take([bad(15_000)], 17_000, 0), [])
  })

  test('that ends before its time was nothing', () => {
    const book = new AlertBook([], 1, 0)
    book.take([bad(15_000)], 1000, 0)
    book.take([], 2000, 0)
    assert.deepEqual(book.take([bad(15_000)], 17_000, 0), [], 'it begins anew')
  })

  test('that flickers is one alert, and its end is told when it stayed away', () => {
    const book = new AlertBook([], 1, 0)
    assert.equal(book.take([bad()], 0, 0).length, 1)
    assert.deepEqual(book.take([], 1000, 0), [])
    assert.deepEqual(book.take([bad()], 2000, 0), [])
    assert.deepEqual(book.take([], 2000 + QUIET_MS - 1, 0), [])
    const [news] = book.take([], 2000 + QUIET_MS, 9000)
    assert.deepEqual([news?.status, news?.alert.endedAt], ['resolved', 9000])
    assert.deepEqual(book.active, [])
  })

  test('that held before a restart is not told again, and its end is', () => {
    const before = new AlertBook([], 7, 0)
    before.take([bad()], 0, 111)
    const held = before.active as Alert[]
    const after = new AlertBook(held, before.next, 0)
    assert.deepEqual(after.take([bad()], 1000, 0), [])
    const [news] = after.take([], 1000 + QUIET_MS, 0)
    assert.deepEqual(
      [news?.status, news?.alert.id, news?.alert.since],
      ['resolved', 'alert-7', 111],
    )
    const [again] = after.take([bad()], 20_000, 0)
    assert.equal(again?.alert.id, 'alert-8', 'an id is never used twice')
  })
})
