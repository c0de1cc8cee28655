import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { StoredFill } from '../../ports/bot-store.ts'
import { SqliteBotStore } from './sqlite-bot-store.ts'

const fill = (seq: number): StoredFill => ({
  seq,
  at: 1000 + seq,
  instrument: 'backpack:SOL/USDC:USDC',
  side: seq % 2 === 0 ? 'buy' : 'sell',
  price: '150.25',
  quantity: '0.5',
  fee: '-0.00000001',
  isMaker: true,
  origin: 'B15025',
})

function inFolder(run: (path: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'perpfleet-store-'))
  try {
    run(join(dir, 'database', 'sol.db'))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test('the record and the fills of one save come back after the file was closed', () => {
  inFolder((path) => {
    const first = new SqliteBotStore(path)
    assert.equal(first.load(), null)
    first.save({ lastSeq: 1 }, [fill(1), fill(2)], true)
    first.save({ lastSeq: 3 }, [fill(3)], false)
    first.close()
    const second = new SqliteBotStore(path)
    assert.deepEqual(second.load(), { lastSeq: 3 })
    assert.deepEqual(second.lastFills(2), [fill(3), fill(2)])
    second.close()
  })
})

test('a save that fails leaves the record and the fills of the one before', () => {
  inFolder((path) => {
    const store = new SqliteBotStore(path)
    store.save({ lastSeq: 1 }, [fill(1)], false)
    const record = { toJSON: () => assert.fail('cannot be written') }
    assert.throws(() => store.save(record, [fill(2)], false), /cannot be written/)
    assert.deepEqual(store.load(), { lastSeq: 1 })
    assert.deepEqual(store.lastFills(9), [fill(1)])
    store.save({ lastSeq: 2 }, [fill(2)], true)
    assert.equal(store.lastFills(9).length, 2)
    store.close()
  })
})

test('a file of a newer program is refused by a sentence that names it', () => {
  inFolder((path) => {
    new SqliteBotStore(path).close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    assert.throws(
      () => new SqliteBotStore(path),
      /sol\.db was written by a newer perpfleet \(version 99/,
    )
  })
})

test('the last status is kept beside the record', () => {
  inFolder((path) => {
    const store = new SqliteBotStore(path)
    store.save({ lastSeq: 1 }, [], false)
    store.saveStatus({ state: 'running' })
    store.save({ lastSeq: 2 }, [], false)
    store.close()
    const database = new DatabaseSync(path)
    assert.equal(
      database.prepare('SELECT status FROM instance').get()?.status,
      '{"state":"running"}',
    )
    database.close()
  })
})
