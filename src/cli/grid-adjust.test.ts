/** A trade at market of grid adjust: told, and asked for where somebody can be asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FleetAccess, GridAdjustment } from '../client/fleet-access.ts'
import type { MarketTrade } from '../protocol/adjust-messages.ts'
import type { CliContext } from './context.ts'
import { buildProgram } from './program.ts'

const TRADE: MarketTrade = {
  side: 'sell',
  quantity: '1.5',
  unit: 'SOL',
  price: '149.9',
  fee: '0.0674',
  settle: 'USDC',
  position_before: '2',
  position_after: '0.5',
}

interface Scene {
  readonly trade: MarketTrade | null
  readonly canAsk: boolean
  readonly isAgreed: boolean
}

/** Runs grid adjust against a fleet whose adjustment trades as the scene says. */
async function adjust({ trade, canAsk, isAgreed }: Scene, ...more: string[]) {
  const ran = { code: -1, stdout: '', stderr: '', asked: 0, done: [] as string[] }
  const fleet: Pick<FleetAccess, 'adjust'> = {
    adjust: (_id, adjustment: GridAdjustment) => {
      ran.done.push(adjustment.dry_run === true ? 'dry' : 'real')
      const counts = { orders_kept: 25, orders_canceled: 5, orders_placed: 5 }
      return Promise.resolve({ ...counts, market_trade: trade })
    },
  }
  const context = {
    columns: null,
    canAsk,
    confirm: () => {
      ran.asked += 1
      return Promise.resolve(isAgreed)
    },
    print: (text: string) => {
      ran.stdout += text
    },
    complain: (text: string) => {
      ran.stderr += `${text}\n`
    },
    open: () => Promise.resolve(fleet),
  } as unknown as CliContext
  const exit = (code: number) => {
    ran.code = code
  }
  const words = ['grid', 'adjust', 'a', '--lower', '160', '--upper', '170', ...more]
  await buildProgram({ contextOf: () => context, exit }).parseAsync(words, { from: 'user' })
  return ran
}

const SALE =
  /^at market +sells 1\.5 SOL at market now, about 149\.9, fee about 0\.07 USDC; the position goes from 2 to 0\.5$/m
const person = { trade: TRADE, canAsk: true, isAgreed: true }

test('a dry run and the result name the trade at market', async () => {
  const dry = await adjust(person, '--dry-run')
  assert.deepEqual([dry.code, dry.done, dry.asked], [0, ['dry'], 0])
  assert.match(dry.stdout, SALE)
  assert.match((await adjust(person, '--yes')).stdout, SALE)
  const json = JSON.parse((await adjust(person, '--json')).stdout)
  assert.deepEqual(json.market_trade, TRADE)
  const bought = await adjust({ ...person, trade: { ...TRADE, side: 'buy' } }, '--yes')
  assert.match(bought.stdout, /buys 1\.5 SOL at market now/)
})

test('at a terminal it asks before a trade at market, and a no does nothing', async () => {
  const agreed = await adjust(person)
  assert.deepEqual([agreed.code, agreed.done, agreed.asked], [0, ['dry', 'real'], 1])
  assert.match(agreed.stderr, SALE)
  const declined = await adjust({ ...person, isAgreed: false })
  assert.deepEqual([declined.code, declined.done], [4, ['dry']])
})

test('nothing is asked with --yes, without a trade, or without a terminal, where the result says it', async () => {
  const sure = await adjust({ ...person, isAgreed: false }, '--yes')
  assert.deepEqual([sure.code, sure.done, sure.asked], [0, ['real'], 0])
  const still = await adjust({ ...person, trade: null })
  assert.deepEqual([still.code, still.done, still.asked], [0, ['dry', 'real'], 0])
  assert.doesNotMatch(still.stdout, /at market/)
  const script = await adjust({ ...person, canAsk: false })
  assert.deepEqual([script.code, script.done, script.asked], [0, ['real'], 0])
  assert.match(script.stdout, SALE)
})
