/** The report of a backtest as one HTML file without scripts or outside resources; light and dark. */
import { formatDecimal } from '../domain/money.ts'
import { formatTime, formatTimeShort } from '../domain/timeframe.ts'
import {
  type Bucket,
  type ChartOptions,
  chart,
  downsample,
  downsampleBuckets,
  escapeHtml,
} from './chart.ts'
import { gridLines } from './grid-figures.ts'
import { moneyText, type Row, rowsOf, words } from './report-figures.ts'
import { type BacktestResult, formatLots, shownMoney } from './result.ts'
import type { Backtest } from './run.ts'

const BUCKETS = 900
const NARROW_BUCKETS = 320
const FILLS_SHOWN = 100

/** The whole page; the lines of a grid as they are at the end are drawn behind the price. */
export function reportHtml(backtest: Backtest, result: BacktestResult): string {
  const lines = gridLines(backtest.engine.stored().state) ?? []
  const title = `${result.instance} on ${result.set}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Backtest: ${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="kind">Backtest · ${escapeHtml(result.strategy)}</p>
<h1>${escapeHtml(title).replaceAll('/', '/<wbr>')}</h1>
<p class="span">${escapeHtml(result.startAt.slice(0, 16))} – ${escapeHtml(result.endAt.slice(0, 16))} UTC · ${escapeHtml(result.timeframe)} candles · ended: ${escapeHtml(result.end.reason)}</p>
</header>
${limited(result)}
${cards(backtest, result)}
${charts(backtest, lines)}
<div class="columns">
${section('Profit', profitRows(backtest, result))}
${section('Counts', countRows(result))}
${section('Statistics (daily, UTC)', statisticRows(result))}
${section('Strategy', rowsOf(result.report))}
${section('Assumptions', Object.entries(result.assumptions))}
</div>
${notes(result)}
${fillsTable(backtest)}
<footer>fingerprint of all fills <code>${result.fingerprint}</code></footer>
</body>
</html>
`
}

/** A run that a limit cut short says so before any figure. */
function limited({ restriction, limitsReached, end }: BacktestResult): string {
  const sentences: string[] = []
  if (restriction !== null) {
    const { mode, since, code } = restriction
    sentences.push(`${words(mode)} since ${since.slice(0, 10)}: ${code}`)
  }
  const codes = new Set(limitsReached.map(({ code }) => code))
  for (const code of codes) {
    const times = limitsReached.filter((one) => one.code === code)
    if (code === restriction?.code && times.length === 1) continue
    const first = times[0]?.at.slice(0, 10) ?? ''
    sentences.push(
      `${code} was reached ${times.length === 1 ? 'on' : `${times.length} times, first on`} ${first}`,
    )
  }
  if (end.kind === 'finish') sentences.push(`the strategy ended the run: ${words(end.reason)}`)
  if (sentences.length === 0) return ''
  return `<p class="limited">${sentences.map(escapeHtml).join('<br>')}</p>`
}

function cards(backtest: Backtest, result: BacktestResult): string {
  const { ledger } = backtest.engine
  const equity = ledger.equity([backtest.price])
  const total = equity - ledger.capital
  const { settle } = backtest.instrument
  const { drawdown } = result
  const items: readonly (readonly [string, string, string])[] = [
    ['Profit', `${signed(total)} ${settle}`, total < 0 ? 'bad' : 'good'],
    [
      'Return on capital',
      `${(result.returnOnCapital * 100).toFixed(2)} %`,
      total < 0 ? 'bad' : 'good',
    ],
    ['Largest drawdown', `${(drawdown.shareOfCapital * 100).toFixed(2)} % of capital`, ''],
    ['Fills', result.counts.fills.toLocaleString('en-US'), ''],
    ['Fees', `${shownMoney(ledger.fees)} ${settle}`, ''],
    ['Funding', `${signed(ledger.funding)} ${settle}`, ''],
    [
      'Liquidations',
      String(result.counts.liquidations),
      result.counts.liquidations > 0 ? 'bad' : '',
    ],
  ]
  const cells = items.map(
    ([name, value, tone]) =>
      `<div class="card"><span>${name}</span><strong class="${tone}">${escapeHtml(value)}</strong></div>`,
  )
  return `<section class="cards">${cells.join('')}</section>`
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${shownMoney(value)}`

function charts(backtest: Backtest, lines: readonly number[]): string {
  const { equity, instrument } = backtest
  const scale = 10 ** instrument.priceDecimals
  const prices = downsample(
    equity.length,
    (index) => {
      const { at, close } = equity.point(index)
      return { at, value: close / scale }
    },
    BUCKETS,
  )
  const money = downsample(
    equity.length,
    (index) => {
      const point = equity.point(index)
      return { at: point.at, value: point.equity / 1e8 }
    },
    BUCKETS,
  )
  const plain = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 8 })
  const figure = (title: string, drawing: ChartOptions) =>
    `<figure><figcaption>${title}</figcaption><div class="broad">${chart(drawing)}</div><div class="narrow">${chart({ ...drawing, buckets: downsampleBuckets(drawing.buckets, NARROW_BUCKETS), width: 'narrow' })}</div></figure>`
  const rules = lines.map((line) => line / scale)
  return [
    figure(
      `Price of ${escapeHtml(instrument.symbol)}${rules.length > 0 ? ` and ${rules.length} grid lines` : ''}`,
      {
        title: 'price',
        buckets: prices,
        height: 300,
        style: 'line',
        tone: 'price',
        format: plain,
        rules,
      },
    ),
    figure(`Equity in ${escapeHtml(instrument.settle)}, on mark, at the close of each candle`, {
      title: 'equity',
      buckets: money,
      height: 240,
      style: 'line',
      tone: 'equity',
      format: plain,
      rules: [],
    }),
    figure('Drawdown from the highest equity before, percent', {
      title: 'drawdown',
      buckets: drawdownBuckets(backtest),
      height: 150,
      style: 'area',
      tone: 'drawdown',
      format: (value) => `${plain(value)} %`,
      rules: [],
    }),
  ].join('\n')
}

/** Fall below the highest equity until then, in percent; each bucket shows its deepest point. */
function drawdownBuckets({ equity }: Backtest): readonly Bucket[] {
  let peak = 0
  const buckets = downsample(
    equity.length,
    (index) => {
      const point = equity.point(index)
      peak = Math.max(peak, point.equity)
      return { at: point.at, value: peak > 0 ? (point.equity / peak - 1) * 100 : 0 }
    },
    BUCKETS,
  )
  return buckets.map((bucket) => ({ ...bucket, last: bucket.low }))
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const body = rows.map(
    ([name, value]) => `<tr><th>${escapeHtml(words(name))}</th><td>${escapeHtml(value)}</td></tr>`,
  )
  return `<section><h2>${title}</h2><table>${body.join('')}</table></section>`
}

function profitRows(backtest: Backtest, result: BacktestResult): readonly Row[] {
  const { ledger } = result
  return [
    ['capital', moneyText(ledger.capital)],
    ['realised', moneyText(ledger.realised)],
    ['unrealised on mark', moneyText(ledger.unrealised)],
    ['funding', moneyText(ledger.funding)],
    ['fees', moneyText(formatDecimal(-backtest.engine.ledger.fees, 8))],
    ['total', moneyText(ledger.total)],
    ['equity', moneyText(ledger.equity)],
    ['equity in the books of the exchange', moneyText(result.exchange.equity)],
    ['difference of the two books', result.exchange.difference],
    ['position', `${result.position} ${backtest.instrument.base}`],
    ['turnover', moneyText(ledger.volume)],
  ]
}

function countRows({
  counts,
  drawdown,
  firstLiquidationAt,
  limitsReached,
  rejections,
  timeInRange,
}: BacktestResult): readonly Row[] {
  const rows: Row[] = Object.entries(counts).map(([name, count]) => [
    name,
    count.toLocaleString('en-US'),
  ])
  for (const [reason, count] of Object.entries(rejections))
    rows.push([`rejected: ${reason}`, count.toLocaleString('en-US')])
  if (timeInRange !== null)
    rows.push(['time in range', `${(timeInRange * 100).toFixed(1)} % of the candles`])
  rows.push([
    'largest drawdown',
    `${moneyText(drawdown.amount)} (${(drawdown.shareOfPeak * 100).toFixed(2)} % of the peak)`,
  ])
  rows.push(['from … to', `${drawdown.peakAt.slice(0, 16)} … ${drawdown.troughAt.slice(0, 16)}`])
  if (firstLiquidationAt !== null) rows.push(['first liquidation', firstLiquidationAt])
  for (const { at, code } of limitsReached) rows.push([`limit reached`, `${code} at ${at}`])
  return rows
}

function statisticRows({ statistics }: BacktestResult): readonly Row[] {
  const number = (value: number | null) => (value === null ? 'N/A' : value.toFixed(2))
  const percent = (value: number | null) =>
    value === null ? 'N/A' : `${(value * 100).toFixed(2)} %`
  const { days, sharpe, sortino, cagr, calmar, bestDay, worstDay } = statistics
  return [
    ['days', number(days)],
    ['Sharpe', number(sharpe)],
    ['Sortino', number(sortino)],
    ['annual growth', percent(cagr)],
    ['Calmar', number(calmar)],
    ['best day', percent(bestDay)],
    ['worst day', percent(worstDay)],
  ]
}

function notes(result: BacktestResult): string {
  if (result.notes.length === 0) return ''
  const shown = result.notes.slice(0, FILLS_SHOWN)
  const items = shown.map(
    ({ at, level, text }) =>
      `<li class="${level}"><time>${at.slice(0, 19)}</time> ${escapeHtml(text)}</li>`,
  )
  return `<section class="wide"><h2>Notes (${result.notes.length})</h2><ul>${items.join('')}</ul></section>`
}

function fillsTable(backtest: Backtest): string {
  const { fills, instrument } = backtest
  const rows = fills.slice(-FILLS_SHOWN).map(({ fill, position }) => {
    const { side, isMaker, origin } = fill
    const cells = [
      formatTimeShort(fill.at),
      side,
      formatDecimal(fill.price, instrument.priceDecimals),
      formatLots(backtest, fill.quantity),
      (fill.fee / 1e8).toFixed(4),
      isMaker ? 'maker' : 'taker',
      origin.kind === 'slot' ? origin.slot : origin.kind,
      formatLots(backtest, position),
    ]
    return `<tr class="${side}">${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
  })
  const head = ['time', 'side', 'price', 'quantity', 'fee', 'role', 'origin', 'position after']
  const title =
    fills.length > FILLS_SHOWN
      ? `Last ${FILLS_SHOWN} of ${fills.length.toLocaleString('en-US')} fills (all in fills.csv)`
      : `${fills.length} fills`
  if (fills.length === 0)
    return `<section class="wide"><h2>No fills until ${formatTime(backtest.exchange.at)}</h2></section>`
  return `<section class="wide"><h2>${title}</h2><table class="fills"><thead><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

const STYLE = `
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1b2430;--soft:#667085;--edge:#e3e7ec;--rule:#c3cad6;--price:#3b6fd4;--equity:#0f8a6a;--drawdown:#c8453b;--good:#0f8a6a;--bad:#c8453b}
@media (prefers-color-scheme:dark){:root{--back:#10151c;--card:#181f29;--text:#e6eaf0;--soft:#93a0b4;--edge:#273140;--rule:#3a465a;--price:#7ea6f5;--equity:#43c59e;--drawdown:#f0776c;--good:#43c59e;--bad:#f0776c}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1080px;padding:28px 20px 48px;background:var(--back);color:var(--text);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:22px;margin:0;overflow-wrap:break-word}.limited{margin:14px 0 0;padding:10px 14px;border:1px solid var(--bad);border-radius:10px;color:var(--bad);font-weight:600;background:var(--card)}.narrow{display:none}h2{font-size:15px;margin:0 0 8px}
.kind,.span{margin:2px 0;color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(136px,1fr));gap:10px;margin:18px 0}
.card,figure,section:not(.cards){background:var(--card);border:1px solid var(--edge);border-radius:10px}
.card{padding:10px 12px}.card span{display:block;color:var(--soft);font-size:12px}.card strong{font-size:16px;font-variant-numeric:tabular-nums}
.good{color:var(--good)}.bad{color:var(--bad)}
figure{margin:0 0 12px;padding:12px 12px 6px}figcaption{color:var(--soft);font-size:12px;margin-bottom:4px}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}
svg line.tick{stroke:var(--edge)}svg line.rule{stroke:var(--rule);stroke-width:.5;opacity:.8}
svg polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}svg polygon{opacity:.22;stroke:none}
polyline.price{stroke:var(--price)}polygon.price{fill:var(--price)}polyline.equity{stroke:var(--equity)}polygon.equity{fill:var(--equity)}polyline.drawdown{stroke:var(--drawdown)}polygon.drawdown{fill:var(--drawdown)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:12px;align-items:start}
section:not(.cards){padding:14px 16px}.wide{margin-top:12px;overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{padding:4px 8px 4px 0;text-align:left;vertical-align:top;border-top:1px solid var(--edge)}tr:first-child>th,tr:first-child>td{border-top:0}
th{font-weight:400;color:var(--soft);padding-right:16px}td{font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.fills{font-size:12.5px}.fills tbody td{white-space:nowrap;border-top:1px solid var(--edge)}.fills .buy td:nth-child(2){color:var(--good)}.fills .sell td:nth-child(2){color:var(--bad)}
ul{margin:0;padding-left:18px}li.warn{color:var(--bad)}time{color:var(--soft)}
@media (max-width:640px){body{padding:16px 10px 32px}.broad{display:none}.narrow{display:block}.cards{grid-template-columns:1fr 1fr}h1{font-size:19px}figure{padding:10px 8px 4px}}
footer{margin-top:16px;color:var(--soft);font-size:12px;overflow-wrap:anywhere}
`
