/** OKX's public data of a contract, and the account's fees on it. */
import type { Candle, FundingTerms, MarketPrice } from '../../../domain/market.ts'
import { type Price, quantity } from '../../../domain/money.ts'
import type { VenueWord } from '../../../ports/venue.ts'
import { momentFrom, priceFrom } from '../live/decimal.ts'
import type { InstrumentFacts } from '../live/dialect.ts'
import { fundingFrom } from './books.ts'
import type { Row } from './exchange.ts'
import { type Contract, type Fees, feesFrom, tiersFrom } from './instruments.ts'
import { candleFrom, markFrom, wholeSteps } from './reports.ts'
import type { OkxRequests, Question } from './requests.ts'
import { missing } from './trading.ts'

/** What is asked once a process: it changes rarely. */
interface Terms {
  readonly fees: Fees
  readonly tiers: Contract['instrument']['marginTiers']
  readonly fundingIntervalMs: number
}

/** A word on the state of the venue that could not be asked for at once is asked for next time. */
const WORD_WITHIN_MS = 2000

/** Channels of one contract lie less apart: a latest moment that the next one does not come near was wrong. */
const APART_MAX_MS = 60_000

/** The latest of each public channel. */
interface Latest {
  mark: Price | null
  ticker: Omit<MarketPrice, 'mark'> | null
  funding: FundingTerms | null
  at: number
}

export class OkxMarket {
  readonly #requests: OkxRequests
  readonly #terms = new Map<string, Terms>()
  readonly #latest = new Map<string, Latest>()

  constructor(requests: OkxRequests) {
    this.#requests = requests
  }

  #rows(name: string, path: string, params: Question['params'] = {}): Promise<readonly Row[]> {
    return this.#requests.rows({ name, path, params, pool: 'market', isPublic: true })
  }

  async time(): Promise<number> {
    return momentFrom((await this.#rows('time', 'public/time'))[0]?.['ts'])
  }

  instruments(): Promise<readonly Row[]> {
    return this.#rows('instruments', 'public/instruments', { instType: 'SWAP' })
  }

  /** What is under way of the maintenance that the venue announces. @param isDemo the demo environment has its own */
  async word(isDemo: boolean): Promise<VenueWord | null> {
    const rows = await this.#requests.rows({
      ...{ name: 'status', path: 'system/status', params: { state: 'ongoing' } },
      ...{ pool: 'status', isPublic: true, endpoint: 'status', leavesWithinMs: WORD_WITHIN_MS },
    })
    return wordFrom(rows, isDemo)
  }

  async facts(contract: Contract): Promise<InstrumentFacts> {
    const { instId } = contract
    const [tickers, marks] = await Promise.all([
      this.#rows('ticker', 'market/ticker', { instId }),
      this.#rows('mark price', 'public/mark-price', { instType: 'SWAP', instId }),
    ])
    const ticker = tickers[0] ?? missing('ticker')
    const mark = markFrom(contract.instrument, marks[0]?.['markPx'])
    const at = Math.max(momentFrom(ticker['ts']), momentFrom(marks[0]?.['ts']))
    const price: MarketPrice = { ...tickerFrom(contract, ticker), mark }
    const terms = this.#terms.get(instId) ?? (await this.#askTerms(contract, mark))
    this.#terms.set(instId, terms)
    const { fees, tiers, fundingIntervalMs } = terms
    const instrument = {
      ...contract.instrument,
      makerFee: fees.maker,
      takerFee: fees.taker,
      liquidationFee: fees.taker,
      marginTiers: tiers,
      fundingIntervalMs,
    }
    return { instrument, price, at, fees }
  }

  async #askTerms(contract: Contract, mark: Price): Promise<Terms> {
    const { instId, instFamily, instrument } = contract
    const [fees, tiers, funding] = await Promise.all([
      this.#requests.rows({
        name: 'fees',
        path: 'account/trade-fee',
        params: { instType: 'SWAP', instFamily },
        pool: 'account',
      }),
      this.#rows('position tiers', 'public/position-tiers', {
        instType: 'SWAP',
        tdMode: 'isolated',
        instFamily,
      }),
      this.#rows('funding rate', 'public/funding-rate', { instId }),
    ])
    const { fundingTime, nextFundingTime } = funding[0] ?? {}
    const intervalMs = Number(nextFundingTime) - Number(fundingTime)
    return {
      fees: feesFrom(fees[0] ?? missing('fees'), instrument.settle),
      tiers: tiersFrom(tiers, contract, mark),
      fundingIntervalMs: intervalMs > 0 ? intervalMs : instrument.fundingIntervalMs,
    }
  }

  /** Closed 1m candles, the oldest first. */
  async candles(contract: Contract, openedFrom: number): Promise<readonly Candle[]> {
    const found: Candle[] = []
    let before = openedFrom
    for (;;) {
      // `before` asks for what is newer than the moment, the newest first.
      const params = {
        instId: contract.instId,
        bar: '1m',
        before: String(before - 1),
        after: String(before + 300 * 60_000),
        limit: '300',
      }
      const rows = await this.#rows('candles', 'market/candles', params)
      const closed = rows
        .map((row) => candleFrom(contract, row as unknown as readonly string[]))
        .filter((one) => one.isClosed)
        .map((one) => one.candle)
        .sort((a, b) => a.openAt - b.openAt)
        .filter((one) => one.openAt >= before)
      found.push(...closed)
      const last = closed.at(-1)
      if (!last || closed.length < 299) return found
      before = last.openAt + 60_000
    }
  }

  price(contract: Contract): MarketPrice | null {
    const latest = this.#latest.get(contract.instId)
    if (!latest?.ticker || latest.mark === null) return null
    const funding = latest.funding === null ? {} : { funding: latest.funding }
    return { ...latest.ticker, mark: latest.mark, ...funding }
  }

  /** What a message of a public channel says; null until both sides of a price are known. */
  told(contract: Contract, channel: string, row: Row): { price: MarketPrice; at: number } | null {
    const latest = this.#latest.get(contract.instId) ?? {
      mark: null,
      ticker: null,
      funding: null,
      at: 0,
    }
    this.#latest.set(contract.instId, latest)
    if (channel === 'mark-price') latest.mark = markFrom(contract.instrument, row['markPx'])
    else if (channel === 'tickers') latest.ticker = tickerFrom(contract, row)
    else if (channel === 'funding-rate') latest.funding = fundingFrom(contract.instrument, row)
    else return null
    const at = momentFrom(row['ts'])
    latest.at = at < latest.at - APART_MAX_MS ? at : Math.max(latest.at, at)
    const price = this.price(contract)
    return price ? { price, at: latest.at } : null
  }
}

/** `env` 1 is production, 2 demo; `serviceType` 5 is trading as a whole, others stop a part of it, or accounts in batches. */
export function wordFrom(rows: readonly Row[], isDemo: boolean): VenueWord | null {
  const ours = rows.filter(
    ({ state, env }) => state === 'ongoing' && (env ?? '1') === (isDemo ? '2' : '1'),
  )
  const row = ours.find(({ serviceType }) => serviceType === '5') ?? ours[0]
  if (row === undefined) return null
  const endAt = Number(row['end'])
  const until = endAt > 0 ? ` until ${new Date(endAt).toISOString()}` : ''
  const title = String(row['title'] ?? '').replace(/[^\w .,:/()-]/g, '')
  const text = `it is in maintenance${until}${title === '' ? '' : ` (${title.slice(0, 80)})`}`
  return { text, isDown: row['serviceType'] === '5' }
}

/** A side of the book that is empty is left out. */
function tickerFrom({ instrument, lotSz }: Contract, row: Row): Omit<MarketPrice, 'mark'> {
  const { bidPx = '', askPx = '', bidSz, askSz } = row
  return {
    last: priceFrom(instrument, row['last']),
    ...(bidPx === '' || Number(bidPx) === 0
      ? {}
      : { bid: priceFrom(instrument, bidPx), bidQuantity: quantity(wholeSteps(lotSz, bidSz)) }),
    ...(askPx === '' || Number(askPx) === 0
      ? {}
      : { ask: priceFrom(instrument, askPx), askQuantity: quantity(wholeSteps(lotSz, askSz)) }),
  }
}
