import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../domain/strategy.ts'
import { changedRows, joinState, type StatePart } from './state-rows.ts'

test('only changed rows are written, and the written rows are the state', () => {
  const written = new Map<string, string>()
  const disk = new Map<string, string>()
  const write = (parts: StatePart[]): number => {
    const rows = changedRows(parts, written)
    for (const { key, text } of rows) {
      if (text === null) disk.delete(key)
      else disk.set(key, text)
    }
    return rows.length
  }
  const part = (value: Json | null, ...path: string[]): StatePart => ({ path, value })
  assert.equal(joinState(disk), null)
  assert.equal(write([part(1, 'clock', 'at'), part({ cash: 1 }, 'accounts', 'a/b')]), 2)
  assert.equal(write([part(2, 'clock', 'at'), part({ cash: 1 }, 'accounts', 'a/b')]), 1)
  assert.equal(write([part([], 'orders', 'a/b x'), part(null, 'orders', 'never there')]), 1)
  assert.deepEqual(joinState(disk), {
    clock: { at: 2 },
    accounts: { 'a/b': { cash: 1 } },
    orders: { 'a/b x': [] },
  })
  assert.equal(write([part(null, 'orders', 'a/b x')]), 1)
  assert.deepEqual(joinState(disk), { clock: { at: 2 }, accounts: { 'a/b': { cash: 1 } } })
})
