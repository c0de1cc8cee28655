/**
 * Every strategy that ships gives the same fingerprint and ledger as a backtest and as a bot in a lockstep replay through
 * real processes, on a generated market. Each is alone on its market as its backtest is: a bot also hears the prices at which
 * others trade there, and what waits for the next price then goes on sooner.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ratio } from '../../src/domain/money.ts'
import { sampleParameters, singleStrategies } from '../support/strategy-samples.ts'
import { generateSet } from './generated-set.ts'
import { backtest, importFile, replay } from './lockstep-run.ts'

const PORT = 23_440
const MINUTES = 120
const FILLS_MIN = 2
const SET = 'backpack/SOL_USDC_PERP/1m'
const folder = mkdtempSync(join(tmpdir(), 'perpfleet-lockstep-strategies-'))
after(() => rmSync(folder, { recursive: true }))

async function compare(id: string, port: number): Promise<void> {
  const instance = {
    id,
    venue: 'backpack',
    account: 'main',
    symbol: 'SOL/USDC:USDC',
    strategy: id,
    leverage: 3,
    parameters: sampleParameters[id] ?? {},
    paper: { maker: ratio(15_000), taker: ratio(45_000), slippage: ratio(10_000) },
  }
  const expected = backtest(folder, { set: SET, instance })
  const fills = Number(expected.ledger['fills'])
  assert.ok(fills >= FILLS_MIN, `${fills} fills`)
  const { fingerprint, ledger } = await replay(folder, { set: SET, instance }, port, [])
  assert.deepEqual(ledger, expected.ledger)
  assert.equal(fingerprint, expected.fingerprint)
}

before(async () => {
  const files = generateSet(folder, 5, Date.UTC(2026, 0, 5), MINUTES)
  await importFile(folder, SET, files.candles, 'candles')
  await importFile(folder, SET, files.funding, 'funding')
})

for (const [index, { id }] of singleStrategies.entries())
  test(`${id}: a bot in a lockstep replay trades as its backtest did`, async () => {
    await compare(id, PORT + index)
  })
