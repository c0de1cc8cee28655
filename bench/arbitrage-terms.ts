/** What the processes of the bench of the scanner have in common. */

/** What the venues are told. */
export type VenuesOrder =
  | { readonly kind: 'start'; readonly updatesPerS: number }
  | { readonly kind: 'sample' }
/** What the venues tell. */
export type VenuesWord =
  | { readonly kind: 'ports'; readonly ports: Readonly<Record<BenchedVenue, number>> }
  | { readonly kind: 'sample'; readonly texts: readonly string[]; readonly sent: number }

export const benchedVenues = ['okx', 'hyperliquid', 'backpack', 'aster'] as const
export type BenchedVenue = (typeof benchedVenues)[number]
export const CONTRACTS = 50
