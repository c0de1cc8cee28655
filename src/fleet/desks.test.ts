import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { Desks, deskOf, deskOfAccount, desksOf as desksOfInstance } from './desks.ts'
import type { ProcessTools } from './kept-process.ts'
import type { ServiceAddress, ServiceParts } from './services.ts'

const instance = (id: string, mode: string, venue = 'okx', account = 'main') =>
  ({
    id,
    settings: { instance: id, mode, venue, account },
    access: null,
    legs: [],
  }) as unknown as ResolvedInstance

interface Asked {
  readonly desk: string
  readonly question: unknown
}

/** Desks whose processes run as far as `running` says, without any process. */
function desksOf(instances: readonly ResolvedInstance[], running: readonly string[]) {
  const asked: Asked[] = []
  const desks = new Desks({
    service: {
      home: { socket: (name: string) => `/run/${name}.sock`, run: '/run' },
      socketToken: (name: string) => `token of ${name}`,
    } as unknown as ServiceParts,
    tools: {
      clock: { monotonicMs: () => 0 },
      store: { removeProcess() {} },
    } as unknown as ProcessTools,
    isWanted: () => true,
    hasExchange: () => true,
    instances: () => instances,
    ask: async (desk: ServiceAddress, question: unknown) => {
      asked.push({ desk: desk.name, question })
      return { accounts: [], items: [desk.name] }
    },
    onTold: () => {},
  })
  desks.isRunning = (name: string) => running.includes(name)
  return { desks, asked }
}

describe('which desk is asked', () => {
  test('paper accounts share one, every other account has its own', () => {
    assert.equal(deskOf(instance('a', 'paper')), 'desk-paper')
    assert.equal(deskOf(instance('a', 'live', 'okx', 'sub-1')), 'desk-live-okx-sub-1')
    assert.equal(deskOfAccount('paper-okx-main'), 'desk-paper')
    assert.equal(deskOfAccount('sandbox-okx-main'), 'desk-sandbox-okx-main')
  })

  test('a question about an instance or an account goes to its desk alone', async () => {
    const { desks, asked } = desksOf([instance('a', 'paper'), instance('b', 'live')], [])
    await desks.ask({ action: 'pause', instance: 'b' }, 100)
    await desks.ask({ action: 'pause', instance: 'a' }, 100)
    await desks.ask({ action: 'fleet_word', account: 'live-okx-main', word: {} }, 100)
    await desks.ask({ action: 'pause', instance: 'nobody knows it' }, 100)
    assert.deepEqual(
      asked.map(({ desk }) => desk),
      ['desk-live-okx-main', 'desk-paper', 'desk-live-okx-main', 'desk-paper'],
    )
  })

  test('an instance that moved is asked where it is attached while that desk runs', async () => {
    const { desks, asked } = desksOf([instance('a', 'live')], ['desk-paper'])
    const row = { instance: 'a', mode: 'running' }
    desks.watch.take(
      { accounts: [{ account: 'paper-okx-main', is_reconciled: true, instances: [row] }] },
      'desk-paper',
    )
    await desks.ask({ action: 'stop', instance: 'a' }, 100)
    assert.deepEqual(
      asked.map(({ desk }) => desk),
      ['desk-paper'],
    )
  })
})

describe('the limits of an address', () => {
  test('are divided among the desks of one venue behind it, and told again when their number changes', async () => {
    const access = { proxy: null }
    const of = (id: string, venue: string, account: string) => ({
      ...instance(id, 'live', venue, account),
      access,
    })
    const all = [of('a', 'okx', 'main'), of('b', 'okx', 'sub'), of('c', 'aster', 'main')]
    const names = ['desk-live-okx-main', 'desk-live-okx-sub', 'desk-live-aster-main']
    const { desks, asked } = desksOf(all as never, names)
    for (const name of names) {
      const record = { name, pid: null, startTime: '', bootId: '', token: '', startedAt: 0 }
      desks.adopt({ ...record, launchFile: '' })
    }
    const living = new Set(names)
    for (const process of desks.all)
      Object.defineProperty(process, 'isAlive', { get: () => living.has(process.kept.name) })
    const told = () =>
      asked.splice(0).flatMap(({ desk, question }) => {
        const { action, desks: count } = question as { action: string; desks?: number }
        return action === 'address_share' ? [`${desk} ${count}`] : []
      })
    await desks.refresh()
    assert.deepEqual(told(), ['desk-live-okx-main 2', 'desk-live-okx-sub 2'])
    await desks.refresh()
    assert.deepEqual(told(), [])
    living.delete('desk-live-okx-sub')
    await desks.refresh()
    assert.ok(told().includes('desk-live-okx-main 1'))
  })
})

describe('an instance of several legs', () => {
  const arb = {
    ...instance('arb', 'sandbox', 'okx'),
    legs: [
      {
        settings: { instance: 'arb.2', mode: 'sandbox', venue: 'hyperliquid', account: 'sub' },
        access: { credential: { kind: 'sandbox' } },
        settleRate: 1e8,
      },
    ],
  } as unknown as ResolvedInstance
  const both = ['desk-sandbox-okx-main', 'desk-sandbox-hyperliquid-sub']

  test('has a desk for each account of its legs', () => {
    assert.deepEqual(desksOfInstance(arb), both)
  })

  test('is asked leg by leg, each at its desk by its own name', async () => {
    const { desks, asked } = desksOf([arb], [])
    await desks.ask({ action: 'pause', instance: 'arb' }, 100)
    assert.deepEqual(asked, [
      { desk: both[0], question: { action: 'pause', instance: 'arb' } },
      { desk: both[1], question: { action: 'pause', instance: 'arb.2' } },
    ])
  })

  test('whose file is gone is asked for every leg that desks know', async () => {
    const { desks, asked } = desksOf([], both)
    const status = (name: string) => ({
      accounts: [{ account: '', is_reconciled: true, instances: [{ instance: name }] }],
    })
    desks.watch.take(status('arb'), both[0])
    desks.watch.take(status('arb.2'), both[1])
    await desks.ask({ action: 'stop', instance: 'arb' }, 100)
    assert.deepEqual(
      asked.map(({ desk }) => desk),
      both,
    )
  })
})
