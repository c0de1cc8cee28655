/**
 * What every venue behind ports/venue.ts must do, as a suite over a factory. A venue adapter is done when this passes.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { InvariantError, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest, Side } from '../../src/domain/order.ts'
import type { ApprovedIntent } from '../../src/domain/risk.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
} from '../../src/domain/venue-report.ts'
import type { Attached, VenueAccount } from '../../src/ports/venue.ts'
import {
  approve,
  limitOrder,
  Recorder,
  until,
  type VenueUnderTest,
} from './venue-account-harness.ts'

/** Far enough from the price to rest through the suite, in price units. */
const FAR = { buy: -2000, sell: 2000 }

/** One venue and one connection, shared by the tests of a suite in their order. */
class Fixture {
  readonly recorder = new Recorder()
  #venue: VenueUnderTest | null = null
  #account: VenueAccount | null = null
  #attached: Attached | null = null
  #ids = 0

  async open(make: () => Promise<VenueUnderTest>): Promise<void> {
    this.#venue = await make()
    this.#account = await this.#venue.connect(this.recorder)
    this.#attached = await this.#account.attach(this.#venue.request)
  }

  async close(): Promise<void> {
    await this.#account?.close()
    await this.#venue?.close()
  }

  get venue(): VenueUnderTest {
    return present(this.#venue)
  }
  get account(): VenueAccount {
    return present(this.#account)
  }
  get attached(): Attached {
    return present(this.#attached)
  }
  get instrument() {
    return this.attached.instrument.id
  }

  newId(): ClientOrderId {
    const { live } = this.venue
    if (live) return live.newId()
    return `pf1${(++this.#ids).toString().padStart(6, '0')}` as ClientOrderId
  }

  /** A limit order at a distance from the price at which the account was attached. */
  order(
    side: Side,
    distance: number,
    changes: Partial<OrderRequest> = {},
    expiresAt: number | null = null,
    id = this.newId(),
  ): ApprovedIntent {
    const lots = quantity(this.venue.live?.lots ?? 10)
    const request = limitOrder(this.attached, side, distance, { quantity: lots, ...changes })
    return approve(this.attached, id, request, expiresAt)
  }

  get deposit(): number {
    return this.venue.live?.deposit ?? this.venue.request.paper?.initialBalance ?? 0
  }

  /** Cancels one order; where the venue answers that it is on its way, waits for its end. */
  async cancelToEnd(id: ClientOrderId): Promise<CancelOutcome> {
    const [outcome] = await this.account.cancel(this.instrument, [id])
    if (outcome?.kind !== 'pending') return present(outcome ?? null)
    for (;;) {
      const found = await this.account.lookup(this.instrument, id)
      if (found && found.status !== 'open') {
        const { status, quantityFilled } = found
        return { kind: 'final', clientId: id, status, quantityFilled }
      }
      await pause()
    }
  }

  async place(intent: ApprovedIntent): Promise<PlaceOutcome> {
    const [outcome] = await this.account.place([intent])
    return present(outcome ?? null)
  }
}

function present<T>(value: T | null): T {
  assert.ok(value !== null, 'the venue under test is open')
  return value
}

/** Between two questions: real venues limit them. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

const refusedTwice = (clientId: ClientOrderId): PlaceOutcome => ({
  kind: 'rejected',
  clientId,
  reason: 'duplicate_client_id',
})

const fillsOf = (events: readonly VenueAccountEvent[]) =>
  events.filter((event) => event.kind === 'fill')

export function venueAccountConformance(name: string, make: () => Promise<VenueUnderTest>): void {
  describe(`venue account: ${name}`, () => {
    const fixture = new Fixture()
    before(() => fixture.open(make))
    after(() => fixture.close())
    connectionTests(fixture)
    orderTests(fixture)
    numberTests(fixture)
    messageTests(fixture)
    silenceTests(fixture)
    deathTests(fixture)
  })
}

function connectionTests(fixture: Fixture): void {
  test('attach is idempotent and deposits once', async () => {
    const again = await fixture.account.attach(fixture.venue.request)
    assert.equal(again.instrument.id, fixture.instrument)
    assert.equal((await fixture.account.balance()).balance, fixture.deposit)
  })
}

function orderTests(fixture: Fixture): void {
  test('an order rests, is listed, found and canceled with its final quantity', async () => {
    const id = fixture.newId()
    const outcome = await fixture.place(fixture.order('buy', FAR.buy, {}, null, id))
    assert.deepEqual(outcome, {
      kind: 'accepted',
      clientId: id,
      status: 'open',
      quantityFilled: 0,
    })
    assert.deepEqual(
      (await fixture.account.openOrders()).map((order) => order.clientId),
      [id],
    )
    assert.equal((await fixture.account.lookup(fixture.instrument, id))?.status, 'open')
    const canceled = await fixture.cancelToEnd(id)
    assert.deepEqual(canceled, {
      kind: 'final',
      clientId: id,
      status: 'canceled',
      quantityFilled: 0,
    })
    assert.deepEqual(await fixture.account.openOrders(), [])
    assert.equal((await fixture.account.lookup(fixture.instrument, id))?.status, 'canceled')
    // Twice is no harm: the order is final, and the venue says how it ended.
    const [twice] = await fixture.account.cancel(fixture.instrument, [id])
    assert.deepEqual(twice, canceled)
  })

  test('a marketable order fills, with events, position and balance that agree', async () => {
    const outcome = await fixture.place(fixture.order('buy', 1500, { timeInForce: 'ioc' }))
    assert.equal(outcome.kind, 'accepted')
    await until('the fill is told', () => fillsOf(fixture.recorder.account).length > 0)
    const filled = fillsOf(fixture.recorder.account).reduce(
      (sum, event) => sum + event.fill.quantity,
      0,
    )
    assert.ok(filled > 0 && outcome.kind === 'accepted' && outcome.quantityFilled <= filled)
    const [position] = await fixture.account.positions()
    assert.equal(position?.quantity, filled)
    const fees = fillsOf(fixture.recorder.account).reduce((sum, event) => sum + event.fill.fee, 0)
    assert.equal((await fixture.account.balance()).balance, fixture.deposit - fees)
  })
}

function numberTests(fixture: Fixture): void {
  test('events are numbered from 1 without a gap, pushed and asked for alike', async () => {
    const asked = await fixture.account.eventsSince(0)
    assert.ok(asked.length >= 2)
    assert.deepEqual(
      asked.map((event) => event.venueSeq),
      asked.map((_, index) => index + 1),
    )
    assert.deepEqual(
      fixture.recorder.account.map((event) => event.venueSeq),
      asked.map((event) => event.venueSeq),
    )
    assert.deepEqual(await fixture.account.eventsSince(1), asked.slice(1))
    assert.deepEqual(await fixture.account.eventsSince(asked.length), [])
  })

  test('a client id counts once: the second use is refused and the first order stands', async () => {
    const id = fixture.newId()
    const adopts = fixture.venue.live?.adoptsDuplicates === true
    await fixture.place(fixture.order('buy', FAR.buy, {}, null, id))
    const second = await fixture.place(fixture.order('sell', FAR.sell, {}, null, id))
    if (adopts) assert.equal(second.kind, 'accepted', 'as the order that has the id')
    else assert.deepEqual(second, refusedTwice(id))
    assert.equal((await fixture.account.lookup(fixture.instrument, id))?.request.side, 'buy')
    assert.equal((await fixture.account.openOrders()).length, 1)
    await fixture.cancelToEnd(id)
    if (adopts) return
    const third = await fixture.place(fixture.order('sell', FAR.sell, {}, null, id))
    assert.equal(third.kind, 'rejected', 'also after the first is final')
  })

  test('an order after its deadline is refused as expired, and leaves no order behind', async () => {
    const id = fixture.newId()
    const late = fixture.order('buy', FAR.buy, {}, Date.now() - 1000, id)
    assert.deepEqual(await fixture.place(late), {
      kind: 'rejected',
      clientId: id,
      reason: 'expired',
    })
    const found = await fixture.account.lookup(fixture.instrument, id)
    assert.ok(found === null || found.status === 'expired')
    assert.deepEqual(await fixture.account.openOrders(), [])
  })
}

function messageTests(fixture: Fixture): void {
  test('several orders in one message have one outcome each, in their order', async () => {
    const orders = [-1000, -2000, -3000].map((distance) => fixture.order('buy', distance))
    const outcomes = await fixture.account.place(orders)
    const expected = orders.map((one) => one.intent.clientId)
    assert.deepEqual(
      outcomes.map((one) => one.clientId),
      expected,
    )
    assert.ok(outcomes.every((one) => one.kind === 'accepted'))
    const canceled = await fixture.account.cancel(fixture.instrument, expected)
    assert.ok(canceled.every((one) => one.kind === 'final' || one.kind === 'pending'))
    for (const id of expected) assert.equal((await fixture.cancelToEnd(id)).kind, 'final')
  })

  test('a post-only order that would cross is refused; an unknown id is absent', async () => {
    const id = fixture.newId()
    const crossing = fixture.order('buy', 1500, { isPostOnly: true }, null, id)
    const outcome = await fixture.place(crossing)
    // Some venues take it and cancel it at once.
    if (outcome.kind === 'accepted') {
      const found = await fixture.account.lookup(fixture.instrument, id)
      assert.deepEqual([found?.status, found?.reason], ['canceled', 'would_cross'])
    } else assert.deepEqual(outcome, { kind: 'rejected', clientId: id, reason: 'would_cross' })
    const never = fixture.newId()
    assert.equal(await fixture.account.lookup(fixture.instrument, never), null)
    const [canceled] = await fixture.account.cancel(fixture.instrument, [never])
    assert.deepEqual(canceled, { kind: 'absent', clientId: never })
  })

  test('only what the risk gate approved is sent', async () => {
    const forged = {
      intent: { clientId: fixture.newId() },
      expiresAt: null,
    } as unknown as ApprovedIntent
    await assert.rejects(fixture.account.place([forged]), InvariantError)
  })
}

function silenceTests(fixture: Fixture): void {
  test('no answer in time: place and cancel say unknown, questions are unavailable', async () => {
    const id = fixture.newId()
    fixture.venue.freeze()
    try {
      const [outcome, canceled] = await Promise.all([
        fixture.account.place([fixture.order('buy', FAR.buy, {}, null, id)]),
        fixture.account.cancel(fixture.instrument, [id]),
        assert.rejects(fixture.account.openOrders(), { name: 'VenueError', kind: 'unavailable' }),
      ])
      assert.equal(outcome[0]?.kind, 'unknown')
      assert.equal(canceled[0]?.kind, 'unknown')
    } finally {
      fixture.venue.thaw()
    }
    // A request on its own connection may have died with it, so there may be an order or none: a question tells.
    if (fixture.venue.live) {
      await pause()
      const found = await fixture.account.lookup(fixture.instrument, id)
      if (found?.status === 'open') await fixture.cancelToEnd(id)
      return
    }
    // Unknown is not failed: the order did arrive.
    // In order, so that what came after it has canceled it.
    assert.equal((await fixture.account.lookup(fixture.instrument, id))?.status, 'canceled')
  })
}

function deathTests(fixture: Fixture): void {
  test('a killed venue comes back with every order and event that it told', async () => {
    const id = fixture.newId()
    await fixture.place(fixture.order('sell', FAR.sell, {}, null, id))
    const final = fixture.newId()
    await fixture.place(fixture.order('buy', FAR.buy, {}, null, final))
    await fixture.cancelToEnd(final)
    const told = await fixture.account.eventsSince(0)
    const positions = await fixture.account.positions()
    fixture.recorder.calls.length = 0
    const restarted = fixture.venue.killAndRestart()
    await until('the loss is seen', () => fixture.recorder.calls.includes('gap'))
    const unsent = await fixture.place(fixture.order('sell', FAR.sell))
    assert.ok(unsent.kind !== 'accepted', 'nothing is accepted without a venue')
    await restarted
    await until('the connection is back', () => fixture.recorder.calls.includes('ready'))
    assert.deepEqual(fixture.recorder.calls, ['gap', 'ready'])
    const back = await fixture.account.attach(fixture.venue.request)
    assert.equal(back.instrument.id, fixture.instrument)
    assert.deepEqual(
      (await fixture.account.openOrders()).map((order) => order.clientId),
      [id],
    )
    assert.deepEqual((await fixture.account.eventsSince(0)).slice(0, told.length), told)
    assert.deepEqual(await fixture.account.positions(), positions)
    assert.equal((await fixture.account.lookup(fixture.instrument, final))?.status, 'canceled')
    if (fixture.venue.live) return
    for (const used of [id, final]) {
      const again = await fixture.place(fixture.order('buy', FAR.buy, {}, null, used))
      assert.deepEqual(again, refusedTwice(used))
    }
  })

  test('a second connection to the account sees the same orders', async () => {
    const other = new Recorder()
    const second = await fixture.venue.connect(other)
    await second.attach(fixture.venue.request)
    assert.deepEqual(await second.openOrders(), await fixture.account.openOrders())
    assert.ok(Math.abs(await second.clockOffsetMs()) < 1000)
    await second.close()
  })
}
