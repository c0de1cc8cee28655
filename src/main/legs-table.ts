/** The outcome of a backtest on several legs as a table for a terminal. */
import type { LegsResult } from '../backtest/legs-result.ts'
import { legsWarningsOf } from '../backtest/legs-warnings.ts'
import { hoursText, moneyText, numberText, percentText } from '../backtest/report-figures.ts'
import { backtestMessages as b } from '../cli/messages/jobs.ts'
import { legsBacktestMessages as m } from '../cli/messages/legs-backtest.ts'
import type { Speech } from '../cli/speech.ts'
import { grouped } from './job-command.ts'

type Row = readonly [name: string, value: string]

export function legsTableRows(result: LegsResult, speech: Speech): readonly Row[] {
  const { say, relay } = speech
  const { startAt, endAt, end } = result
  const [from, to] = [startAt.slice(0, 16), endAt.slice(0, 16)]
  const sets = result.legs.map(({ set }) => set).join(', ')
  return [
    ...legsWarningsOf(result).map((text): Row => [say(b.warning), relay(text)]),
    [say(b.instance), say(b.onSet, { id: result.instance, strategy: result.strategy, set: sets })],
    [say(b.time), say(b.span, { from, to, reason: relay(end.reason) })],
    ...totalRows(result, speech),
    ...result.legs.map((leg) => legRow(leg, speech)),
    ...riskRows(result, speech),
    [say(b.fingerprint), result.fingerprint],
  ]
}

function totalRows(result: LegsResult, { say }: Speech): readonly Row[] {
  const { ledger, settle, margin, slippage } = result
  const money = (text: string) => `${moneyText(text)} ${settle}`
  const prices = String(Number(ledger.realised) + Number(ledger.unrealised))
  return [
    [
      say(b.total),
      say(b.ofCapital, {
        amount: money(ledger.total),
        percent: (result.returnOnCapital * 100).toFixed(2),
        capital: money(ledger.capital),
      }),
    ],
    [say(m.prices), money(prices)],
    [say(b.funding), money(ledger.funding)],
    [say(b.fees), money(String(-Number(ledger.fees)))],
    [say(m.slippage), say(m.slippageOf, { amount: money(slippage) })],
    [
      say(m.margin),
      say(m.marginOf, {
        share: percentText(margin.annualReturn),
        average: money(margin.average),
        most: money(margin.most),
      }),
    ],
    [say(m.opportunities), opportunitiesText(result, say)],
  ]
}

function opportunitiesText({ opportunities }: LegsResult, say: Speech['say']): string {
  const closed = opportunities.filter(({ closedAt }) => closedAt !== null)
  const held = opportunities.reduce((sum, { heldHours }) => sum + heldHours, 0)
  return say(m.opportunitiesOf, {
    count: grouped(closed.length),
    won: grouped(closed.filter(({ net }) => Number(net) > 0).length),
    open: opportunities.length - closed.length,
    hours: hoursText(opportunities.length === 0 ? null : held / opportunities.length),
  })
}

function legRow(leg: LegsResult['legs'][number], { say }: Speech): Row {
  const { settle, total, funding, fees, counts } = leg
  return [
    say(m.leg, { name: `${leg.name} (${leg.venue})` }),
    say(m.legOf, {
      settle,
      total: moneyText(total),
      prices: moneyText(String(Number(leg.realised) + Number(leg.unrealised))),
      funding: moneyText(funding),
      fees: moneyText(String(-Number(fees))),
      fills: grouped(counts.fills),
      payments: grouped(counts.fundingPayments),
    }),
  ]
}

function riskRows(result: LegsResult, { say }: Speech): readonly Row[] {
  const { statistics: found, drawdown, netDelta, legs, settle, counts } = result
  const { sharpe, sortino, calmar } = found
  const base = legs[0]?.instrument.split(':')[1]?.split('/')[0] ?? ''
  const ratios = [...legs.flatMap(({ worstMarginRatio }) => worstMarginRatio ?? [])]
  const accounts = new Map(legs.map(({ account }) => [account.name, account.difference]))
  return [
    [
      say(m.delta),
      say(m.deltaOf, {
        base,
        end: netDelta.atEnd,
        most: netDelta.most,
        time: numberText(netDelta.deltaTime),
        seconds: numberText(netDelta.longestSeconds, 1),
      }),
    ],
    [
      say(b.drawdown),
      say(b.share, {
        amount: `${moneyText(drawdown.amount)} ${settle}`,
        percent: (drawdown.shareOfPeak * 100).toFixed(2),
      }),
    ],
    [
      say(b.growth),
      say(b.growthOf, {
        cagr: percentText(found.cagr),
        volatility: percentText(found.volatility),
      }),
    ],
    [say(b.ratios), [sharpe, sortino, calmar].map((value) => numberText(value)).join(' / ')],
    [
      say(b.exposed),
      say(b.exposedOf, {
        share: percentText(found.exposure, 1),
        ratio: ratios.length === 0 ? 'N/A' : Math.max(...ratios).toFixed(3),
      }),
    ],
    [say(b.liquidations), grouped(counts.liquidations)],
    [say(m.books), [...accounts.values()].join(', ')],
  ]
}
