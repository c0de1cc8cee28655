import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TestSandbox } from '../../../test/support/sandbox.ts'
import { ONE, orderRequest } from '../../../test/support/table-market.ts'
import type { SandboxEvent, VenueFront } from './front.ts'

/** A front that only listens. */
function listening(heard: SandboxEvent[]): VenueFront {
  return {
    venue: 'okx',
    classify: () => ({ endpoint: 'time', account: null }),
    http: () => ({ status: 200, body: '' }),
    word: () => ({ status: 500, body: '' }),
    connect: () => null,
    onAccount: (_account, events) => void heard.push(...events),
    onMarket: () => {},
    onSecond: () => {},
  }
}

function open(
  parts: { volumeShare?: number; rates?: readonly (readonly [number, number])[] } = {},
) {
  const heard: SandboxEvent[] = []
  const sandbox = new TestSandbox({ venue: 'okx', front: () => listening(heard), ...parts })
  const found = sandbox.backend.instrument('SOL/USDT:USDT')
  assert.ok(found)
  sandbox.backend.watch(found.instrument.id)
  return { sandbox, heard, sol: found.instrument, account: sandbox.account }
}

const wish = (request: ReturnType<typeof orderRequest>, clientId: string | null = null) => ({
  clientId,
  request,
  expiresAt: null,
})

describe('an account of the sandbox', () => {
  it('pays in once and keeps one number for each order', () => {
    const { account, sol, heard, sandbox } = open()
    assert.equal(account.balance().equity, 10_000 * ONE)
    const [first] = account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'a1')])
    assert.equal(first?.kind, 'accepted')
    sandbox.deliver()
    assert.deepEqual(
      heard.map((event) => event.kind === 'order' && event.order.status),
      ['open'],
    )
    const [again] = account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'a1')])
    assert.equal(again?.kind === 'rejected' && again.reason, 'duplicate_client_id')
    const open1 = account.openOrders()
    assert.equal(open1.length, 1)
    assert.equal(account.order({ clientId: 'a1' })?.id, open1[0]?.id)
  })

  it('fills a resting order, in parts where the volume is small, and tells each fill once', () => {
    const { account, sol, heard, sandbox } = open({ volumeShare: 5_000 })
    account.place([wish(orderRequest(sol, 'buy', 120, 9_990), 'b1')])
    sandbox.advance(180_000)
    const fills = account.fills({ limit: 10 })
    assert.ok(fills.length > 1, 'a share of 50 lots a candle needs several fills')
    const order = account.order({ clientId: 'b1' })
    assert.equal(
      order?.quantityFilled,
      fills.reduce((all, one) => all + one.quantity, 0),
    )
    const told = heard.flatMap((event) =>
      event.kind === 'order' && event.fill ? [event.fill.id] : [],
    )
    assert.deepEqual(
      told,
      [...fills].reverse().map((one) => one.id),
    )
    assert.equal(account.positions()[0]?.quantity, order?.quantityFilled)
  })

  it('cancels, finds the order afterwards, and knows that it is over', () => {
    const { account, sol } = open()
    account.place([wish(orderRequest(sol, 'sell', 100, 10_500), 'c1')])
    assert.equal(account.cancel([{ clientId: 'c1' }])[0]?.kind, 'canceled')
    assert.equal(account.cancel([{ clientId: 'c1' }])[0]?.kind, 'final')
    assert.equal(account.cancel([{ clientId: 'nope' }])[0]?.kind, 'absent')
    assert.equal(account.order({ clientId: 'c1' })?.status, 'canceled')
    assert.equal(account.openOrders().length, 0)
  })

  it('pays funding with a stamp of the shown time', () => {
    const { account, sol, sandbox } = open()
    account.place([wish(orderRequest(sol, 'buy', 100, null))])
    assert.equal(account.positions().length, 1)
    assert.ok(sandbox.backend.marketAt() >= sandbox.wallMs)
    sandbox.advance(60_000, 1000)
    assert.ok(sandbox.backend.marketAt() >= sandbox.wallMs)
  })

  it('shows one balance in the books and in its own history', () => {
    const { account, sol, sandbox } = open()
    account.place([wish(orderRequest(sol, 'buy', 100, null))])
    sandbox.advance(60_000)
    account.place([wish(orderRequest(sol, 'sell', 100, null))])
    const fills = account.fills({ limit: 10 })
    const earned = fills.reduce((all, one) => all + one.realised - one.fee, 0)
    assert.equal(account.balance().balance, 10_000 * ONE + earned)
  })
})

describe('a process that dies', () => {
  /** `after(n)`: what the sandbox writes after n more writes is lost; the books have it. */
  const begin = () => {
    const sandbox = new TestSandbox({ venue: 'okx', front: () => listening([]) })
    const { stores } = sandbox
    const found = sandbox.backend.instrument('SOL/USDT:USDT')
    assert.ok(found)
    sandbox.backend.watch(found.instrument.id)
    const commit = stores.sandbox.commit.bind(stores.sandbox)
    const after = (more: number) => {
      let left = more
      stores.sandbox.commit = (...all) => {
        left -= 1
        if (left >= 0) commit(...all)
      }
    }
    const again = () => {
      stores.sandbox.commit = commit
      return new TestSandbox({ venue: 'okx', front: () => listening([]), stores }).account
    }
    return { sandbox, sol: found.instrument, after, again }
  }

  it('after the books took an order: its fill is found, once, under the same number', () => {
    const { sandbox, sol, after, again } = begin()
    after(1)
    const [placed] = sandbox.account.place([wish(orderRequest(sol, 'buy', 100, null), 'k1')])
    const account = again()
    const order = account.order({ clientId: 'k1' })
    assert.deepEqual([order?.status, order?.id], ['filled', placed?.order?.id])
    assert.equal(account.fills({ limit: 10 }).length, 1)
    assert.equal(again().fills({ limit: 10 }).length, 1)
  })

  it('after a cancel: the order is over', () => {
    const { sandbox, sol, after, again } = begin()
    sandbox.account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'k2')])
    after(0)
    sandbox.account.cancel([{ clientId: 'k2' }])
    assert.equal(again().order({ clientId: 'k2' })?.status, 'canceled')
  })

  it('before the books heard of an order: it never was', () => {
    const { sandbox, sol, again } = begin()
    sandbox.books.place = () => {
      throw new Error('killed')
    }
    assert.throws(() => sandbox.account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'k3')]))
    const account = again()
    assert.equal(account.order({ clientId: 'k3' }), null)
    assert.equal(account.openOrders().length, 0)
    const [anew] = account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'k3')])
    assert.equal(anew?.kind, 'accepted')
  })
})

describe('faults of orders and of the venue', () => {
  it('hides an order that was accepted', () => {
    const { account, sol, sandbox } = open()
    sandbox.fault({ kind: 'invisible', value: 5000, count: 1 })
    account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'd1')])
    assert.equal(account.order({ clientId: 'd1' }), null)
    assert.equal(account.openOrders().length, 0)
    sandbox.advance(5000)
    assert.equal(account.order({ clientId: 'd1' })?.status, 'open')
  })

  it('lets a fill win against a cancel', () => {
    const { account, sol, sandbox } = open()
    account.place([wish(orderRequest(sol, 'buy', 100, 9_900), 'e1')])
    sandbox.fault({ kind: 'cancel_races_fill' })
    const [result] = account.cancel([{ clientId: 'e1' }])
    assert.equal(result?.kind, 'final')
    assert.equal(account.order({ clientId: 'e1' })?.status, 'filled')
  })

  it('refuses half of a batch', () => {
    const { account, sol, sandbox } = open()
    sandbox.fault({ kind: 'batch_partial', count: 1 })
    const results = account.place(
      ['f1', 'f2', 'f3'].map((id) => wish(orderRequest(sol, 'buy', 100, 9_900), id)),
    )
    assert.deepEqual(
      results.map((one) => one.kind),
      ['accepted', 'rejected', 'accepted'],
    )
  })

  it('liquidates, deleverages and trades behind the back of the client', () => {
    const { account, sol, sandbox, heard } = open()
    account.place([wish(orderRequest(sol, 'buy', 100, null))])
    assert.ok(sandbox.backend.intervene('adl', { value: 0.5 }))
    assert.equal(account.positions()[0]?.quantity, 50)
    assert.ok(sandbox.backend.intervene('liquidation', {}))
    assert.equal(account.positions().length, 0)
    assert.ok(sandbox.backend.intervene('foreign_position', { symbol: 'SOL/USDT:USDT' }))
    assert.equal(account.positions().length, 1)
    sandbox.deliver()
    const origins = heard.flatMap((event) => (event.kind === 'order' ? [event.order.origin] : []))
    assert.deepEqual([...new Set(origins)], ['client', 'adl', 'liquidation', 'foreign'])
  })

  it('changes tick, lot and least value, and closes the market', () => {
    const { account, sol, sandbox } = open()
    const reason = (lots: number, at: number, parts = {}) => {
      const [result] = account.place([wish(orderRequest(sol, 'buy', lots, at, parts))])
      return result?.kind === 'rejected' ? result.reason : null
    }
    const during = (wishes: Parameters<typeof sandbox.fault>[0], look: () => void) => {
      const id = sandbox.fault(wishes)
      look()
      sandbox.core.faults.clear(id)
    }
    during({ kind: 'tick', value: 100 }, () => assert.equal(reason(100, 9_910), 'bad_price'))
    during({ kind: 'lot', value: 10 }, () => assert.equal(reason(101, 9_900), 'bad_quantity'))
    during({ kind: 'min_notional', value: 1000 }, () =>
      assert.equal(reason(100, 9_900), 'below_minimum'),
    )
    during({ kind: 'trading_paused' }, () => assert.equal(reason(100, 9_900), 'not_trading'))
    during({ kind: 'post_only' }, () => assert.equal(reason(100, 9_900), 'post_only_mode'))
    during({ kind: 'close_only' }, () => assert.equal(reason(100, 9_900), 'reduce_only_mode'))
    during({ kind: 'delisted' }, () => assert.equal(reason(100, 9_900), 'delisted'))
    assert.equal(reason(100, 9_900), null)
  })

  it('shows wrong prices and a clock that is off', () => {
    const { sol, sandbox } = open()
    const right = sandbox.backend.price(sol.id).last
    const shown = (text: string) => {
      const id = sandbox.fault({ kind: 'wrong_price', text })
      const price = sandbox.backend.price(sol.id)
      const book = sandbox.backend.book(sol.id, 5)
      sandbox.core.faults.clear(id)
      return { last: price.last, isCrossed: (book.bids[0]?.[0] ?? 0) >= (book.asks[0]?.[0] ?? 0) }
    }
    assert.equal(shown('zero').last, 0)
    assert.equal(shown('negative').last, -right)
    assert.equal(shown('spike').last, right * 10)
    assert.ok(shown('crossed').isCrossed)
    assert.ok(!shown('none').isCrossed)
    sandbox.fault({ kind: 'clock', value: 20_000 })
    assert.equal(sandbox.backend.wallMs(), sandbox.wallMs + 20_000)
  })
})

describe('the market as a venue shows it', () => {
  it('joins candles, shows the running one as far as it is, and repeats itself', () => {
    const { sol, sandbox } = open()
    sandbox.advance(10 * 60_000 + 20_000)
    const minutes = sandbox.backend.candles(sol.id, { barMs: 60_000, limit: 100 })
    assert.equal(minutes.length, 11)
    assert.equal(minutes.at(-1)?.isClosed, false)
    assert.ok(minutes.slice(0, -1).every((one) => one.isClosed))
    const fives = sandbox.backend.candles(sol.id, { barMs: 300_000, limit: 100 })
    assert.equal(
      fives.reduce((all, one) => all + one.volume, 0),
      minutes.reduce((all, one) => all + one.volume, 0),
    )
    assert.deepEqual(sandbox.backend.book(sol.id, 20), sandbox.backend.book(sol.id, 20))
    assert.equal(sandbox.backend.trades(sol.id, 50).length, 50)
  })
})
