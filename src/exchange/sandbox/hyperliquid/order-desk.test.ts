import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TestClient, wireOrder } from '../../../../test/support/hyperliquid-client.ts'
import { TestSandbox, type TestSandboxOptions } from '../../../../test/support/sandbox.ts'
import { createHyperliquidFront, HyperliquidFront } from './hyperliquid-front.ts'

const CLOID = `0x${'0'.repeat(31)}1`

/** BTC is asset 0 at 30,000 (between 29,940 and 30,060), SOL asset 1 at 100. */
function open(parts: Partial<TestSandboxOptions> = {}) {
  const sandbox = new TestSandbox({
    venue: 'hyperliquid',
    front: createHyperliquidFront,
    ...parts,
  })
  return { sandbox, client: new TestClient(sandbox) }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const statuses = (answer: any): readonly any[] => answer.response.data.statuses
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const errorOf = (answer: any): string => statuses(answer)[0].error

describe('orders', () => {
  test('rest, are found by number and by client id, and are canceled', () => {
    const { client } = open()
    const placed = statuses(client.order(wireOrder(true, '29000', '0.01', { c: CLOID })))[0]
    assert.deepEqual(Object.keys(placed.resting), ['oid', 'cloid'])
    const { oid } = placed.resting
    const { user } = client
    const byCloid = client.info('orderStatus', { user, oid: CLOID })
    assert.deepEqual(byCloid, client.info('orderStatus', { user, oid }))
    assert.equal(byCloid.order.status, 'open')
    assert.equal(byCloid.order.order.limitPx, '29000.0')
    assert.equal(byCloid.order.order.cloid, CLOID)
    assert.equal(client.info('openOrders', { user })[0].oid, oid)
    assert.equal(client.info('frontendOpenOrders', { user })[0].tif, 'Gtc')
    const cancel = { type: 'cancelByCloid', cancels: [{ asset: 0, cloid: CLOID }] }
    assert.deepEqual(statuses(client.exchange(cancel)), ['success'])
    const again = { type: 'cancel', cancels: [{ a: 0, o: oid }] }
    const missing = 'Order was never placed, already canceled, or filled. asset=0'
    assert.equal(errorOf(client.exchange(again)), missing)
    assert.equal(client.info('orderStatus', { user, oid }).order.status, 'canceled')
    assert.deepEqual(client.info('orderStatus', { user, oid: 1 }), { status: 'unknownOid' })
  })

  test('an agent owns nothing: only its master has orders', () => {
    const { client, sandbox } = open()
    client.order(wireOrder(true, '29000', '0.01'))
    const { agentAddress } = sandbox.account.credentials
    assert.deepEqual(client.info('openOrders', { user: agentAddress }), [])
    const state = client.info('clearinghouseState', { user: agentAddress })
    assert.equal(state.marginSummary.accountValue, '0.0')
    assert.equal(client.info('userRole', { user: agentAddress }).role, 'agent')
    assert.equal(client.info('extraAgents', { user: client.user })[0].address, agentAddress)
  })

  test('fill at once, with the average price, and stand in fills and position', () => {
    const { client } = open()
    const [status] = statuses(client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' })))
    assert.equal(status.filled.totalSz, '0.01')
    const [fill] = client.info('userFills', { user: client.user })
    assert.equal(fill.dir, 'Open Long')
    assert.equal(fill.crossed, true)
    assert.equal(fill.oid, status.filled.oid)
    const state = client.info('clearinghouseState', { user: client.user })
    assert.equal(state.assetPositions[0].position.szi, '0.01')
    assert.equal(state.assetPositions[0].position.coin, 'BTC')
    assert.equal(Number(state.marginSummary.totalNtlPos) > 200, true)
  })

  test('one client id may be used twice: it is no key', () => {
    const { client } = open()
    const order = wireOrder(true, '29000', '0.01', { c: CLOID })
    const [first, second] = [client.order(order), client.order(order)].map(
      (one) => statuses(one)[0],
    )
    assert.notEqual(first.resting.oid, second.resting.oid)
    assert.equal(client.info('openOrders', { user: client.user }).length, 2)
    const found = client.info('orderStatus', { user: client.user, oid: CLOID })
    assert.equal(found.order.order.oid, second.resting.oid)
    const cancel = { type: 'cancelByCloid', cancels: [{ asset: 0, cloid: CLOID }] }
    client.exchange(cancel)
    assert.equal(
      client.info('orderStatus', { user: client.user, oid: CLOID }).order.order.oid,
      first.resting.oid,
      'the one that lives is found',
    )
  })

  test('are changed by cancel and new number under the same client id', () => {
    const { client } = open()
    const { user } = client
    const order = wireOrder(true, '29000', '0.01', { c: CLOID })
    const { oid } = statuses(client.order(order))[0].resting
    const changed = { ...wireOrder(true, '29100', '0.02') }
    const answer = client.exchange({ type: 'batchModify', modifies: [{ oid, order: changed }] })
    const renewed = statuses(answer)[0].resting
    assert.equal(renewed.cloid, CLOID)
    assert.ok(renewed.oid > oid)
    assert.equal(client.info('orderStatus', { user, oid }).order.status, 'canceled')
    assert.equal(client.info('orderStatus', { user, oid: CLOID }).order.order.oid, renewed.oid)
    const late = client.exchange({ type: 'modify', oid, order: changed })
    assert.deepEqual(late, { status: 'err', response: 'Cannot modify canceled or filled order' })
    const byCloid = client.exchange({ type: 'modify', oid: CLOID, order: changed })
    assert.deepEqual(byCloid, { status: 'ok', response: { type: 'default' } })
  })

  test('triggers rest as the venue describes them, and fire', () => {
    const { client, sandbox } = open()
    client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' }))
    const stop = {
      ...wireOrder(false, '26000', '0.01', { r: true }),
      t: { trigger: { isMarket: true, triggerPx: '28000', tpsl: 'sl' } },
    }
    assert.ok(statuses(client.order(stop))[0].resting)
    const [shown] = client.info('frontendOpenOrders', { user: client.user })
    assert.equal(shown.orderType, 'Stop Market')
    assert.equal(shown.triggerCondition, 'Price below 28000.0')
    assert.equal(shown.triggerPx, '28000.0')
    assert.equal(shown.tif, null)
    const trigger = { isMarket: true, triggerPx: '29970', tpsl: 'sl' }
    sandbox.advance(60_000)
    const whole = { ...stop, s: '0', t: { trigger } }
    client.exchange({ type: 'order', orders: [whole], grouping: 'positionTpsl' })
    sandbox.advance(60_000)
    const state = client.info('clearinghouseState', { user: client.user })
    assert.deepEqual(state.assetPositions, [], 'the stop has closed the whole position')
  })

  test('children end with their parent, and siblings with each other', () => {
    const { client, sandbox } = open()
    const { user } = client
    const child = (triggerPx: string, tpsl: string) => ({
      ...wireOrder(false, '28000', '0.01', { r: true }),
      t: { trigger: { isMarket: true, triggerPx, tpsl } },
    })
    const family = (p: string) => ({
      type: 'order',
      orders: [wireOrder(true, p, '0.01'), child('29000', 'sl'), child('30040', 'tp')],
      grouping: 'normalTpsl',
    })
    const waiting = statuses(client.exchange(family('29000')))
    assert.deepEqual(waiting.slice(1), ['waitingForFill', 'waitingForFill'])
    client.exchange({ type: 'cancel', cancels: [{ a: 0, o: waiting[0].resting.oid }] })
    assert.deepEqual(client.info('openOrders', { user }), [])
    const bought = statuses(client.exchange(family('31000')))
    assert.deepEqual(bought.slice(1), ['waitingForTrigger', 'waitingForTrigger'])
    sandbox.advance(240_000)
    assert.deepEqual(client.info('openOrders', { user }), [])
    const ends = client
      .info('historicalOrders', { user })
      .map((one: { status: string }) => one.status)
    assert.ok(ends.includes('siblingFilledCanceled'), ends.join())
  })

  test('prices between two steps of the market go to the one that is no worse', () => {
    const { client, sandbox } = open()
    const order = wireOrder(true, '99.123', '1', { a: 1 })
    const { oid } = statuses(client.order(order))[0].resting
    assert.equal(sandbox.account.order({ id: oid })?.request.price, 9_912)
    const shown = client.info('orderStatus', { user: client.user, oid })
    assert.equal(shown.order.order.limitPx, '99.123', 'told as it was written')
  })
})

describe('refusals', () => {
  const cases: readonly (readonly [string, object, RegExp])[] = [
    [
      'less than $10',
      wireOrder(true, '29000', '0.0001'),
      /^Order must have minimum value of \$10\. asset=0$/,
    ],
    [
      'post-only that crosses',
      wireOrder(true, '31000', '0.01', { tif: 'Alo' }),
      /^Post only order would have immediately matched, bbo was [\d.]+@[\d.]+\. asset=0$/,
    ],
    [
      'too little margin',
      wireOrder(true, '29000', '90'),
      /^Insufficient margin to place order\. asset=0$/,
    ],
    [
      'six figures',
      wireOrder(true, '29000.1', '0.01'),
      /^Price must be divisible by tick size\. asset=0$/,
    ],
    [
      'too many decimals',
      wireOrder(true, '99.12345', '1', { a: 1 }),
      /^Price must be divisible by tick size\. asset=1$/,
    ],
    ['a finer size', wireOrder(true, '29000', '0.0100001'), /^Order has invalid size\. asset=0$/],
    ['no size', wireOrder(true, '29000', '0'), /^Order has zero size\. asset=0$/],
    [
      'reduce-only without a position',
      wireOrder(false, '29000', '0.01', { r: true, tif: 'Ioc' }),
      /^Reduce only order would increase position\. asset=0$/,
    ],
    [
      'nothing to match',
      wireOrder(true, '29000', '0.01', { tif: 'Ioc' }),
      /^Order could not immediately match against any resting orders\. asset=0$/,
    ],
    [
      'far from the market',
      wireOrder(true, '1000', '0.01'),
      /^Order price cannot be more than 80% away from the reference price asset=0$/,
    ],
    [
      'a trigger behind the market',
      {
        ...wireOrder(false, '29000', '0.01'),
        t: { trigger: { isMarket: false, triggerPx: '31000', tpsl: 'sl' } },
      },
      /^Invalid TP\/SL price\. asset=0$/,
    ],
    [
      'a market of another dex',
      wireOrder(true, '4000', '1', { a: 110_000 }),
      /^Order has invalid asset\. asset=110000$/,
    ],
    [
      'a spot pair',
      wireOrder(true, '1', '100', { a: 10_000 }),
      /^Order has invalid asset\. asset=10000$/,
    ],
  ]
  for (const [what, order, text] of cases) {
    test(what, () => {
      const { client, sandbox } = open()
      assert.match(errorOf(client.order(order)), text)
      assert.equal(sandbox.account.openOrders().length, 0)
    })
  }

  test('each order of a batch has its own answer, in its place', () => {
    const { client } = open()
    const answer = client.order(
      wireOrder(true, '29000', '0.01'),
      wireOrder(true, '29000', '0.0001'),
      wireOrder(true, '29100', '0.01'),
    )
    const kinds = statuses(answer).map((one) => Object.keys(one)[0])
    assert.deepEqual(kinds, ['resting', 'error', 'resting'])
  })

  test('what the payload alone decides is answered once for the whole batch', () => {
    const { client, sandbox } = open()
    const answer = client.order(
      wireOrder(true, '29000', '0.01'),
      wireOrder(true, '29000.1', '0.01'),
    )
    assert.equal(statuses(answer).length, 1)
    assert.match(errorOf(answer), /tick size/)
    assert.equal(sandbox.account.openOrders().length, 0)
    assert.match(errorOf(client.order()), /empty/)
  })

  test('a body that the venue does not know is 422', () => {
    const { client } = open()
    for (const wrong of [
      { type: 'order', orders: [{ ...wireOrder(true, '1', '1'), c: 'cid1' }], grouping: 'na' },
      { type: 'order', orders: [{ ...wireOrder(true, '1', '1'), p: 1 }], grouping: 'na' },
      { type: 'dance' },
    ]) {
      assert.equal(client.exchange(wrong).status, 422)
    }
    assert.equal(client.post('/info', '{"type":"dance"}').status, 422)
    assert.equal(client.post('/info', 'no json').status, 422)
    assert.equal(client.info('orderStatus', { user: '0x12', oid: 1 }).status, 422)
  })

  test('post-only, closing and delisted markets say so', () => {
    const { client, sandbox } = open()
    const symbol = 'BTC/USDC:USDC'
    const order = wireOrder(true, '29000', '0.01')
    const states = [
      ['post_only', /Only post-only orders allowed/],
      ['close_only', /while open interest is capped/],
    ] as const
    for (const [kind, text] of states) {
      const id = sandbox.fault({ kind, symbol })
      assert.match(errorOf(client.order(order)), text)
      sandbox.core.faults.clear(id)
    }
    sandbox.fault({ kind: 'delisted', symbol })
    const meta = client.info('meta')
    assert.equal(meta.universe[0].isDelisted, true)
    assert.match(errorOf(client.order(order)), /invalid asset/)
  })
})

describe('rules that change', () => {
  const symbol = 'BTC/USDC:USDC'

  test('a wider tick and a greater least value are refused in the words of the venue', () => {
    const { client, sandbox } = open()
    sandbox.fault({ kind: 'tick', symbol, value: 20 })
    assert.match(errorOf(client.order(wireOrder(true, '29001', '0.01'))), /divisible by tick size/)
    assert.ok(statuses(client.order(wireOrder(true, '29002', '0.01')))[0].resting)
    sandbox.fault({ kind: 'min_notional', symbol, value: 500 })
    const small = errorOf(client.order(wireOrder(true, '29002', '0.01')))
    assert.equal(small, 'Order must have minimum value of $500. asset=0')
  })

  test('a wider lot is told by the digits of a size', () => {
    const { client, sandbox } = open()
    sandbox.fault({ kind: 'lot', symbol, value: 100 })
    assert.equal(client.info('meta').universe[0].szDecimals, 3)
    assert.match(errorOf(client.order(wireOrder(true, '29000', '0.0101'))), /invalid size/)
    assert.ok(statuses(client.order(wireOrder(true, '29000', '0.011')))[0].resting)
  })
})

describe('settings', () => {
  test('leverage and its type, within the bounds of the market', () => {
    const { client, sandbox } = open()
    const set = (isCross: boolean, leverage: number) =>
      client.exchange({ type: 'updateLeverage', asset: 0, isCross, leverage })
    assert.deepEqual(set(false, 3), { status: 'ok', response: { type: 'default' } })
    const { id } = sandbox.backend.instruments()[0]?.instrument ?? { id: '' as never }
    assert.deepEqual({ ...sandbox.account.terms(id) }, { leverage: 3, marginMode: 'isolated' })
    assert.equal(set(false, 1000).response, 'Invalid leverage value')
    client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' }))
    assert.equal(set(true, 3).response, 'Cannot switch leverage type with open position.')
  })

  test('the dead-man switch needs volume, five seconds, and fires at most ten times a day', () => {
    const front = (backend: ConstructorParameters<typeof HyperliquidFront>[0]) =>
      new HyperliquidFront(backend, { scheduleCancelVolume: 100 })
    const { client, sandbox } = open({ front })
    const arm = (time?: number) =>
      client.exchange({ type: 'scheduleCancel', ...(time === undefined ? {} : { time }) })
    const in5 = () => sandbox.wallMs + 5_000
    assert.match(
      arm(in5()).response,
      /until enough volume traded\. Required: \$100\. Traded: \$0\.00\./,
    )
    client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' }))
    assert.match(arm(sandbox.wallMs + 4_999).response, /must be at least 5 seconds from now/)
    client.order(wireOrder(true, '29000', '0.01'))
    assert.equal(arm(in5()).status, 'ok')
    assert.equal(arm().status, 'ok')
    sandbox.advance(6_000)
    assert.equal(sandbox.account.openOrders().length, 1, 'lifted')
    for (let fired = 0; fired < 10; fired += 1) {
      assert.equal(arm(in5()).status, 'ok')
      sandbox.advance(6_000)
    }
    assert.equal(sandbox.account.openOrders().length, 0)
    const [last] = client.info('historicalOrders', { user: client.user })
    assert.equal(last.status, 'scheduledCancel')
    assert.match(arm(in5()).response, /10 triggers/)
    sandbox.advance(0, 86_400_000)
    assert.equal(arm(in5()).status, 'ok')
  })

  test('a builder takes no more than was approved', () => {
    const { client } = open()
    const builder = { b: `0x${'9'.repeat(40)}`, f: 1 }
    const orders = [wireOrder(true, '29000', '0.01')]
    const answer = client.exchange({ type: 'order', orders, grouping: 'na', builder })
    assert.equal(answer.response, 'Builder fee has not been approved.')
    const free = { ...builder, f: 0 }
    assert.equal(
      client.exchange({ type: 'order', orders, grouping: 'na', builder: free }).status,
      'ok',
    )
  })
})
