/**
 * What the messages of the socket mean; pure. Source: Hyperliquid documentation, "Websocket: subscriptions" and "data
 * formats". Snapshots that come with a subscription are left out: queries are the truth about the past.
 */
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import type { Ratio } from '../../../domain/money.ts'
import { momentFrom, ratioFrom, roundedLots, roundedPriceFrom } from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import { cashFact, fundingFact } from './cash.ts'
import { type HyperliquidMarket, type MarketTable, priceOf } from './instruments.ts'
import { isRaw, neededText, type Raw, rawOf, rowsOf, textOf } from './raw.ts'
import { fillFact, hasForeignFee, orderFact } from './reports.ts'

const MINUTE_MS = 60_000

/** Something new of a contract's price. */
export interface PriceNews {
  readonly market: HyperliquidMarket
  /** The best prices as they are now: a side that is not told is empty. */
  readonly isBook: boolean
  readonly price: Partial<MarketPrice>
  /** Foretold for the interval that runs; absent = not told. */
  readonly fundingRate?: Ratio
}

export type Told =
  | { readonly kind: 'facts'; readonly facts: readonly VenueFact[]; readonly warning?: string }
  | { readonly kind: 'price'; readonly news: PriceNews }
  | { readonly kind: 'candle'; readonly market: HyperliquidMarket; readonly candle: Candle }
  | { readonly kind: 'subscribed'; readonly key: string }
  | { readonly kind: 'pong' }
  /** Something happened whose details must be asked. */
  | { readonly kind: 'gap'; readonly reason: string }
  | { readonly kind: 'nothing' }

export interface Subscription {
  readonly type: string
  readonly user?: string
  readonly coin?: string
  readonly interval?: string
}

/** The same for a subscription and its confirmation, in which the venue adds fields. */
export const subscriptionKey = (subscription: Subscription | Raw): string => {
  const row = subscription as Raw
  return [row['type'], row['coin'] ?? '', row['interval'] ?? ''].join(':')
}

/** What tells everything that happens to an account. */
export const accountSubscriptions = (user: string): readonly Subscription[] =>
  ['orderUpdates', 'userFills', 'userEvents', 'userFundings', 'userNonFundingLedgerUpdates'].map(
    (type) => ({ type, user }),
  )

export const marketSubscriptions = (coin: string): readonly Subscription[] => [
  { type: 'bbo', coin },
  { type: 'activeAssetCtx', coin },
  { type: 'candle', coin, interval: '1m' },
]

const NOTHING: Told = { kind: 'nothing' }

interface Context {
  readonly table: MarketTable
  readonly user: string
}

const facts = (list: readonly (VenueFact | null)[]): Told => {
  const found = list.filter((fact) => fact !== null)
  return found.length === 0 ? NOTHING : { kind: 'facts', facts: found }
}

function fills({ table, user }: Context, list: unknown): Told {
  const rows = rowsOf(list, 'fills')
  const told = facts(rows.map((row) => fillFact(table, row, user)))
  const odd = rows.find((row) => table.ofCoin(textOf(row, 'coin') ?? '') && hasForeignFee(row))
  if (!odd || told.kind !== 'facts') return told
  const warning = `a fee in ${textOf(odd, 'feeToken')} counts as 0: hyperliquid charges perpetuals in USDC`
  return { ...told, warning }
}

/** `data` is `{isSnapshot?, user, [name]: rows}`. */
function feed(data: unknown, name: string, read: (rows: unknown) => Told): Told {
  const row = rawOf(data, name)
  return row['isSnapshot'] === true ? NOTHING : read(row[name])
}

/** `userEvents` comes on the channel "user" and holds one kind of news at a time. */
function userEvents(context: Context, data: unknown): Told {
  const row = rawOf(data, 'user events')
  if (row['fills'] !== undefined) return fills(context, row['fills'])
  if (isRaw(row['funding'])) return facts([fundingFact(context.table, row['funding'])])
  const liquidation = row['liquidation']
  const isOurs =
    isRaw(liquidation) &&
    (textOf(liquidation, 'liquidated_user') ?? '').toLowerCase() === context.user
  // Cancels by the venue are told by orderUpdates, with their reason.
  return isOurs ? { kind: 'gap', reason: 'the venue has liquidated positions' } : NOTHING
}

function marketOf({ table }: Context, row: Raw, key: string): HyperliquidMarket | null {
  return table.ofCoin(textOf(row, key) ?? '')
}

/** One side of the best prices: `{px, sz}`, or nothing. */
function quote(
  market: HyperliquidMarket,
  level: unknown,
  side: 'bid' | 'ask',
): Partial<MarketPrice> {
  if (!isRaw(level)) return {}
  return {
    [side]: roundedPriceFrom(market.instrument, level['px']),
    [`${side}Quantity`]: roundedLots(market.instrument, level['sz']),
  }
}

/** The best bid and ask, from `bbo` or the tops of `l2Book`. */
export function bookOf(context: Context, data: unknown): Told {
  const row = rawOf(data, 'book')
  const market = marketOf(context, row, 'coin')
  if (!market) return NOTHING
  const levels = row['levels']
  const tops = Array.isArray(levels)
    ? levels.map((side: unknown) => (Array.isArray(side) ? side[0] : null))
    : row['bbo']
  const [bid, ask] = Array.isArray(tops) ? tops : []
  const price = { ...quote(market, bid, 'bid'), ...quote(market, ask, 'ask') }
  return { kind: 'price', news: { market, isBook: true, price } }
}

function contextOf(context: Context, data: unknown): Told {
  const row = rawOf(data, 'asset context')
  const market = marketOf(context, row, 'coin')
  if (!market) return NOTHING
  const ctx = rawOf(row['ctx'], 'asset context')
  const { mark, index } = priceOf(market.instrument, ctx)
  const rate = textOf(ctx, 'funding')
  return {
    kind: 'price',
    news: {
      ...{ market, isBook: false },
      price: { mark, ...(index === undefined ? {} : { index }) },
      ...(rate === null ? {} : { fundingRate: ratioFrom(rate) }),
    },
  }
}

/** A bar of one minute: `t` and `T` are its first and last ms. */
export function candleOf(market: HyperliquidMarket, row: Raw): Candle {
  const at = (key: string) => roundedPriceFrom(market.instrument, row[key])
  const openAt = momentFrom(row['t'])
  return {
    openAt,
    closeAt: openAt + MINUTE_MS,
    open: at('o'),
    high: at('h'),
    low: at('l'),
    close: at('c'),
    volume: roundedLots(market.instrument, row['v']),
  }
}

function candle(context: Context, data: unknown): Told {
  const row = rawOf(data, 'candle')
  const market = marketOf(context, row, 's')
  if (!market || neededText(row, 'i') !== '1m') return NOTHING
  return { kind: 'candle', market, candle: candleOf(market, row) }
}

/** "Already subscribed" is what we want; anything else means that something is not told. */
function refused(data: unknown): Told {
  const text = typeof data === 'string' ? data : ''
  return /^Already subscribed/i.test(text)
    ? NOTHING
    : { kind: 'gap', reason: 'the venue refused a subscription' }
}

const READERS: Readonly<Record<string, (context: Context, data: unknown) => Told>> = {
  pong: () => ({ kind: 'pong' }),
  subscriptionResponse: (_, data) => ({
    kind: 'subscribed',
    key: subscriptionKey(rawOf(rawOf(data, 'subscription')['subscription'], 'subscription')),
  }),
  error: (_, data) => refused(data),
  orderUpdates: (context, data) =>
    facts(rowsOf(data, 'order updates').map((row) => orderFact(context.table, row))),
  userFills: (context, data) => feed(data, 'fills', (rows) => fills(context, rows)),
  user: userEvents,
  userFundings: (context, data) =>
    feed(data, 'fundings', (rows) =>
      facts(rowsOf(rows, 'funding').map((row) => fundingFact(context.table, row))),
    ),
  userNonFundingLedgerUpdates: (context, data) =>
    feed(data, 'nonFundingLedgerUpdates', (rows) =>
      facts(rowsOf(rows, 'ledger').map((row) => cashFact(row, context.user))),
    ),
  bbo: bookOf,
  l2Book: bookOf,
  activeAssetCtx: contextOf,
  candle,
}

/**
 * What a message tells; channels that were not asked for tell nothing.
 * @throws VenueError `unknown` when a message that matters cannot be read
 */
export function readMessage(context: Context, message: unknown): Told {
  if (!isRaw(message)) return NOTHING
  const channel = textOf(message, 'channel') ?? ''
  return Object.hasOwn(READERS, channel)
    ? (READERS[channel]?.(context, message['data']) ?? NOTHING)
    : NOTHING
}
