import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { EQUITY_TIERS, type EquitySample, type EquityStore } from '../../ports/equity-store.ts'
import { DatabaseFault } from './database-fault.ts'
import { openEquityStore } from './equity-store-file.ts'
import { SqliteEquityStore } from './sqlite-equity-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'equity-store-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 21, 10)
const sample = (equity: number, series = 'sol'): EquitySample => ({
  series,
  marketAt: equity * 10,
  equity,
  pnl: equity - 100,
})

/** What every store of equity curves must do. */
function conformance(name: string, open: (path: string) => EquityStore): void {
  let files = 0
  const newPath = () => join(folder, `${name}-${++files}.db`)

  describe(`equity store on ${name}`, () => {
    it('keeps the last value and the extremes of each span, in every tier', () => {
      const store = open(newPath())
      const values = [100, 90, 120, 110]
      for (const [i, value] of values.entries()) store.add(START + i * 2000, [sample(value)])
      assert.deepEqual(store.buckets('sol', 5000, 0), [
        { at: START + 4000, marketAt: 1200, equity: 120, low: 90, high: 120, pnl: 20 },
        { at: START + 6000, marketAt: 1100, equity: 110, low: 110, high: 110, pnl: 10 },
      ])
      for (const { spanMs } of EQUITY_TIERS.slice(1)) {
        assert.deepEqual(store.buckets('sol', spanMs, 0), [
          { at: START + 6000, marketAt: 1100, equity: 110, low: 90, high: 120, pnl: 10 },
        ])
      }
      assert.equal(store.last('sol')?.equity, 110)
      assert.equal(store.firstAt('sol'), START)
      store.close()
    })

    it('gives what is newer than a time, a series alone, and nothing of one that it does not know', () => {
      const store = open(newPath())
      for (let i = 0; i < 10; i++) {
        const at = START + i * 5000
        store.add(at, [sample(i), { ...sample(1000 + i, 'fleet'), marketAt: null }])
      }
      const values = store.buckets('sol', 5000, START + 7 * 5000).map(({ equity }) => equity)
      assert.deepEqual(values, [8, 9])
      assert.equal(store.last('fleet')?.equity, 1009)
      assert.equal(store.last('fleet')?.marketAt, null)
      assert.deepEqual(store.buckets('eth', 5000, 0), [])
      assert.deepEqual([store.last('eth'), store.firstAt('eth')], [null, null])
      store.close()
    })

    it('holds everything over a restart, and goes on in the span where it was', () => {
      const path = newPath()
      const before = open(path)
      before.add(START, [sample(50)])
      before.close()
      const store = open(path)
      store.add(START + 1000, [sample(70)])
      assert.deepEqual(
        store.buckets('sol', 5000, 0).map(({ low, high, equity }) => [low, high, equity]),
        [[50, 70, 70]],
      )
      assert.equal(store.firstAt('sol'), START)
      store.close()
    })

    it('removes what is older than its tier keeps, the coarsest as configured', () => {
      const store = open(newPath())
      const days = 20
      for (let hour = 0; hour <= days * 24; hour++) store.add(START + hour * HOUR, [sample(hour)])
      const now = START + days * 24 * HOUR
      store.prune(now, null)
      const counts = () => EQUITY_TIERS.map(({ spanMs }) => store.buckets('sol', spanMs, 0).length)
      assert.deepEqual(counts(), [4, 8 * 24 + 1, days * 24 + 1])
      store.prune(now, 10 * 24 * HOUR)
      assert.deepEqual(counts(), [4, 8 * 24 + 1, 10 * 24 + 1])
      store.close()
    })
  })
}

conformance('sqlite', (path) => new SqliteEquityStore(path))

describe('equity store on SQLite', () => {
  it('tells in one sentence that its file is damaged', () => {
    const path = join(folder, 'damaged.db')
    writeFileSync(path, 'no database'.repeat(100))
    assert.throws(
      () => new SqliteEquityStore(path),
      (error) =>
        error instanceof DatabaseFault && /damaged\.db is damaged .*: move it/.test(error.message),
    )
  })

  it('keeps a damaged file aside and begins anew, once and with a sentence', () => {
    const path = join(folder, 'aside.db')
    writeFileSync(path, 'no database'.repeat(100))
    const told: string[] = []
    openEquityStore(path, 7, (text) => void told.push(text)).close()
    openEquityStore(path, 8, (text) => void told.push(text)).close()
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /aside\.db is damaged and kept as .*aside\.db\.damaged-7/)
    assert.match(readFileSync(`${path}.damaged-7`, 'utf8'), /^no database/)
  })
})
