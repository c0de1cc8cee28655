/** Rows for tests of the journal. */
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import { ApprovedIntent, checkIntent } from '../../src/domain/risk.ts'
import type { JournalBatch } from '../../src/ports/journal-store.ts'
import { testInstrument } from './fault-venue.ts'

export const emptyBatch: JournalBatch = {
  intents: [],
  outcomes: [],
  events: [],
  venueSeq: null,
  instances: [],
}

/** An order of an instance that the risk gate has approved. */
export function approvedOrder(id: string, instance = 'a'): ApprovedIntent {
  const request = {
    instrument: testInstrument.id,
    side: 'buy',
    kind: 'limit',
    price: price(15_000),
    quantity: quantity(5),
    timeInForce: 'gtc',
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  } as const
  const limits = {
    positionSizeMax: ratio(1e8),
    positionNotionalMax: null,
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: ratio(1e8),
    onBreach: 'halt',
  } as const
  const verdict = checkIntent(
    {
      clientId: id as ClientOrderId,
      instance,
      origin: { kind: 'slot', slot: 'B15000' },
      request,
    },
    {
      instrument: testInstrument,
      mode: 'running',
      latch: null,
      isReconciled: true,
      isMismatched: false,
      limits,
      leverage: 1,
      equity: money(1e12),
      mark: price(15_000),
      exposure: { position: quantity(0), buying: quantity(0), selling: quantity(0) },
      account: null,
    },
    5000,
  )
  if (!(verdict instanceof ApprovedIntent)) throw new Error(`refused: ${verdict.refused}`)
  return verdict
}

export const fillRow = (seq: number, venueSeq: number, fillId: string, clientId = 'x1') =>
  ({
    instance: 'a',
    venueSeq,
    event: {
      seq,
      at: 9,
      kind: 'fill',
      fill: {
        id: fillId,
        at: 9,
        instrument: testInstrument.id,
        clientId: clientId as ClientOrderId,
        side: 'buy',
        price: price(15_000),
        quantity: quantity(2),
        fee: money(3),
        isMaker: true,
        origin: { kind: 'slot', slot: 'B15000' },
      },
    },
  }) as const
