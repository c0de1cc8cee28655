/** What the venues do differently, as far as an order can be lost or doubled by it (reference: their documents). */
import type { VenueTraits } from '../../../src/ports/venue.ts'

export interface VenueRules {
  readonly name: string
  readonly traits: VenueTraits
  /** Whether a client id is refused: while another order with it was ever seen, while one is open, or never. */
  readonly uniqueIds: 'ever' | 'open' | 'never'
  /** A lookup finds resting orders only; ended ones only by their fills. */
  readonly findsRestingOnly: boolean
  /** What becomes of an order whose nonce is burned; null = it cannot be. */
  readonly burns: 'sure' | 'unsure' | null
  /** A cancel may be answered before it is done. */
  readonly mayDeferCancels: boolean
  /** A batch may be answered by one error for all although some were taken. */
  readonly hidesBatchResults: boolean
  /** Orders that an address may send, ever; null = no such limit. */
  readonly addressBudget: number | null
  /** A post-only order that would trade is refused, or taken and ended at once. */
  readonly endsPostOnly: boolean
}

const traits = (
  idScheme: VenueTraits['idScheme'],
  deadlineMs: number | null,
  batchMax: number,
): VenueTraits => ({
  idScheme,
  deadlineMs,
  batchMax,
  deadMan: null,
  deadManMs: null,
  hasRestingStops: true,
  hasClosePosition: true,
})

const plain = {
  findsRestingOnly: false,
  burns: null,
  mayDeferCancels: false,
  hidesBatchResults: false,
  addressBudget: null,
  endsPostOnly: false,
} as const

export const venueRules: readonly VenueRules[] = [
  {
    ...plain,
    name: 'okx',
    traits: traits('text', 2500, 20),
    uniqueIds: 'ever',
    endsPostOnly: true,
  },
  {
    ...plain,
    name: 'hyperliquid',
    traits: traits('hex128', 2500, 40),
    uniqueIds: 'never',
    burns: 'sure',
    hidesBatchResults: true,
    addressBudget: 400,
  },
  {
    ...plain,
    name: 'backpack',
    traits: traits('uint32', 2500, 20),
    uniqueIds: 'never',
    findsRestingOnly: true,
    mayDeferCancels: true,
    endsPostOnly: true,
  },
  {
    ...plain,
    name: 'aster',
    traits: traits('text', 5000, 5),
    uniqueIds: 'open',
    burns: 'unsure',
  },
  { ...plain, name: 'generic', traits: traits('text', null, 1), uniqueIds: 'open' },
]
