/** What a venue of the sandbox has on its own books of an account, and whether desk and bot have the same to the last unit. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FillFingerprint } from '../../src/domain/fingerprint.ts'
import { type Instrument, instrumentId } from '../../src/domain/instrument.ts'
import { formatDecimal } from '../../src/domain/money.ts'
import type { Fill } from '../../src/domain/order.ts'
import { demoFeed } from '../../src/exchange/feed.ts'
import type { SandboxFill, SandboxOrder, SandboxPayment } from '../../src/exchange/sandbox/front.ts'
import { botInstance, type ExchangeOrder, journalEvents, journalOrders } from './books.ts'
import type { DrillHome } from './fleet-home.ts'
import { compareOrders, emptyVerdict, type Sums, sumsOf, type Verdict } from './verdict.ts'

export interface VenueFile {
  readonly venue: string
  readonly symbol: string
  /** main when it is left out. */
  readonly account?: string
}

export interface Statement {
  readonly orders: readonly SandboxOrder[]
  /** Client ids of orders that the venue refused. */
  readonly refused: readonly string[]
  readonly fills: readonly SandboxFill[]
  readonly funding: readonly SandboxPayment[]
  /** 1e-8; without unrealised profit. */
  readonly balance: number
}

const ACCOUNT = 'main'
/** Under which name the sandbox keeps what it refused. */
const REFUSED = 'refused'

export const journalOf = (home: DrillHome, { venue, account = ACCOUNT }: VenueFile): string =>
  join(home.dir, 'database', `account-sandbox-${venue}-${account}.db`)

/** All that the venue tells of the account, read from its own database. */
export function statementOf(home: DrillHome, file: VenueFile): Statement {
  const { venue, symbol, account = ACCOUNT } = file
  const path = join(home.dir, 'database', 'sandbox.db')
  const database = new DatabaseSync(path, { readOnly: true, timeout: 3000 })
  try {
    database.exec('BEGIN')
    const key = `${venue}/sandbox-${account}`
    const rows = <Body>(kind: string, account: string): Body[] =>
      database
        .prepare('SELECT body FROM rows WHERE kind = ? AND account = ? ORDER BY id')
        .all(kind, account)
        .map(({ body }) => JSON.parse(String(body)) as Body)
    const note = database.prepare('SELECT body FROM notes WHERE key = ?').get(`account:${key}`)
    const { balance = 0 } = JSON.parse(String(note?.['body'] ?? '{}')) as { balance?: number }
    const instrument = instrumentId(venue, symbol)
    return {
      orders: rows<SandboxOrder>('order', key),
      refused: rows<SandboxOrder>('order', REFUSED).flatMap((order) =>
        order.instrument === instrument && order.clientId !== null ? [order.clientId] : [],
      ),
      fills: rows<SandboxFill>('fill', key),
      funding: rows<SandboxPayment>('payment', key).filter(({ kind }) => kind === 'funding'),
      balance,
    }
  } finally {
    database.close()
  }
}

interface VenueTally {
  readonly orders: number
  readonly partly: number
  readonly canceled: number
  readonly fills: number
  readonly payments: number
}

export function tallyOf({ orders, fills, funding }: Statement): VenueTally {
  const parts = Map.groupBy(fills, ({ orderId }) => orderId)
  return {
    orders: orders.length,
    partly: [...parts.values()].filter((some) => some.length > 1).length,
    canceled: orders.filter(({ status }) => status === 'canceled').length,
    fills: fills.length,
    payments: funding.length,
  }
}

/** A client id that the venue was sent twice, whatever it made of it. */
function doubledIds({ orders, refused }: Statement): readonly string[] {
  const all = [...orders.flatMap(({ clientId }) => clientId ?? []), ...refused]
  return [...Map.groupBy(all, (id) => id)].flatMap(([id, of]) => (of.length > 1 ? [id] : []))
}

const exchangeOrderOf = (order: SandboxOrder): ExchangeOrder => ({
  account: ACCOUNT,
  clientId: order.clientId ?? `number ${order.id}`,
  status: order.status,
  filled: order.quantityFilled,
  reason: order.reason,
  request: order.request,
})

/** Nothing is on its way any more: every intent has ended, and desk and bot have booked all fills and payments. */
export function isSettled(home: DrillHome, file: VenueFile): boolean {
  if (journalOrders(journalOf(home, file)).some((order) => !order.isSettled)) return false
  return isBooked(home, file)
}

/** The desk has booked every fill and payment that the venue has made. */
export function isBooked(home: DrillHome, file: VenueFile): boolean {
  const { fills, funding } = statementOf(home, file)
  const events = journalEvents(journalOf(home, file))
  return events.length >= fills.length + funding.length
}

/** @returns faults in words; nothing = the three agree to the last unit */
export function compareVenue(home: DrillHome, file: VenueFile): Verdict {
  const statement = statementOf(home, file)
  const verdict = compareIntents(home, file, statement)
  compareMoney(home, file, statement, verdict)
  return verdict
}

/** The orders of an account against the intents of its desk's journal. */
export function compareIntents(home: DrillHome, file: VenueFile, statement: Statement): Verdict {
  const verdict = emptyVerdict()
  const journal = journalOf(home, file)
  compareOrders(statement.orders.map(exchangeOrderOf), journalOrders(journal), verdict)
  // An engine that ends an order at once (post-only that would take) keeps it among the refused.
  const refused = new Set(statement.refused.map((id) => `${id}:`))
  const made = verdict.invented.filter((text) => !refused.has(text.split(' ')[0] ?? ''))
  verdict.invented.splice(0, Number.POSITIVE_INFINITY, ...made)
  for (const id of doubledIds(statement)) verdict.doubled.push(`${id} was sent twice`)
  return verdict
}

function compareMoney(
  home: DrillHome,
  file: VenueFile,
  statement: Statement,
  verdict: Verdict,
): void {
  const stored = botInstance(join(home.dir, 'database', `${file.venue}.db`))
  const instrument = stored?.instruments[0]
  if (stored === null || instrument === undefined) {
    verdict.differences.push(`${file.venue} has stored nothing`)
    return
  }
  const events = journalEvents(journalOf(home, file)).map(({ event }) => event)
  const fills = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
  const funding = events.filter((event) => event.kind === 'funding')
  const desk = sumsOf(fills, funding, instrument)
  const venue = sumsOf(statement.fills.map(asFill), statement.funding, instrument)
  const { ledger } = stored
  const bot: Sums = {
    position: ledger.holdings[0]?.position ?? 0,
    fees: ledger.fees,
    funding: ledger.funding,
    fills: ledger.fillsCount,
    fingerprint: FillFingerprint.restore(ledger.fingerprint).value(),
  }
  verdict.fills += venue.fills
  for (const key of ['position', 'fees', 'funding', 'fills'] as const) {
    if (venue[key] === desk[key] && desk[key] === bot[key]) continue
    const sides = `venue ${venue[key]}, journal ${desk[key]}, bot ${bot[key]}`
    verdict.differences.push(`${file.venue} ${key}: ${sides}`)
  }
  if (desk.fingerprint !== bot.fingerprint)
    verdict.differences.push(`${file.venue}: the bot has booked other fills than the journal`)
  const unlike = unlikeLines(
    statement.fills.map((fill) => lineOf(offer(file), fill)),
    fills.map((fill) => lineOf(instrument, fill)),
  )
  for (const line of unlike) verdict.differences.push(`${file.venue} fill: ${line}`)
}

/** The contract as the exchange has it, in its own units of price. */
export const offer = ({ venue, symbol }: VenueFile): Instrument => demoFeed(1).offer(venue, symbol)

type Told = Pick<Fill, 'at' | 'side' | 'price' | 'quantity' | 'fee' | 'isMaker'>

/** A fill in plain decimals: a venue tells those, whatever units either side counts in. */
const lineOf = (instrument: Instrument, fill: Told): string =>
  [
    ...[fill.at, fill.side, formatDecimal(fill.price, instrument.priceDecimals)],
    formatDecimal(fill.quantity * instrument.lotSize, instrument.quantityDecimals),
    ...[fill.fee, fill.isMaker ? 'maker' : 'taker'],
  ].join(' ')

/** Lines of one side alone. What happened while the desk was away may be booked behind what came later, so order is no matter. */
function unlikeLines(venue: readonly string[], journal: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const line of venue) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of journal) counts.set(line, (counts.get(line) ?? 0) - 1)
  return [...counts].flatMap(([line, count]) =>
    count === 0 ? [] : `${line} (${count > 0 ? 'venue' : 'journal'} alone)`,
  )
}

/** The sandbox names a fill by its number; a statement has no other. */
const asFill = ({ id, ...fill }: SandboxFill) => ({
  id: String(id),
  at: fill.at,
  instrument: fill.instrument,
  clientId: null,
  side: fill.side,
  price: fill.price,
  quantity: fill.quantity,
  fee: fill.fee,
  isMaker: fill.isMaker,
})
