/**
 * What every venue behind ports/venue.ts must do, as a suite over a factory. A venue adapter is done when this passes.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { InvariantError } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import type { ApprovedIntent } from '../../src/domain/risk.ts'
import type { PlaceOutcome, VenueAccountEvent } from '../../src/domain/venue-report.ts'
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
    return `pf1${(++this.#ids).toString().padStart(6, '0')}` as ClientOrderId
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
    assert.equal(
      (await fixture.account.balance()).balance,
      fixture.venue.request.paper?.initialBalance,
    )
  })
}

function orderTests(fixture: Fixture): void {
  test('an order rests, is listed, found and canceled with its final quantity', async () => {
    const id = fixture.newId()
    const outcome = await fixture.place(
      approve(fixture.attached, id, limitOrder(fixture.attached, 'buy', FAR.buy)),
    )
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
    const [canceled] = await fixture.account.cancel(fixture.instrument, [id])
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
    const id = fixture.newId()
    const request = limitOrder(fixture.attached, 'buy', 1500, { timeInForce: 'ioc' })
    const outcome = await fixture.place(approve(fixture.attached, id, request))
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
    const deposit = fixture.venue.request.paper?.initialBalance ?? 0
    assert.equal((await fixture.account.balance()).balance, deposit - fees)
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
    await fixture.place(approve(fixture.attached, id, limitOrder(fixture.attached, 'buy', FAR.buy)))
    const second = await fixture.place(
      approve(fixture.attached, id, limitOrder(fixture.attached, 'sell', FAR.sell)),
    )
    assert.deepEqual(second, { kind: 'rejected', clientId: id, reason: 'duplicate_client_id' })
    assert.equal((await fixture.account.lookup(fixture.instrument, id))?.request.side, 'buy')
    await fixture.account.cancel(fixture.instrument, [id])
    const third = await fixture.place(
      approve(fixture.attached, id, limitOrder(fixture.attached, 'sell', FAR.sell)),
    )
    assert.equal(third.kind, 'rejected', 'also after the first is final')
  })

  test('an order after its deadline is refused as expired, and leaves no order behind', async () => {
    const id = fixture.newId()
    const late = approve(
      fixture.attached,
      id,
      limitOrder(fixture.attached, 'buy', FAR.buy),
      Date.now() - 1,
    )
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
    const orders = [-1000, -2000, -3000].map((distance) =>
      approve(fixture.attached, fixture.newId(), limitOrder(fixture.attached, 'buy', distance)),
    )
    const outcomes = await fixture.account.place(orders)
    const expected = orders.map((one) => one.intent.clientId)
    assert.deepEqual(
      outcomes.map((one) => one.clientId),
      expected,
    )
    assert.ok(outcomes.every((one) => one.kind === 'accepted'))
    const canceled = await fixture.account.cancel(fixture.instrument, expected)
    assert.ok(canceled.every((one) => one.kind === 'final'))
  })

  test('a post-only order that would cross is refused; an unknown id is absent', async () => {
    const crossing = limitOrder(fixture.attached, 'buy', 1500, { isPostOnly: true })
    const id = fixture.newId()
    const outcome = await fixture.place(approve(fixture.attached, id, crossing))
    assert.deepEqual(outcome, { kind: 'rejected', clientId: id, reason: 'would_cross' })
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
        fixture.account.place([
          approve(fixture.attached, id, limitOrder(fixture.attached, 'buy', FAR.buy)),
        ]),
        fixture.account.cancel(fixture.instrument, [id]),
        assert.rejects(fixture.account.openOrders(), { name: 'VenueError', kind: 'unavailable' }),
      ])
      assert.equal(outcome[0]?.kind, 'unknown')
      assert.equal(canceled[0]?.kind, 'unknown')
    } finally {
      fixture.venue.thaw()
    }
    // Unknown is not failed: the order did arrive, in order, and was canceled by what came after it.
    assert.equal((await fixture.account.lookup(fixture.instrument, id))?.status, 'canceled')
  })
}

function deathTests(fixture: Fixture): void {
  test('a killed venue comes back with every order and event that it told', async () => {
    const id = fixture.newId()
    await fixture.place(
      approve(fixture.attached, id, limitOrder(fixture.attached, 'sell', FAR.sell)),
    )
    const final = fixture.newId()
    const resting = limitOrder(fixture.attached, 'buy', FAR.buy)
    await fixture.place(approve(fixture.attached, final, resting))
    await fixture.account.cancel(fixture.instrument, [final])
    const told = await fixture.account.eventsSince(0)
    const positions = await fixture.account.positions()
    fixture.recorder.calls.length = 0
    const restarted = fixture.venue.killAndRestart()
    await until('the loss is seen', () => fixture.recorder.calls.includes('gap'))
    const unsent = await fixture.place(
      approve(fixture.attached, fixture.newId(), limitOrder(fixture.attached, 'sell', FAR.sell)),
    )
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
    for (const used of [id, final]) {
      const again = await fixture.place(approve(fixture.attached, used, resting))
      assert.deepEqual(again, { kind: 'rejected', clientId: used, reason: 'duplicate_client_id' })
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
