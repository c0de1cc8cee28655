/** What a bot stores: the instance with the parameters that act and how it came to them. */
import type { MarketPrice } from '../domain/market.ts'
import { formatDecimal, formatMoney } from '../domain/money.ts'
import type { AttributedFill } from '../domain/order.ts'
import type { Json } from '../domain/strategy.ts'
import type { InstanceEngine, StoredInstance } from '../engine/instance.ts'
import type { StoredLegsRisk } from '../engine/legs-risk.ts'
import type { StoredFill } from '../ports/bot-store.ts'

/** Parameters of a strategy as plain data. */
export type Parameters = { readonly [key: string]: Json | undefined }

/** An accepted hot adjustment. The fleet writes it as a new configuration version unless it is temporary. */
export interface Adjusted {
  /** Wall time, ISO 8601. */
  readonly at: string
  readonly isTemporary: boolean
  readonly parameters: Parameters
}

/** The end of an instance by the strategy's own rule. */
export interface Ended {
  /** Market time, ms. */
  readonly at: number
  readonly reason: string
  readonly ordersCanceled: number
  /** Signed decimal of base. */
  readonly position: string
}

export interface BotRecord {
  readonly instance: StoredInstance
  /** As the configuration had them when they were last taken over. */
  readonly launched: Parameters
  /** Those that act: `launched`, or the last adjustment. */
  readonly parameters: Parameters
  readonly adjusted: Adjusted | null
  readonly ended: Ended | null
  /** The prices last seen, in the order of the instruments. */
  readonly prices: readonly MarketPrice[]
  /** Of several legs alone. */
  readonly legsRisk?: StoredLegsRisk
}

/** Whether two sets of parameters say the same; the order of keys and absent keys do not count. */
export function isSameParameters(a: Parameters, b: Parameters): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: Json | undefined): string {
  if (value === undefined || value === null || typeof value !== 'object') {
    return JSON.stringify(value ?? null)
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const pairs = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
  return `{${pairs.join(',')}}`
}

/** A fill as it is kept and shown. */
export function storedFill(engine: InstanceEngine, seq: number, fill: AttributedFill): StoredFill {
  const instrument = engine.instruments.find((known) => known.id === fill.instrument)
  const { priceDecimals = 0, quantityDecimals = 0, lotSize = 1 } = instrument ?? {}
  return {
    seq,
    at: fill.at,
    instrument: fill.instrument,
    side: fill.side,
    price: formatDecimal(fill.price, priceDecimals),
    quantity: formatDecimal(fill.quantity * lotSize, quantityDecimals),
    fee: formatMoney(fill.fee),
    isMaker: fill.isMaker,
    origin: fill.origin.kind === 'slot' ? fill.origin.slot : fill.origin.kind,
  }
}
