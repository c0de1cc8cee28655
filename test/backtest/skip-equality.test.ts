/**
 * Both engines give the same: fills, payments, notes, breaches, counts, end, equity at every close and all statistics.
 * Random grids on random markets always; on recorded ones with the folder named by MARKET_DATA and SKIP_CASES=300.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import { Random } from '../support/random.ts'
import { type CaseKinds, outcomeOf, randomMarket, randomRequest, sharesOf } from './skip-cases.ts'

const SEEDS = Number(process.env['SKIP_SEEDS'] ?? 60)
const FIRST = Number(process.env['SKIP_FIRST'] ?? 1)
const instrument = makeReplayInstrument(
  'test',
  parseSymbol('SOL/USDC:USDC'),
  { priceDecimals: 2, quantityDecimals: 2, lotSize: 1 },
  null,
)

test('random grids on random markets: both engines give the same', () => {
  let leapt = 0
  const kinds: CaseKinds[] = []
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const random = new Random(seed)
    const market = randomMarket(random, instrument, 400 + random.int(0, 700))
    const request = randomRequest(random, market, { from: null, to: null })
    const stepped = outcomeOf(request, 'stepping')
    const skipped = outcomeOf(request, 'auto')
    assert.equal(skipped === null, stepped === null, `seed ${seed}`)
    if (stepped === null || skipped === null) continue
    if (skipped.kinds.hasLeapt) leapt += 1
    kinds.push(skipped.kinds)
    assert.equal(skipped.events, stepped.events, `events of seed ${seed}`)
    assert.equal(skipped.equity, stepped.equity, `equity of seed ${seed}`)
    assert.deepEqual(skipped.statistics, stepped.statistics, `statistics of seed ${seed}`)
    const figures = outcomeOf(request, 'auto', 'figures')
    assert.deepEqual(figures?.statistics, stepped.statistics, `figures of seed ${seed}`)
    const fingerprint = stepped.backtest.engine.ledger.fingerprint
    for (const one of [skipped, figures])
      assert.equal(one?.backtest.engine.ledger.fingerprint, fingerprint, `fills of seed ${seed}`)
  }
  if (SEEDS > 60) console.log(sharesOf(kinds))
  assert.ok(leapt > SEEDS / 2, `${leapt} of ${SEEDS} runs leapt`)
})
