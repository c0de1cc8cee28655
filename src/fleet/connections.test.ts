import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { usdcInstrument } from '../../test/support/instruments.ts'
import type { HealthReport } from '../protocol/fleet-messages.ts'
import { connectionRows, exchangeRows } from './connections.ts'
import type { Fleet } from './fleet.ts'
import { reasonsOf } from './missing-orders.ts'
import { systemHealth } from './system-health.ts'

const roundTrips = { bounds: [1], counts: [2, 0], sum: 0.01, count: 2 }
const link = { isOpen: true, reconnects: 3, lastMessageAt: 0, roundTrips }
const row = (parts: object = {}) => ({
  instance: 'a',
  symbol: 'AAA/USDC:USDC',
  instrument: usdcInstrument(),
  mode: 'running',
  is_bot_connected: true,
  orders_unknown: 0,
  ...parts,
})
const account = (parts: object = {}) => ({
  account: 'paper-okx-my-main',
  is_reconciled: true,
  link,
  instances: [row()],
  ...parts,
})

interface World {
  readonly accounts?: readonly object[]
  readonly desk?: string
  readonly seen?: boolean
}

function fleetOf({ accounts = [account()], desk = 'running', seen = true }: World): Fleet {
  const process = { phase: { kind: 'running' }, isSilent: false }
  const unit = { id: 'a', desired: 'running', config: null, process, record: { hold: null } }
  return {
    desks: { isAccountReached: () => desk === 'running' },
    exchange: { phase: { kind: 'running' } },
    exchangeStatus: { accounts: [{ account: 'okx/my-main', isConnected: seen }] },
    units: new Map([['a', unit]]),
    deskWatch: { accounts, isReconciled: () => true, refusalOf: () => null },
    deskRow: () => (desk === 'running' ? row() : null),
    isDraining: false,
  } as unknown as Fleet
}

describe('connections to venues', () => {
  test('are as the desk tells them', () => {
    assert.deepEqual(connectionRows(fleetOf({})), [
      {
        exchange: 'okx',
        account: 'paper-okx-my-main',
        connected: true,
        reconciled: true,
        latency_ms: 5,
        last_message_at: '1970-01-01T00:00:00.000Z',
        reconnects: 3,
        streams: ['AAA/USDC:USDC'],
      },
    ])
    const lost = account({ link: { ...link, isOpen: false } })
    assert.equal(exchangeRows(fleetOf({ accounts: [account(), lost] }))[0]?.connected, false)
  })

  test('do not count while the venue behind them is away', () => {
    const away = account({ away: 'the venue does not answer (down)' })
    const fleet = fleetOf({ accounts: [away] })
    assert.equal(connectionRows(fleet)[0]?.connected, false)
    assert.equal(exchangeRows(fleet)[0]?.connected, false)
  })

  test('are none while the desk does not run, whatever it said last', () => {
    const [one] = connectionRows(fleetOf({ desk: 'waiting' }))
    assert.deepEqual([one?.connected, one?.reconciled], [false, false])
  })

  test('are as the venue sees them where the desk does not tell', () => {
    const silent = [account({ link: undefined })]
    const [one] = connectionRows(fleetOf({ accounts: silent }))
    assert.deepEqual([one?.connected, one?.latency_ms, one?.reconnects], [true, null, null])
    assert.equal(connectionRows(fleetOf({ accounts: silent, seen: false }))[0]?.connected, false)
  })
})

describe('the health of the whole', () => {
  const healthy = { database: 'healthy', redis: 'disabled', memory: 'healthy', disk: 'healthy' }
  const of = (world: World, checks: object = {}) =>
    systemHealth(fleetOf(world), { checks: { ...healthy, ...checks } } as unknown as HealthReport)

  test('falls by what is the matter', () => {
    assert.equal(of({}), 100)
    assert.equal(of({}, { database: 'unhealthy' }), 70)
    assert.equal(of({}, { memory: 'warning', disk: 'unhealthy' }), 90)
    assert.equal(of({}, { redis: 'unhealthy' }), 90)
    const other = account({ account: 'paper-bybit-main', link: { ...link, isOpen: false } })
    assert.equal(of({ accounts: [account(), other] }), 90)
    assert.equal(of({ accounts: [account({ instances: [row({ orders_unknown: 1 })] })] }), 90)
    assert.equal(of({ accounts: [account({ instances: [row({ position_venue: 0 })] })] }), 90)
    // No desk: its venue is not connected, and the instance is not known to run.
    assert.equal(of({ desk: 'waiting' }), 50)
    const all = { database: 'unhealthy', memory: 'warning', redis: 'unhealthy' }
    assert.equal(of({ desk: 'waiting' }, all), 0)
  })
})

describe('orders that are wanted and do not rest', () => {
  const resting = { slot: 'B1', side: 'buy', price: '1', quantity: '2', reason: null }
  test('come with their reasons, those that are kept back too', () => {
    const list = [resting, { ...resting, slot: 'S1', side: 'sell', reason: 'paused' }]
    const status = { orders: { list }, grid: { virtual: [{ ...resting, slot: 'B2' }] } }
    assert.deepEqual(
      reasonsOf(status).map(({ slot, side, reason, text }) => [slot, side, reason, text]),
      [
        ['S1', 'sell', 'paused', 'the instance is paused'],
        [
          'B2',
          'buy',
          'virtual',
          'the order is not among the nearest open_orders_max and stays virtual',
        ],
      ],
    )
  })

  test('are none of a bot that tells nothing or nonsense', () => {
    for (const status of [null, 5, {}, { orders: { list: [{ slot: 1 }, { reason: 'x' }] } }])
      assert.deepEqual(reasonsOf(status), [])
  })
})
