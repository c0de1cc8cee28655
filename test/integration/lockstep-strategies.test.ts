/**
 * Every strategy that ships gives the same fingerprint and ledger as a backtest and as a bot in a lockstep replay: one
 * world of real processes, each strategy with a bot and an account of its own on the same generated market; also when
 * a bot, the desk and the exchange are killed in the middle.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ratio } from '../../src/domain/money.ts'
import { strategies } from '../../src/strategies/registry.ts'
import { sampleParameters } from '../support/strategy-samples.ts'
import { generateSet } from './generated-set.ts'
import { backtest, importFile, replayAll } from './lockstep-run.ts'

const PORT = 23_440
const MINUTES = 120
/** Its quotes that would cross wait for the next price, so it must not hear those of others. */
const QUOTING = 'market_making'
const FILLS_MIN = 2
const SET = 'backpack/SOL_USDC_PERP/1m'
const folder = mkdtempSync(join(tmpdir(), 'perpfleet-lockstep-strategies-'))
after(() => rmSync(folder, { recursive: true }))

/**
 * A bot also hears the prices at which others on its market trade, and goes on with what was filled in part sooner than
 * a backtest that is alone. So nothing is filled in part here.
 */
function deepen(candles: string): void {
  const [header = '', ...rows] = readFileSync(candles, 'utf8').trim().split('\n')
  const deep = rows.map((row) => row.replace(/[^,]*$/, '1000000'))
  writeFileSync(candles, `${[header, ...deep].join('\n')}\n`)
}

async function compare(
  ids: readonly string[],
  port: number,
  kills: readonly ('bot' | 'desk' | 'exchange')[],
): Promise<void> {
  const instances = ids.map((id) => ({
    id,
    venue: 'backpack',
    account: id,
    symbol: 'SOL/USDC:USDC',
    strategy: id,
    leverage: 3,
    parameters: sampleParameters[id] ?? {},
    paper: { maker: ratio(15_000), taker: ratio(45_000), slippage: ratio(10_000) },
  }))
  const expected = instances.map((instance) => backtest(folder, { set: SET, instance }))
  for (const [index, { ledger }] of expected.entries())
    assert.ok(Number(ledger['fills']) >= FILLS_MIN, `${ids[index]}: ${ledger['fills']} fills`)
  const told = await replayAll(folder, SET, instances, port, kills)
  assert.deepEqual(told.killed, kills)
  for (const [index, { fingerprint, ledger }] of told.outcomes.entries()) {
    const { fingerprint: own, ledger: books } = expected[index] ?? {}
    assert.deepEqual({ fingerprint, ledger }, { fingerprint: own, ledger: books }, ids[index])
  }
}

before(async () => {
  const files = generateSet(folder, 5, Date.UTC(2026, 0, 5), MINUTES)
  deepen(files.candles)
  await importFile(folder, SET, files.candles, 'candles')
  await importFile(folder, SET, files.funding, 'funding')
})

test('bots of all strategies trade in a lockstep replay as their backtests did', async () => {
  const others = strategies.map(({ id }) => id).filter((id) => id !== QUOTING)
  await compare(others, PORT, ['bot', 'desk', 'exchange'])
})

test('the bot that quotes both sides as well, alone on its market', async () => {
  await compare([QUOTING], PORT + 20, [])
})
