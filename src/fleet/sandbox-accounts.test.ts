import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { Home } from './home.ts'
import { isServed, sandboxLaunch } from './sandbox-accounts.ts'

const home = { run: '/run', database: '/database' } as Home

const leg = (instance: string, venue: string, account: string, initialBalance: number) => ({
  settings: { instance, mode: 'sandbox', venue, account, leverage: 3, marginMode: 'cross' },
  access: { sandbox: { initialBalance, maker: 1, taker: 2, volumeShare: 3 } },
  settleRate: 1e8,
})

const instanceOf = (first: ReturnType<typeof leg>, legs: readonly ReturnType<typeof leg>[]) =>
  ({ ...first, legs }) as unknown as ResolvedInstance

const accountsOf = (instances: readonly ResolvedInstance[]) =>
  Object.fromEntries(
    (sandboxLaunch(home, instances, false)?.venues ?? []).map(({ venue, accounts }) => [
      venue,
      accounts.map(({ name, deposit }) => [name, deposit]),
    ]),
  )

test('each leg brings an account with its money, and its venue serves it', () => {
  const arb = instanceOf(leg('a', 'okx', 'main', 5), [leg('a.2', 'hyperliquid', 'sub', 7)])
  const { okx, hyperliquid, aster } = accountsOf([arb])
  assert.deepEqual(okx, [['main', 5]])
  assert.deepEqual(hyperliquid, [
    ['main', 10_000e8],
    ['sub', 7],
  ])
  assert.deepEqual(aster, [['main', 10_000e8]])
  const without = sandboxLaunch(home, [instanceOf(leg('a', 'okx', 'main', 5), [])], false)
  const wanted = sandboxLaunch(home, [arb], false)
  assert.ok(without && wanted)
  assert.equal(isServed(without, wanted), false, 'a leg more asks for a new exchange')
  assert.equal(isServed(wanted, without), true)
})

test('two legs on one account bring it the money of both', () => {
  const arb = instanceOf(leg('a', 'okx', 'x', 5), [leg('a.2', 'okx', 'x', 7)])
  assert.deepEqual(accountsOf([arb])['okx'], [
    ['main', 10_000e8],
    ['x', 12],
  ])
})
