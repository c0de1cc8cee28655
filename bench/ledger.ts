/** Booking a fill in the ledger of an instance, against a bare loop that does the same integer sums. */
import type { FingerprintedFill } from '../src/domain/fingerprint.ts'
import { money, price, quantity } from '../src/domain/money.ts'
import { InstanceLedger } from '../src/engine/instance-ledger.ts'
import { Random } from '../test/support/random.ts'
import { SOL } from './market.ts'
import { inTurns, perSecond, type Row, timeRow } from './measure.ts'

const FILLS = 200_000
const REPETITIONS = 7

function makeFills(): readonly FingerprintedFill[] {
  const random = new Random(1)
  return Array.from({ length: FILLS }, (_, i) => ({
    at: 1_700_000_000_000 + i,
    side: random.chance(0.5) ? 'buy' : 'sell',
    price: price(random.int(14_000, 16_000)),
    quantity: quantity(random.int(1, 100)),
    fee: money(random.int(100, 10_000)),
    isMaker: true,
  }))
}

/** Position, cash, cost, realised, fees and volume in plain numbers; returns what must agree with the ledger. */
function bareSums(fills: readonly FingerprintedFill[]): number {
  let position = 0
  let cost = 0
  let cash = 0
  let realised = 0
  let fees = 0
  let volume = 0
  for (const fill of fills) {
    const change = fill.side === 'buy' ? fill.quantity : -fill.quantity
    const value = change * fill.price * SOL.moneyPerUnit
    if (position === 0 || position > 0 === change > 0) cost += value
    else {
      const closed = Math.min(Math.abs(change), Math.abs(position))
      const closing = closed < Math.abs(change) ? -position * fill.price * SOL.moneyPerUnit : value
      const released =
        closed === Math.abs(position) ? cost : Math.trunc((cost * closed) / Math.abs(position))
      realised += -closing - released
      cost += value - closing - released
    }
    position += change
    cash -= value
    fees += fill.fee
    volume += Math.abs(value)
  }
  return position + cost + cash + realised + fees + volume
}

export function benchLedger(): readonly Row[] {
  const fills = makeFills()
  let guard = 0
  const own = () => {
    const ledger = new InstanceLedger([SOL], money(0))
    for (const fill of fills) ledger.fill(0, fill)
    guard = ledger.position + ledger.cost + ledger.cash + ledger.realised + ledger.fees
    guard += ledger.volume
  }
  own()
  const expected = bareSums(fills)
  if (Math.abs(guard - expected) > 1e-9 * Math.abs(expected)) {
    throw new Error('the bare loop of the bench and the ledger do not agree')
  }
  const times = inTurns(REPETITIONS, FILLS, own, () => void bareSums(fills))
  const note = `${perSecond(times.ownNs)}; SHA-256 of every fill and the identity check included`
  return [timeRow('ledger: book a fill (vs the same sums in a bare loop)', times, note)]
}
