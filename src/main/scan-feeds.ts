/** The venues that a scanner looks at: public books, of the venues themselves or of the sandbox of a home. */
import { existsSync, readFileSync } from 'node:fs'
import { bookVenues, isBookVenue } from '../adapters/venues/public/book-feed.ts'
import { ScanFeed } from '../adapters/venues/public/scan-feed.ts'
import type { PublicUrls } from '../adapters/venues/public/urls.ts'
import type { BookFeed } from '../ports/book-feed.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { SandboxKeysFile, SandboxVenue } from '../protocol/sandbox-messages.ts'

export interface ScanFeedsWish {
  readonly venues: readonly string[]
  readonly market: 'live' | 'sandbox'
  /** run/sandbox.json */
  readonly sandboxFile: string
}

/** @throws RangeError with one sentence for a venue whose books cannot be read, or that the sandbox does not serve */
export function openScanFeeds(
  { venues, market, sandboxFile }: ScanFeedsWish,
  parts: { readonly clock: Clock; readonly logger: Logger },
): BookFeed[] {
  const addresses = market === 'sandbox' ? sandboxAddresses(sandboxFile) : null
  return venues.map((venue) => {
    if (!isBookVenue(venue))
      throw new RangeError(
        `The books of ${venue} cannot be compared: name some of ${bookVenues.join(', ')} in arbitrage.venues.`,
      )
    const urls = addresses === null ? null : addresses(venue)
    return new ScanFeed({ venue, urls, ...parts, random: Math.random })
  })
}

function sandboxAddresses(file: string) {
  if (!existsSync(file))
    throw new RangeError(
      `No sandbox runs here (${file} is missing): start an instance in mode sandbox, or set arbitrage.market to live.`,
    )
  return (venue: SandboxVenue) => {
    const found = addressIn(file, venue)
    if (found === null)
      throw new RangeError(
        `The sandbox of this home does not serve ${venue}: take it out of arbitrage.venues.`,
      )
    return followed(file, venue, found)
  }
}

/** After a restart of the exchange its ports may be others; while it is down those of before are tried. */
function followed(file: string, venue: SandboxVenue, first: PublicUrls): () => PublicUrls {
  let known = first
  return () => {
    try {
      known = addressIn(file, venue) ?? known
    } catch {
      // The file is gone, or cannot be read now: it is asked again with the next connection.
    }
    return known
  }
}

function addressIn(file: string, venue: SandboxVenue): PublicUrls | null {
  const { venues } = JSON.parse(readFileSync(file, 'utf8')) as SandboxKeysFile
  const found = venues[venue]
  return found === undefined ? null : { rest: found.rest_url, ws: found.ws_url }
}
