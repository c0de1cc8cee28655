/** What happened to an account, as an instance hears of it. */
import type { InstrumentId } from './instrument.ts'
import type { Money, Quantity, Ratio } from './money.ts'
import type { AttributedFill } from './order.ts'

/** An account event as numbered by the desk's journal and handed to the bot that owns the instrument. */
export type NumberedEvent = { readonly seq: number; readonly at: number } & (
  | { readonly kind: 'fill'; readonly fill: AttributedFill }
  | {
      readonly kind: 'funding'
      readonly instrument: InstrumentId
      readonly amount: Money
      readonly rate: Ratio
      readonly position: Quantity
    }
)
