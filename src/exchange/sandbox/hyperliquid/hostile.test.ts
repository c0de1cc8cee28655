/** Whatever a client sends is answered: nothing of it may end the exchange. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TestClient, wireOrder } from '../../../../test/support/hyperliquid-client.ts'
import { TestSandbox } from '../../../../test/support/sandbox.ts'
import { createHyperliquidFront } from './hyperliquid-front.ts'

const open = () => {
  const sandbox = new TestSandbox({ venue: 'hyperliquid', front: createHyperliquidFront })
  return { sandbox, client: new TestClient(sandbox) }
}

const HUGE = '9'.repeat(40)
const STRANGE: readonly unknown[] = [
  null,
  -1,
  1.5,
  1e300,
  '',
  'constructor',
  '__proto__',
  HUGE,
  [],
  {},
  true,
]

const bodyOf = (value: unknown): string => JSON.stringify(value)

describe('strange requests', () => {
  test('numbers that nobody can pay for are refused, not counted', () => {
    const { client, sandbox } = open()
    const trigger = (triggerPx: string) => ({
      ...wireOrder(true, '30000', '0.01'),
      t: { trigger: { isMarket: true, triggerPx, tpsl: 'sl' } },
    })
    const orders = [
      wireOrder(true, HUGE, '0.01'),
      wireOrder(true, '30000', HUGE),
      wireOrder(true, '30000', '90000000000'),
      wireOrder(false, '30000', '90000000000', { r: true }),
      wireOrder(true, '0', '0.01'),
      wireOrder(true, '0.000000001', '0.01'),
      trigger(HUGE),
      trigger('0'),
    ]
    for (const order of orders) {
      const answer = client.order(order)
      assert.ok(answer.response.data.statuses[0].error, bodyOf(answer))
    }
    assert.equal(sandbox.account.openOrders().length, 0)
  })

  test('questions and actions of every shape are answered', () => {
    const { sandbox, client } = open()
    const { user } = client
    const post = (path: string, body: string) => {
      const headers = {}
      const request = { method: 'POST', path, query: '', headers, body, address: '127.0.0.1' }
      sandbox.front.classify(request)
      return sandbox.http('POST', path, { body })
    }
    const types = [
      'l2Book',
      'candleSnapshot',
      'orderStatus',
      'userFillsByTime',
      'clearinghouseState',
    ]
    const fields = ['coin', 'user', 'oid', 'startTime', 'endTime', 'req', 'nSigFigs', 'dex']
    for (const type of [...types, 'constructor', 'activeAssetData']) {
      for (const field of fields) {
        for (const value of STRANGE) {
          const base = { type, user, coin: 'BTC', oid: 1, startTime: 0 }
          const { status } = post('/info', bodyOf({ ...base, [field]: value }))
          assert.ok(
            [200, 422, 500].includes(status),
            `${type} ${field} ${bodyOf(value)}: ${status}`,
          )
        }
      }
    }
    const signed = { nonce: 1, signature: { r: '0x1', s: '0x1', v: 27 } }
    const chain = { hyperliquidChain: 'Mainnet', signatureChainId: '0x1' }
    for (const value of STRANGE) {
      const action = { type: 'usdSend', ...chain, destination: '', amount: '', time: 1 }
      for (const body of [
        value,
        { ...signed, action: value },
        { ...signed, action: { type: value } },
        { ...signed, action: { type: 'order', orders: value, grouping: 'na' } },
        { ...signed, action: { ...action, signatureChainId: value } },
        { ...signed, action: { type: 'noop' }, signature: value },
        { ...signed, action: { type: 'noop' }, vaultAddress: value },
      ]) {
        assert.ok([200, 422].includes(post('/exchange', bodyOf(body)).status), bodyOf(body))
      }
    }
    assert.equal(sandbox.http('GET', '/info').status, 405)
    assert.equal(post('/nowhere', '{}').status, 404)
  })

  test('messages of every shape too', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/ws')
    for (const value of STRANGE) {
      socket.say(value)
      socket.say({ method: value })
      socket.say({ method: 'subscribe', subscription: value })
      socket.say({ method: 'subscribe', subscription: { type: value } })
      socket.say({
        method: 'subscribe',
        subscription: { type: 'candle', coin: 'BTC', interval: value },
      })
      socket.say({ method: 'post', id: value, request: value })
      socket.say({ method: 'post', id: 1, request: { type: 'info', payload: value } })
    }
    assert.equal(socket.closed, null)
    assert.ok(socket.take().length >= 6 * STRANGE.length)
  })
})
