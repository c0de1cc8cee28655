import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { Desks, deskOf, deskOfAccount } from './desks.ts'
import type { ProcessTools } from './kept-process.ts'
import type { ServiceAddress, ServiceParts } from './services.ts'

const instance = (id: string, mode: string, venue = 'okx', account = 'main') =>
  ({ id, settings: { instance: id, mode, venue, account } }) as unknown as ResolvedInstance

interface Asked {
  readonly desk: string
  readonly question: unknown
}

/** Desks whose processes run as far as `running` says, without any process. */
function desksOf(instances: readonly ResolvedInstance[], running: readonly string[]) {
  const asked: Asked[] = []
  const desks = new Desks({
    service: {
      home: { socket: (name: string) => `/run/${name}.sock` },
      socketToken: (name: string) => `token of ${name}`,
    } as unknown as ServiceParts,
    tools: { clock: { monotonicMs: () => 0 } } as unknown as ProcessTools,
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
