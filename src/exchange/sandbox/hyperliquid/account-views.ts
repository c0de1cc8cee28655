/** What the venue tells of an account: margin, positions, histories ("Info endpoint: perpetuals"). */
import type { InstrumentId } from '../../../domain/instrument.ts'
import { type Money, money } from '../../../domain/money.ts'
import type {
  HistoryQuery,
  SandboxAccount,
  SandboxBackend,
  SandboxFill,
  SandboxPayment,
  SandboxPosition,
} from '../front.ts'
import { type FillView, fillView } from './order-views.ts'
import { type Coin, maxLeverageOf, type Universe } from './universe.ts'
import {
  wireAverage,
  wireDecimal,
  wireFloat,
  wireHash,
  wireMoney,
  wirePrice,
  wireRatio,
  wireSize,
} from './wire-number.ts'

const PAGE = 1000
/** Older fills cannot be asked for. */
const FILLS_KEPT = 10_000

interface Page extends HistoryQuery {
  readonly kind?: 'funding' | 'cash'
}

/** Every row of a history between two moments, oldest first; at most the newest `most`. */
export function pages<Row extends { readonly id: number }>(
  ask: (query: Page) => readonly Row[],
  query: Omit<Page, 'limit'>,
  most: number,
): readonly Row[] {
  const rows: Row[] = []
  let before: number | undefined
  while (rows.length < most) {
    const page = ask({
      ...query,
      ...(before === undefined ? {} : { beforeId: before }),
      limit: PAGE,
    })
    rows.push(...page)
    before = page.at(-1)?.id
    if (page.length < PAGE || before === undefined) break
  }
  return rows.slice(0, most).reverse()
}

export function fillsBetween(
  account: SandboxAccount,
  from: number | null,
  until: number | null,
): readonly SandboxFill[] {
  const range = { ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) }
  return pages((query) => account.fills(query), range, FILLS_KEPT)
}

export function viewFills(
  universe: Universe,
  account: SandboxAccount,
  fills: readonly SandboxFill[],
): readonly FillView[] {
  return fills.flatMap((fill) => {
    const coin = universe.byInstrument(fill.instrument)
    return coin ? [viewFill(coin, account, fill)] : []
  })
}

const viewFill = (coin: Coin, account: SandboxAccount, fill: SandboxFill): FillView =>
  fillView(coin, fill, {
    user: account.credentials.walletAddress,
    isCross: account.terms(fill.instrument).marginMode === 'cross',
  })

/** Partial fills of one order at one moment become one; ascending or descending, neighbours stay neighbours. */
export function aggregated(fills: readonly FillView[], universe: Universe): readonly FillView[] {
  const merged: FillView[] = []
  for (const fill of fills) {
    const last = merged.at(-1)
    const coin = universe.byName(fill.coin)
    const isSame = last && coin && last.oid === fill.oid && last.time === fill.time
    if (isSame) merged[merged.length - 1] = joined(last, fill, coin)
    else merged.push(fill)
  }
  return merged
}

function joined(first: FillView, second: FillView, coin: Coin): FillView {
  const { quantityDecimals, priceDecimals } = coin.instrument
  const [a, b] = [Number(first.sz), Number(second.sz)]
  const px = (Number(first.px) * a + Number(second.px) * b) / (a + b)
  const sum = (key: 'fee' | 'closedPnl') => wireFloat(Number(first[key]) + Number(second[key]), 8)
  return {
    ...first,
    px: wireFloat(px, priceDecimals + 6),
    sz: wireFloat(a + b, quantityDecimals),
    fee: sum('fee'),
    closedPnl: sum('closedPnl'),
  }
}

/** Funding of one account, for the sums that positions are told with; kept as far as this process has seen it. */
export class FundingSums {
  readonly #rows = new Map<InstrumentId, { readonly at: number; readonly amount: Money }[]>()

  constructor(account: SandboxAccount) {
    const ask = (query: Page) => account.payments({ ...query, kind: 'funding' })
    for (const row of pages(ask, {}, FILLS_KEPT)) this.add(row)
  }

  add(payment: SandboxPayment): void {
    if (payment.kind !== 'funding' || payment.instrument === null) return
    const rows = this.#rows.get(payment.instrument) ?? []
    rows.push({ at: payment.at, amount: payment.amount })
    this.#rows.set(payment.instrument, rows)
  }

  /** Paid since a moment: positive = the account has paid. */
  since(instrument: InstrumentId, at: number): string {
    const rows = this.#rows.get(instrument) ?? []
    let paid = 0
    for (const row of rows) if (row.at >= at) paid -= row.amount
    return wireDecimal(paid, 8)
  }
}

export function positionView(coin: Coin, position: SandboxPosition, funding: FundingSums) {
  const { instrument } = coin
  const { leverage, marginMode, initialMargin, notional, unrealised } = position
  const value = position.quantity < 0 ? -notional : notional
  const used = marginMode === 'isolated' ? initialMargin + unrealised : initialMargin
  const entryValue = notional - (position.quantity < 0 ? -unrealised : unrealised)
  return {
    coin: coin.name,
    szi: wireSize(instrument, position.quantity),
    leverage:
      marginMode === 'cross'
        ? { type: 'cross', value: leverage }
        : { type: 'isolated', value: leverage, rawUsd: wireDecimal(used - value, 8) },
    entryPx: wireAverage(instrument, position.entryPrice),
    positionValue: wireMoney(notional),
    unrealizedPnl: wireMoney(unrealised),
    returnOnEquity: wireFloat(entryValue === 0 ? 0 : (unrealised * leverage) / entryValue, 8),
    liquidationPx:
      position.liquidationPrice === null ? null : wirePrice(instrument, position.liquidationPrice),
    marginUsed: wireDecimal(Math.max(0, used), 8),
    maxLeverage: maxLeverageOf(coin),
    cumFunding: {
      allTime: funding.since(instrument.id, 0),
      sinceOpen: funding.since(instrument.id, position.createdAt),
      sinceChange: funding.since(instrument.id, position.updatedAt),
    },
  }
}

const summary = (equity: number, notional: number, signed: number, used: number) => ({
  accountValue: wireDecimal(equity, 8),
  totalNtlPos: wireDecimal(notional, 8),
  totalRawUsd: wireDecimal(equity - signed, 8),
  totalMarginUsed: wireDecimal(used, 8),
})

function sumsOf(positions: readonly SandboxPosition[]) {
  let [notional, signed, margin, unrealised, maintenance] = [0, 0, 0, 0, 0]
  for (const one of positions) {
    notional += one.notional
    signed += one.quantity < 0 ? -one.notional : one.notional
    margin += one.initialMargin
    unrealised += one.unrealised
    maintenance += one.maintenanceMargin
  }
  return { notional, signed, margin, unrealised, maintenance }
}

/** Margin and positions; of an account that nobody knows all zeros, as the venue tells it of any address. */
export function clearinghouseState(
  backend: SandboxBackend,
  universe: Universe,
  account: SandboxAccount | null,
  funding: () => FundingSums,
) {
  const positions = account?.positions() ?? []
  const balance = account?.balance()
  const equity = balance?.equity ?? money(0)
  const all = sumsOf(positions)
  const isolated = sumsOf(positions.filter((one) => one.marginMode === 'isolated'))
  const cross = sumsOf(positions.filter((one) => one.marginMode === 'cross'))
  const crossEquity = equity - isolated.margin - isolated.unrealised
  return {
    marginSummary: summary(equity, all.notional, all.signed, all.margin + isolated.unrealised),
    crossMarginSummary: summary(crossEquity, cross.notional, cross.signed, cross.margin),
    crossMaintenanceMarginUsed: wireDecimal(cross.maintenance, 8),
    withdrawable: wireMoney(balance?.available ?? money(0)),
    assetPositions: positions.flatMap((one) => {
      const coin = universe.byInstrument(one.instrument)
      return coin ? [{ type: 'oneWay', position: positionView(coin, one, funding()) }] : []
    }),
    time: backend.marketAt(),
  }
}

/** One funding payment, as streams tell it; `usdc` is negative when the account paid. */
export const fundingView = (coin: Coin, payment: SandboxPayment) => ({
  time: payment.at,
  coin: coin.name,
  usdc: wireMoney(payment.amount),
  szi: wireSize(coin.instrument, payment.position ?? 0),
  fundingRate: payment.rate === null ? '0.0' : wireRatio(payment.rate),
  nSamples: null,
})

export function fundingRow(coin: Coin, payment: SandboxPayment) {
  const { time, ...delta } = fundingView(coin, payment)
  return { time, hash: wireHash(0), delta: { type: 'funding', ...delta } }
}

/** Cash that came or went, by what the venue calls it. */
export function ledgerRow(payment: SandboxPayment) {
  const usdc = wireDecimal(Math.abs(payment.amount), 8)
  const delta =
    payment.amount >= 0
      ? { type: 'deposit', usdc }
      : { type: 'withdraw', usdc, nonce: payment.at, fee: '0.0' }
  return { time: payment.at, hash: wireHash(payment.id), delta }
}
