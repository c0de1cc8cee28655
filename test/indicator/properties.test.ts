/** What holds for every indicator on any candles. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvariantError } from '../../src/domain/money.ts'
import { anyCandles, closesOnly, type PlainCandle } from './candles.ts'
import { catalogue, type Sample } from './catalogue.ts'

const RUNS = 40
// Sums in another order: some 1e-16 of the price per addition, 1e4 times that where differences are divided.
const TOLERANCE = 1e-8

function run(sample: Sample, all: readonly PlainCandle[]) {
  return all.map((candle) => ({ '': sample.next(candle), ...sample.outputs() }))
}

for (const { name, examples, make } of catalogue) {
  for (const parameters of examples) {
    const title = `${name}(${parameters.join(', ')})`

    test(`${title}: candle by candle = from scratch`, () => {
      const property = fc.property(anyCandles(0, 90), (all) => {
        const rows = run(make(parameters), all)
        for (const [output, expected] of Object.entries(make(parameters).fromScratch(all))) {
          for (const [i, row] of rows.entries()) {
            const found = row[output as ''] ?? Number.NaN
            const wanted = expected[i] ?? Number.NaN
            const isEqual =
              Number.isNaN(found) === Number.isNaN(wanted) &&
              !(Math.abs(found - wanted) > TOLERANCE * Math.max(1, Math.abs(wanted)))
            assert.ok(isEqual, `${output} of candle ${i + 1}: ${found}, from scratch ${wanted}`)
          }
        }
      })
      fc.assert(property, { numRuns: RUNS, seed: 1 })
    })

    test(`${title}: its state survives JSON in the middle of a series`, () => {
      const property = fc.property(anyCandles(1, 90), fc.nat(89), (all, cut) => {
        const whole = make(parameters)
        const cutOne = make(parameters)
        for (const [i, candle] of all.entries()) {
          if (i === cut) cutOne.reload()
          assert.equal(cutOne.next(candle) + 0, whole.next(candle) + 0, `candle ${i + 1}`)
        }
        const text = JSON.stringify(whole.state)
        assert.equal(JSON.stringify(cutOne.state), text)
        assert.deepEqual(JSON.parse(text), withoutMinusZero(whole.state), 'NaN in the state')
      })
      fc.assert(property, { numRuns: RUNS, seed: 2 })
    })
  }
}

/** JSON knows no -0, which equals 0 in every comparison and sum. */
function withoutMinusZero(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(withoutMinusZero)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutMinusZero(one)]))
}

test('a price that never moves gives a value, not NaN, in every indicator', () => {
  const all = closesOnly(Array.from({ length: 100 }, () => 0.1))
  const last = Object.fromEntries(
    catalogue.map(({ name, examples, make }) => [name, run(make(examples[0] ?? []), all).at(-1)]),
  )
  for (const [name, row] of Object.entries(last)) {
    for (const [output, value] of Object.entries(row ?? {})) {
      assert.ok(Number.isFinite(value), `${name} ${output}: ${value}`)
    }
  }
  assert.equal(last['rsi']?.[''], 0)
  assert.equal(last['cci']?.[''], 0)
  assert.equal(last['adx']?.[''], 0)
  assert.equal(last['williamsR']?.[''], 0)
})

test('roundings of a long series do not pile up in a window', () => {
  // After a million in the window the thousandths of what follows would be lost in a plain running sum.
  const noisy = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? 1e12 : 0.1) + i * 1e-5)
  const quiet = Array.from({ length: 40 }, (_, i) => 0.001 * (i + 1))
  for (const name of ['sma', 'wma', 'bollinger']) {
    const found = catalogue.find((one) => one.name === name)
    const parameters = name === 'bollinger' ? [20, 2] : [20]
    const long = found?.make(parameters)
    const fresh = found?.make(parameters)
    assert.ok(long && fresh)
    for (const candle of closesOnly(noisy)) long.next(candle)
    let after = Number.NaN
    let alone = Number.NaN
    for (const candle of closesOnly(quiet)) {
      after = long.next(candle)
      alone = fresh.next(candle)
    }
    assert.ok(Math.abs(after - alone) < 1e-12, `${name}: ${after}, alone ${alone}`)
  }
})

test('volume that has left the window leaves nothing behind', () => {
  const traded = Array.from({ length: 33 }, (_, i) => 0.1 * (i + 1))
  const all = closesOnly([...traded, ...Array.from({ length: 7 }, () => 3)]).map((one, i) => ({
    ...one,
    volume: i < traded.length ? 1 / (i + 3) : 0,
  }))
  const vwap = catalogue.find((one) => one.name === 'rollingVwap')?.make([7])
  const mfi = catalogue.find((one) => one.name === 'mfi')?.make([6])
  assert.ok(vwap && mfi)
  assert.equal(run(vwap, all).at(-1)?.[''], 3)
  assert.equal(run(mfi, all).at(-1)?.[''], 0)
})

test('a length that is not an integer of 1 or above is refused in one sentence', () => {
  for (const { name, examples, make } of catalogue) {
    if ((examples[0] ?? []).length === 0 || name === 'parabolicSar') continue
    for (const wrong of [0, -1, 1.5, Number.NaN]) {
      const parameters = [wrong, ...(examples[0] ?? []).slice(1)]
      assert.throws(() => make(parameters), InvariantError, `${name}(${wrong})`)
    }
  }
  const sar = catalogue.find((one) => one.name === 'parabolicSar')
  assert.throws(() => sar?.make([0, 0.2]), InvariantError)
  const macd = catalogue.find((one) => one.name === 'macd')
  assert.throws(() => macd?.make([26, 12, 9]), /fast length of a MACD is below the slow one/)
})

test('every file of indicators is in the catalogue of the tests', async () => {
  const folder = join(import.meta.dirname, '../../src/domain/indicator')
  const started = new Set<string>()
  for (const file of readdirSync(folder).filter((one) => !/window|\.test\.ts$/.test(one))) {
    for (const key of Object.keys(await import(join(folder, file)))) {
      if (key.endsWith('Start')) started.add(key.slice(0, -'Start'.length))
    }
  }
  assert.deepEqual([...started].sort(), catalogue.map(({ name }) => name).sort())
})
