/**
 * How client order ids look, per kind of venue. The id that a venue keeps is the canonical one: there is no table of
 * translations. Ids are made of counters that the journal hands out and never hands out again. Pure.
 */
import { invariant } from './money.ts'
import type { ClientOrderId } from './order.ts'

/** `text`: letters and digits; `hex128`: 0x and 32 hex digits; `uint32`: decimal text of an unsigned 32-bit integer. */
export type ClientIdSchemeName = 'text' | 'hex128' | 'uint32'

export interface ClientIdScheme {
  readonly name: ClientIdSchemeName
  /**
   * Which counters the ids are made of. `epoch`: they begin anew with each start of the desk, whose number is part of the
   * id. `journal`: they go on for as long as the journal lives (JournalStore.reserveSerials).
   */
  readonly counters: 'epoch' | 'journal'
  /** @throws InvariantError when the counter leaves the room of the scheme */
  make(epoch: number, counter: number): ClientOrderId
  /** Whether an id has the form of those of a desk, of an earlier life of it included; never for `uint32`, which has no room for a mark. */
  isOurs(id: string): boolean
}

/** First 4 bytes of our 128-bit ids. */
const HEX_TAG = '70657266'
const UINT32_COUNT = 2 ** 32
/** Serials a second by which a new journal begins above an old one that was lost; all are used up in eight years. */
const SERIALS_PER_S = 16

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

const text: ClientIdScheme = {
  name: 'text',
  counters: 'epoch',
  make: (epoch, counter) =>
    `pf${epoch.toString(36).padStart(5, '0')}${counter.toString(36).padStart(7, '0')}` as ClientOrderId,
  isOurs: (id) => /^pf[0-9a-z]{12,16}$/.test(id),
}

const hex128: ClientIdScheme = {
  name: 'hex128',
  counters: 'epoch',
  make: (epoch, counter) => {
    invariant(epoch < UINT32_COUNT, `epoch ${epoch} needs more than 4 bytes`)
    return `0x${HEX_TAG}${hex(epoch, 8)}${hex(counter, 16)}` as ClientOrderId
  },
  isOurs: (id) => new RegExp(`^0x${HEX_TAG}[0-9a-f]{24}$`, 'i').test(id),
}

const uint32: ClientIdScheme = {
  name: 'uint32',
  counters: 'journal',
  // 0 stands for "no id" at some venues.
  make: (_epoch, counter) => String((counter % (UINT32_COUNT - 1)) + 1) as ClientOrderId,
  isOurs: () => false,
}

export const clientIdSchemes: Readonly<Record<ClientIdSchemeName, ClientIdScheme>> = {
  text,
  hex128,
  uint32,
}

/** Where the serials of a new journal begin: above those of one that was lost before. @param wallMs wall clock */
export const firstSerial = (wallMs: number): number =>
  (Math.floor(wallMs / 1000) * SERIALS_PER_S) % (UINT32_COUNT - 1)
