/** History of a venue through ccxt. Its classes weigh tens of megabytes: the one that is needed is loaded when it is. */
import type { MarketSymbol } from '../../../domain/symbol.ts'
import type { Timeframe } from '../../../domain/timeframe.ts'
import { DownloadError } from './download-error.ts'
import type { Failure } from './patience.ts'
import type { VenueTerms } from './venue-terms.ts'

/** A row as it stands in a file: the time in ms first. */
export type Row = readonly string[]

/** The part of ccxt's class that is used here. */
interface CcxtExchange {
  urls: { api: Record<string, string> }
  hostname?: string
  has: Record<string, unknown>
  timeframes: Record<string, unknown>
  last_response_headers?: Readonly<Record<string, unknown>>
  /** Called with each answer: its status first, what was read of it seventh. */
  handleErrors(...answer: readonly unknown[]): unknown
  loadMarkets(): Promise<unknown>
  market(symbol: string): { readonly swap?: boolean }
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
    params: object,
  ): Promise<readonly (readonly (number | undefined)[])[]>
  fetchFundingRateHistory(
    symbol: string,
    since: number,
    limit: number,
    params: object,
  ): Promise<readonly { readonly timestamp?: number; readonly fundingRate?: number }[]>
}

/** What the errors of ccxt mean, and our own; the first name that an error or its ancestors have. */
const KINDS: readonly (readonly [string, Failure['kind']])[] = [
  ['RateLimitExceeded', 'busy'],
  ['DDoSProtection', 'busy'],
  ['NetworkError', 'unreachable'],
  ['BadResponse', 'unreachable'],
  ['LateAnswer', 'unreachable'],
  ['UnusableAnswer', 'unreachable'],
  // ccxt hands on what breaks while an answer is being read.
  ['UndiciError', 'unreachable'],
  ['BadSymbol', 'unknown'],
  ['DownloadError', 'unknown'],
]

type CcxtClass = new (options: object) => CcxtExchange

/** A request that has no whole answer by then counts as lost: ccxt's own limit ends with the first byte. */
const ANSWER_MAX_MS = 30_000

/** One contract of a venue. */
export class CcxtVenue {
  readonly terms: VenueTerms
  readonly #exchange: CcxtExchange
  readonly #symbol: string
  /** HTTP status of the last answer; 0 before the first. */
  #status = 0

  private constructor(terms: VenueTerms, exchange: CcxtExchange, symbol: string) {
    this.terms = terms
    this.#exchange = exchange
    this.#symbol = symbol
    this.#watchAnswers()
  }

  /** ccxt takes an answer that it cannot read for one without rows: a hole in the set that nobody would see. */
  #watchAnswers(): void {
    const exchange = this.#exchange
    const handleErrors = exchange.handleErrors.bind(exchange)
    exchange.handleErrors = (...answer) => {
      this.#status = Number(answer[0])
      const handled = handleErrors(...answer)
      if (this.#status < 300 && !hasList(answer[6])) throw new UnusableAnswer()
      return handled
    }
  }

  /** @param endpoint another address of the venue's HTTP interface (a proxy or mirror); null = its own */
  static async open(
    terms: VenueTerms,
    symbol: MarketSymbol,
    endpoint: string | null,
  ): Promise<CcxtVenue> {
    const Exchange = await classOf(terms.module)
    const exchange = new Exchange({ enableRateLimit: true, options: terms.options })
    // What its currencies are is asked for at no venue without a key, or for nothing.
    exchange.has['fetchCurrencies'] = false
    if (endpoint !== null) redirect(exchange, endpoint)
    return new CcxtVenue(terms, exchange, symbol.symbol)
  }

  hasTimeframe({ text }: Timeframe): boolean {
    return Object.hasOwn(this.#exchange.timeframes, text)
  }

  get timeframes(): readonly string[] {
    return Object.keys(this.#exchange.timeframes)
  }

  /** Fetches the list of contracts. @throws DownloadError when the contract is none of them */
  async load(): Promise<void> {
    await inTime(this.#exchange.loadMarkets())
    if (this.#exchange.market(this.#symbol).swap === true) return
    throw new DownloadError('unknown', `${this.#symbol} is no perpetual contract there`)
  }

  /** Candles, or mark prices, that open in [from, to), ascending: time, open, high, low, close, volume. */
  async candles(
    kind: 'candles' | 'mark',
    timeframe: Timeframe,
    from: number,
    to: number,
  ): Promise<readonly Row[]> {
    const limit = Math.ceil((to - from) / timeframe.ms)
    const price = kind === 'mark' ? { price: 'mark' } : {}
    const params = { until: to - 1, ...price }
    const answer = this.#exchange.fetchOHLCV(this.#symbol, timeframe.text, from, limit, params)
    const cells = kind === 'mark' ? 2 : 6
    const rows = (await inTime(answer)).map((row) => row.slice(0, cells).map(cellOf))
    // Some venues fill minutes without trades with rows that hold no price.
    return within(
      rows.filter((row) => row.slice(1, 5).some((cell) => cell !== '')),
      from,
      to,
    )
  }

  /** Settled rates with stamps in [from, to), ascending: time, rate. */
  async funding(from: number, to: number): Promise<readonly Row[]> {
    const { fundingUntil } = this.terms
    if (fundingUntil !== null) return within(await this.#rates(from, fundingUntil(to)), from, to)
    const rows: Row[] = []
    for (let offset = 0; ; offset += this.terms.fundingRows) {
      const page = await this.#rates(from, { offset })
      rows.push(...page)
      // ccxt drops what is older than asked for: a page that is not full was the last.
      if (page.length < this.terms.fundingRows) return within(rows, from, to)
    }
  }

  async #rates(from: number, params: object): Promise<readonly Row[]> {
    const { fundingRows } = this.terms
    const answer = this.#exchange.fetchFundingRateHistory(this.#symbol, from, fundingRows, params)
    return (await inTime(answer)).map((row) => [cellOf(row.timestamp), cellOf(row.fundingRate)])
  }

  /** What an error of a request means; ccxt's classes are known by their names. */
  failureOf(error: unknown): Failure {
    const names = ancestry(error)
    const text = wordsOf(error)
    const known = KINDS.find(([name]) => names.includes(name))?.[1]
    // A venue that fails says so in a form that ccxt does not know everywhere.
    const kind = known ?? (isTransportCode(error) || this.#status >= 500 ? 'unreachable' : 'other')
    const retryAfterMs = kind === 'busy' ? retryAfter(this.#exchange.last_response_headers) : null
    return { kind, retryAfterMs, text }
  }
}

async function classOf(module: string): Promise<CcxtClass> {
  // Only the root of the package is exported; its neighbours are files all the same.
  const path = new URL(`src/${module}.js`, import.meta.resolve('ccxt')).href
  const loaded = (await import(path)) as { readonly default: CcxtClass }
  return loaded.default
}

/** Keeps the paths of every address and puts another host before them. */
function redirect(exchange: CcxtExchange, endpoint: string): void {
  const { api } = exchange.urls
  const origin = endpoint.replace(/\/+$/, '')
  for (const [name, url] of Object.entries(api))
    if (typeof url === 'string') api[name] = url.replace(/^https?:\/\/[^/]+/, origin)
}

function within(rows: readonly Row[], from: number, to: number): readonly Row[] {
  const inside = rows.filter(([time]) => Number(time) >= from && Number(time) < to)
  const sorted = [...inside].sort((a, b) => Number(a[0]) - Number(b[0]))
  return sorted.filter((row, index) => index === 0 || row[0] !== sorted[index - 1]?.[0])
}

const cellOf = (value: number | undefined | null): string =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : ''

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new LateAnswer()), ANSWER_MAX_MS)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
    // The loser may still fail; nobody waits for it any more.
    answer.catch(() => undefined)
  }
}

class UnusableAnswer extends Error {
  override readonly message = 'its answer is no list of rows'
}

/** A list itself, or one under the names that venues give it. */
function hasList(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false
  const { data, symbols } = answer as { readonly data?: unknown; readonly symbols?: unknown }
  return [answer, data, symbols].some(Array.isArray)
}

const isTransportCode = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(UND_ERR_|E[A-Z]+$)/.test(String(error.code))

class LateAnswer extends Error {
  override readonly message = `no answer within ${ANSWER_MAX_MS / 1000} s`
}

function ancestry(error: unknown): readonly string[] {
  const names: string[] = []
  let kind: unknown = error instanceof Error ? error.constructor : null
  while (typeof kind === 'function' && kind.name !== '') {
    names.push(kind.name)
    kind = Object.getPrototypeOf(kind)
  }
  return names
}

/** The first words of an error, in one line; answers can be whole pages. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}

/** `Retry-After` in seconds, or as a date. */
function retryAfter(headers: Readonly<Record<string, unknown>> | undefined): number | null {
  const found = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')
  if (found === undefined) return null
  const text = String(found[1])
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : null
}
