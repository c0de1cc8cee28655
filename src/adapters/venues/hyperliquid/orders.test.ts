import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { price, quantity } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import { BASE_FEES, MarketTable } from './instruments.ts'
import {
  cancelActions,
  cancelOutcome,
  deadlineOf,
  flawOf,
  orderActions,
  orderRow,
  type PreparedOrder,
  placeOutcome,
  statusesOf,
} from './orders.ts'

const folder = process.env['MARKET_DATA'] || undefined
const recorded = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

const table = new MarketTable(
  { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }] },
  BASE_FEES,
)
const market = table.ofSymbol('BTC/USDC:USDC')
const idOf = (n: number) => `0x70657266${n.toString(16).padStart(24, '0')}` as ClientOrderId

function prepared(part: Partial<OrderRequest> = {}, n = 1, expiresAt: number | null = null) {
  const request: OrderRequest = {
    instrument: market.instrument.id,
    side: 'buy',
    kind: 'limit',
    price: price(650_000),
    quantity: quantity(1000),
    timeInForce: 'gtc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
    ...part,
  }
  const order = { clientId: idOf(n), instrument: market.instrument, request, expiresAt }
  return { order, market, reference: price(650_000) } satisfies PreparedOrder
}

const stop = { kind: 'stop', price: price(617_500), by: 'mark' } as const
const marketSell = { kind: 'market', price: null, side: 'sell' } as const

describe('actions of orders', () => {
  test('post-only is Alo, immediate is Ioc, else Gtc, whatever else is asked', () => {
    assert.deepEqual(orderRow(prepared({ isPostOnly: true })).t, { limit: { tif: 'Alo' } })
    assert.deepEqual(orderRow(prepared({ timeInForce: 'ioc' })).t, { limit: { tif: 'Ioc' } })
    assert.deepEqual(orderRow(prepared()).t, { limit: { tif: 'Gtc' } })
  })

  test('a market order is immediate, with a limit 5 % away at most', () => {
    const buy = orderRow(prepared({ kind: 'market', price: null }))
    assert.equal(buy.p, '68250')
    assert.deepEqual(buy.t, { limit: { tif: 'Ioc' } })
    const sell = orderRow(prepared(marketSell))
    assert.equal(sell.p, '61750')
    assert.equal(sell.b, false)
    const blind = { ...prepared(marketSell), reference: null }
    assert.equal(flawOf(blind), 'no_price')
  })

  test('protective orders reduce only, hang on the mark, and may close the whole position', () => {
    const one = prepared({ ...marketSell, isReduceOnly: true, trigger: stop })
    assert.deepEqual(orderRow(one).t, {
      trigger: { isMarket: true, triggerPx: '61750', tpsl: 'sl' },
    })
    assert.equal(orderRow(one).p, '55575')
    const whole = prepared({
      ...marketSell,
      isReduceOnly: true,
      trigger: stop,
      quantity: 'position',
    })
    const actions = orderActions([one, whole]).map(({ action }) => action)
    assert.deepEqual(
      actions.map(({ grouping }) => grouping),
      ['na', 'positionTpsl'],
    )
    assert.equal(actions[1]?.orders[0]?.s, '0')
    assert.equal(flawOf(whole), null)
    const take = { ...stop, kind: 'take_profit' as const }
    const limit = orderRow(prepared({ isReduceOnly: true, side: 'sell', trigger: take }))
    assert.deepEqual(limit.t, { trigger: { isMarket: false, triggerPx: '61750', tpsl: 'tp' } })
    assert.equal(limit.p, '65000')
  })

  test('what the venue cannot take is refused before it is sent', () => {
    const byLast = { ...stop, by: 'last' as const }
    assert.equal(flawOf(prepared({ isReduceOnly: true, trigger: byLast })), 'trigger_by')
    assert.equal(flawOf(prepared({ trigger: stop })), 'trigger_not_reduce_only')
    assert.equal(flawOf(prepared({ price: price(650_005) })), 'price_rule')
    assert.equal(flawOf(prepared({ quantity: 'position' })), 'quantity_rule')
    const named = prepared()
    const text = { ...named, order: { ...named.order, clientId: 'pf1' as ClientOrderId } }
    assert.equal(flawOf(text), 'client_id')
    assert.equal(flawOf(named), null)
  })

  test('a batch has the earliest deadline of its orders', () => {
    assert.equal(deadlineOf([prepared({}, 1, 900.5), prepared({}, 2, 800.5)]), 800)
    assert.equal(deadlineOf([prepared()]), null)
  })

  test('orders of others are withdrawn by their number', () => {
    const ids = [idOf(1), 'venue:77' as ClientOrderId]
    assert.deepEqual(
      cancelActions(market, ids).map(({ action }) => action),
      [
        { type: 'cancelByCloid', cancels: [{ asset: 0, cloid: idOf(1) }] },
        { type: 'cancel', cancels: [{ a: 0, o: 77 }] },
      ],
    )
  })

  /**
   * Differences that are ours: no builder; our client id on every order; a stop's limit is 10 % from its trigger, where ccxt
   * takes 5 % from the price that it is handed; stops without reduce-only are not sent.
   */
  test('the same orders as unmodified ccxt makes of the same wishes', recorded, () => {
    const file = readFileSync(`${folder}/ccxt/requests_hyperliquid.json`, 'utf8')
    const { requests } = JSON.parse(file) as {
      requests: { call: string; http: { url: string; body: string }[] }[]
    }
    const theirs = requests
      .filter(({ call }) => call === 'createOrder')
      .map(({ http }) => {
        const { action } = JSON.parse(http.at(-1)?.body ?? '') as { action: { orders: object[] } }
        return JSON.stringify({ ...action.orders[0], c: undefined })
      })
    const take = { kind: 'take_profit', price: price(682_500), by: 'mark' } as const
    const closing = { ...marketSell, isReduceOnly: true }
    const wishes: readonly Partial<OrderRequest>[] = [
      {},
      { side: 'sell', price: price(663_000), isPostOnly: true },
      { kind: 'market', price: null },
      closing,
      { timeInForce: 'ioc' },
      { ...closing, trigger: stop },
      { ...closing, trigger: take },
    ]
    const ours = wishes.map((wish, i) => {
      const row = orderRow(prepared(wish))
      const p = i < 5 ? row.p : '61750'
      return JSON.stringify({ ...row, p, c: undefined })
    })
    // The eighth is a stop that opens a position.
    assert.deepEqual(ours, theirs.slice(0, 7))
    assert.equal(theirs.length, 8)
  })
})

describe('answers to orders', () => {
  const answer = (...statuses: unknown[]) => ({
    status: 'ok',
    response: { type: 'order', data: { statuses } },
  })
  const outcomes = (orders: readonly PreparedOrder[], ...statuses: unknown[]) => {
    const list = statusesOf(answer(...statuses), orders.length)
    return orders.map((order, i) => {
      const outcome = placeOutcome(order, list[i])
      const detail = outcome.kind === 'accepted' ? outcome.status : outcome.reason
      const filled = outcome.kind === 'accepted' ? outcome.quantityFilled : 0
      return `${outcome.kind} ${detail} ${filled}`
    })
  }

  test('a bad order hides no accepted one', () => {
    const three = [prepared({}, 1), prepared({}, 2), prepared({ timeInForce: 'ioc' }, 3)]
    assert.deepEqual(
      outcomes(
        three,
        { resting: { oid: 1 } },
        { error: 'Order must have minimum value of $10. asset=0' },
        { filled: { totalSz: '0.004', avgPx: '64999.0', oid: 2 } },
      ),
      ['accepted open 0', 'rejected below_minimum 0', 'accepted canceled 400'],
    )
  })

  test('one fault of the payload is the fault of every order; silence is none', () => {
    const two = [prepared({}, 1), prepared({}, 2)]
    assert.deepEqual(outcomes(two, { error: 'Price must be divisible by tick size. asset=0' }), [
      'rejected price_rule 0',
      'rejected price_rule 0',
    ])
    assert.deepEqual(outcomes(two, { resting: { oid: 1 } }), [
      'accepted open 0',
      'unknown no_result 0',
    ])
  })

  test('filled, waiting, refused by the book, and unreadable', () => {
    const [one] = [prepared()]
    const told = (status: unknown) => outcomes([one], status)[0]
    assert.equal(told({ filled: { totalSz: '0.01', avgPx: '1', oid: 1 } }), 'accepted filled 1000')
    assert.equal(told({ filled: { totalSz: '0.004', avgPx: '1', oid: 1 } }), 'accepted open 400')
    assert.equal(told('waitingForTrigger'), 'accepted open 0')
    assert.equal(told('waitingForFill'), 'accepted open 0')
    assert.equal(
      told({ error: 'Post only order would have immediately matched, bbo was 1@2.' }),
      'rejected would_cross 0',
    )
    assert.equal(told({ error: 'Invalid nonce: duplicate nonce 1' }), 'unknown duplicate_nonce 0')
    assert.equal(told({ news: 1 }), 'unknown unreadable 0')
  })

  test('the cancel of a missing order is absent, not an error', () => {
    const missing = { error: 'Order was never placed, already canceled, or filled. asset=0' }
    assert.deepEqual(cancelOutcome(idOf(1), missing), { kind: 'absent', clientId: idOf(1) })
    assert.deepEqual(cancelOutcome(idOf(1), 'success'), { kind: 'pending', clientId: idOf(1) })
    assert.equal(cancelOutcome(idOf(1), { error: 'something else' }).kind, 'unknown')
    assert.equal(cancelOutcome(idOf(1), null).kind, 'unknown')
  })
})
