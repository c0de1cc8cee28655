/** What a refusal of a desk means for the process of the bot. */

/** A restart would meet it again; every other one passes, e.g. while the venue cannot be reached. */
export const finalCodes: ReadonlySet<string> = new Set([
  'REFUSED',
  'bad_terms',
  'feed_mismatch',
  'instrument_taken',
  'protocol_version',
  'unknown_symbol',
  'venue_refused',
  'version',
])
/** Of this process: another one has taken its place, or its launch file is of an earlier desk. */
export const processCodes: ReadonlySet<string> = new Set(['replaced', 'token', 'unauthorized'])
