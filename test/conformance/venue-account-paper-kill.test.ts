import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOrderId } from '../../src/domain/order.ts'
import type {
  AttachRequest,
  PlaceOutcome,
  VenueAccountEvent,
} from '../../src/domain/venue-report.ts'
import { approve, limitOrder, paperTerms, Recorder, until } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

const KILLS = 8
const request: AttachRequest = {
  instance: 'kill',
  symbol: 'SOL/USDC:USDC',
  leverage: 10,
  marginMode: 'cross',
  paper: paperTerms,
  feed: 'demo',
}

test('kill -9 between requests, acting and answers loses nothing that was told', async () => {
  const exchange = new ExchangeProcess({ wireLatencyMs: 15, speed: 60 })
  exchange.start()
  const recorder = new Recorder()
  const venue = await exchange.connect('backpack/main', recorder)
  try {
    const attached = await venue.attach(request)
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    let ids = 0
    const placeOne = async (): Promise<void> => {
      const id = `pf${++ids}` as ClientOrderId
      const isTaker = ids % 3 === 0
      const side = ids % 2 === 0 ? 'buy' : 'sell'
      const distance = (side === 'buy' ? 1 : -1) * (isTaker ? 2000 : -3000 - ids)
      const order = limitOrder(attached, side, distance, isTaker ? { timeInForce: 'ioc' } : {})
      const [outcome] = await venue.place([approve(attached, id, order)])
      if (outcome) outcomes.set(id, outcome)
    }
    for (let kill = 1; kill <= KILLS; kill++) {
      recorder.calls.length = 0
      const placements: Promise<void>[] = []
      for (let i = 0; i < 12; i++) {
        placements.push(placeOne())
        await new Promise((resolve) => setTimeout(resolve, 5))
        // Answers are due from 30 ms on, so some requests wait to act and some answers wait to be sent.
        if (i === 8 + (kill % 3)) await exchange.kill()
      }
      await Promise.all(placements)
      exchange.start()
      await until('the connection is back', () => recorder.calls.includes('ready'))
      await venue.attach(request)
    }
    const kinds = [...outcomes.values()].map((outcome) => outcome.kind)
    assert.ok(kinds.includes('accepted') && kinds.includes('unknown'), kinds.join())
    const events = await venue.eventsSince(0)
    await checkOrders(outcomes, events)
    checkEvents(events)
  } finally {
    await venue.close()
    await exchange.close()
  }

  /** What was accepted is there; what is not known is there in full or not at all. */
  async function checkOrders(
    outcomes: ReadonlyMap<ClientOrderId, PlaceOutcome>,
    events: readonly VenueAccountEvent[],
  ): Promise<void> {
    const filled = new Map<string | null, number>()
    for (const event of events) {
      if (event.kind !== 'fill') continue
      const { clientId, quantity } = event.fill
      filled.set(clientId, (filled.get(clientId) ?? 0) + quantity)
    }
    let unknownFound = 0
    for (const [id, outcome] of outcomes) {
      const found = await venue.lookup('backpack:SOL/USDC:USDC' as never, id)
      if (outcome.kind === 'accepted') assert.ok(found, `${id} was accepted and is lost`)
      if (outcome.kind === 'unknown' && found) unknownFound++
      if (outcome.kind === 'rejected') assert.equal(found, null, outcome.reason)
      assert.equal(found?.quantityFilled ?? 0, filled.get(id) ?? 0, `fills of ${id}`)
    }
    assert.ok(unknownFound > 0, 'some orders acted although their answer was lost')
    const open = (await venue.openOrders()).map((order) => order.clientId)
    assert.equal(new Set(open).size, open.length)
    assert.ok(open.every((id) => outcomes.has(id)))
  }

  /** Numbers without a gap, and everything that was pushed before a death is still told the same way. */
  function checkEvents(events: readonly VenueAccountEvent[]): void {
    assert.deepEqual(
      events.map((event) => event.venueSeq),
      events.map((_, index) => index + 1),
    )
    const bySeq = new Map(events.map((event) => [event.venueSeq, event]))
    for (const pushed of recorder.account) assert.deepEqual(bySeq.get(pushed.venueSeq), pushed)
    const deposits = events.filter((event) => event.kind === 'cash')
    assert.equal(deposits.length, 1)
  }
})
