/** GET / of the control plane: the instances with their numbers and links to their own ports. One self-contained page. */
import { createHash } from 'node:crypto'
import type { InstanceList, InstanceView } from '../protocol/fleet-messages.ts'

const style = `
:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--ink:#14181f;--dim:#667085;--line:#e4e7ec;--good:#067647;--bad:#b42318;--warn:#b54708;--mark:#1849a9;--markback:#eff4ff}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--card:#161b22;--ink:#e6edf3;--dim:#8b949e;--line:#2a313c;--good:#3fb950;--bad:#f85149;--warn:#d29922;--mark:#79b8ff;--markback:#13233a}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 48px}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:10px 16px;margin-bottom:20px}
h1{font-size:22px;margin:0;letter-spacing:-.01em}
.feed{background:var(--markback);color:var(--mark);border-radius:999px;padding:3px 12px;font-size:13px;font-weight:600}
.time{color:var(--dim);font-size:13px;margin-left:auto;font-variant-numeric:tabular-nums}
.wrap{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px}
table{border-collapse:collapse;width:100%}
th,td{padding:11px 14px;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-size:12px;font-weight:600}
tr:last-child td{border-bottom:0}
.n{text-align:right;font-variant-numeric:tabular-nums}
a{color:var(--mark);text-decoration:none;font-weight:600}a:hover,a:focus-visible{text-decoration:underline}
small{display:block;color:var(--dim);font-size:12px;white-space:normal;max-width:340px}.n small{max-width:240px;margin-left:auto}
.dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:7px;background:var(--dim)}
.running .dot{background:var(--good)}.quarantined .dot,.unreachable .dot,.killed .dot,.halted .dot{background:var(--bad)}
.paused .dot,.restarting .dot,.starting .dot,.reconciling .dot,.stopping .dot,.reduce_only .dot,.disarmed .dot{background:var(--warn)}
.up{color:var(--good)}.down{color:var(--bad)}.short,.short small{color:var(--warn)}
@media(max-width:900px){main{padding:16px 10px 32px}.time{margin-left:0}.wrap{background:none;border:0;overflow:visible}
thead{display:none}table,tbody{display:block}
tr{display:grid;grid-template-columns:1fr 1fr;gap:2px 12px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px;margin-bottom:10px}
td{display:block;padding:2px 0;border:0;white-space:normal;overflow-wrap:break-word;text-align:left}
td.n{text-align:left}td[data-name]::before{content:attr(data-name);display:block;color:var(--dim);font-size:12px}
.rare{display:none}}
.faults{background:var(--card);border:1px solid var(--bad);border-radius:12px;padding:12px 16px;margin-bottom:16px;color:var(--bad)}
.note{background:var(--card);border:1px solid var(--warn);border-radius:12px;padding:12px 16px;margin-bottom:16px;color:var(--warn)}
.empty{padding:36px;text-align:center;color:var(--dim)}
footer{color:var(--dim);font-size:13px;margin-top:16px}code{font-family:ui-monospace,monospace;font-size:12.5px}
`

const styleHash = createHash('sha256').update(style).digest('base64')

/** Nothing but the style of the page itself is loaded. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const html = (text: string): string => text.replace(/[&<>"']/g, (found) => escapes[found] ?? found)

/** A decimal text with two decimals and thousands, `–` for nothing. */
function amount(text: string | null): string {
  if (text === null) return '–'
  return Number(text).toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  })
}

function profit(text: string | null): string {
  if (text === null) return '<td class="n" data-name="PnL">–</td>'
  const tone = Number(text) < 0 ? 'down' : 'up'
  return `<td class="n ${tone}" data-name="PnL">${Number(text) > 0 ? '+' : ''}${amount(text)}</td>`
}

/** `80`; `12/80` with the most frequent reason when orders that are wanted do not rest. */
function orders(one: InstanceView): string {
  const { orders: working, orders_wanted: wanted = null, orders_missing_reason: reason } = one
  const isShort = working !== null && wanted !== null && working < wanted
  if (!isShort) return `<td class="n" data-name="Orders">${working ?? '–'}</td>`
  const why = reason == null ? '' : `<small>${html(reason)}</small>`
  return `<td class="n short" data-name="Orders">${working}/${wanted}${why}</td>`
}

/** With the way out, where something holds it. */
const whyOf = ({ restraint }: InstanceView, reason: string): string =>
  restraint == null ? reason : `${restraint.why}; ${restraint.way_out}`

function row(one: InstanceView): string {
  const name = html(one.id)
  const link = one.port === null ? name : `<a href="http://127.0.0.1:${one.port}/">${name}</a>`
  const reason = one.reason === null ? '' : `<small>${html(whyOf(one, one.reason))}</small>`
  return `<tr>
<td>${link}<small>${html(one.name)}</small></td>
<td class="${one.state}"><span class="dot"></span>${one.state.replace('_', ' ')}${reason}</td>
<td class="n" data-name="Equity">${amount(one.equity)}</td>
${profit(one.pnl)}
${orders(one)}
<td class="n" data-name="Fills">${one.fills ?? '–'}</td>
<td>${html(one.symbol)}<small>${html(one.venue)} · ${one.mode}</small></td>
<td class="rare">${html(one.strategy)}</td>
<td class="n rare">${one.restarts}</td>
<td class="n rare">${one.port ?? '–'}</td>
</tr>`
}

function table(list: InstanceList): string {
  if (list.items.length === 0) {
    return '<div class="empty">No instances yet: copy a file from <code>config/templates/</code> into <code>config/active/</code>.</div>'
  }
  return `<table><thead><tr><th>Instance</th><th>State</th><th class="n">Equity</th><th class="n">PnL</th><th class="n">Orders</th><th class="n">Fills</th><th>Contract</th><th>Strategy</th><th class="n">Restarts</th><th class="n">Port</th></tr></thead><tbody>${list.items.map(row).join('\n')}</tbody></table>`
}

/** The page; it loads itself again every two seconds. */
export function overviewPage(list: InstanceList): string {
  const { feed } = list
  const label = feed === null ? '' : `<span class="feed">${html(feed.label)}</span>`
  const time = feed?.market_time
    ? `<span class="time">market time ${feed.market_time.slice(0, 19).replace('T', ' ')} UTC</span>`
    : ''
  const note = feed?.note == null ? '' : `<div class="note">${html(feed.note)}</div>\n`
  const faults =
    list.faults.length === 0
      ? ''
      : `<div class="faults">${list.faults.map(html).join('<br>')}</div>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="2"><title>perpfleet</title><style>${style}</style></head>
<body><main><header><h1>perpfleet</h1>${label}${time}</header>
${note}${faults}<div class="wrap">${table(list)}</div>
<footer>Simulated money: all accounts are paper. <code>perpfleet list</code> shows the same in a terminal.</footer>
</main></body></html>
`
}
