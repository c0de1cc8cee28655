/** The frame that all reports share: one HTML file without outside resources, light and dark, for desks and telephones. */
import { escapeHtml } from './chart.ts'

export interface ReportPage {
  readonly title: string
  /** Above the title, e.g. `Backtest · perp_grid`. */
  readonly kind: string
  readonly heading: string
  readonly lines: readonly string[]
  /** Sentences that must be read before any figure. */
  readonly warnings: readonly string[]
  /** HTML. */
  readonly body: string
  /** HTML. */
  readonly footer: string
  /** JavaScript; null = none. */
  readonly script: string | null
}

/** A whole page; texts are escaped, body and footer are HTML. */
export function reportPage(page: ReportPage): string {
  const { title, kind, heading, lines, warnings, body, footer, script } = page
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<p class="kind">${escapeHtml(kind)}</p>
<h1>${escapeHtml(heading).replaceAll('/', '/<wbr>')}</h1>
${lines.map((line) => `<p class="span">${escapeHtml(line)}</p>`).join('\n')}
</header>
${warningBlock(warnings)}
${body}
<footer>${footer}</footer>
${script === null ? '' : `<script>${script}</script>`}
</body>
</html>
`
}

/** Nothing when there is nothing to warn of. */
export function warningBlock(sentences: readonly string[]): string {
  if (sentences.length === 0) return ''
  const items = sentences.map((one) => `<li>${escapeHtml(one)}</li>`)
  return `<section class="warnings" role="alert"><h2>Read this first</h2><ul>${items.join('')}</ul></section>`
}

/** One headline figure. */
export interface Card {
  readonly name: string
  readonly value: string
  /** Small, below the value. */
  readonly note?: string
  readonly tone?: 'good' | 'bad'
}

export function cardGrid(cards: readonly Card[]): string {
  const cells = cards.map(
    ({ name, value, note, tone }) =>
      `<div class="card"><span>${escapeHtml(name)}</span><strong${tone === undefined ? '' : ` class="${tone}"`}>${escapeHtml(value)}</strong>${note === undefined ? '' : `<small>${escapeHtml(note)}</small>`}</div>`,
  )
  return `<section class="cards">${cells.join('')}</section>`
}

/** Values up to this length are not broken into lines. */
const SHORT = 26

/** A table of names and values under a heading; nothing without rows. */
export function rowTable(
  title: string,
  rows: readonly (readonly [name: string, value: string])[],
): string {
  if (rows.length === 0) return ''
  const body = rows.map(([name, value]) => {
    const tone = value.length <= SHORT ? ' class="short"' : ''
    return `<tr><th scope="row">${escapeHtml(name)}</th><td${tone}>${escapeHtml(value)}</td></tr>`
  })
  return `<section class="box"><h2>${escapeHtml(title)}</h2><table class="rows">${body.join('')}</table></section>`
}

/** Anything under a heading. @param inner HTML */
export const box = (title: string, inner: string, note = ''): string =>
  `<section class="box"><h2>${escapeHtml(title)}</h2>${note === '' ? '' : `<p class="note">${escapeHtml(note)}</p>`}${inner}</section>`

/** The CSS of every report. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--back:#f4f6f9;--card:#fff;--text:#17202c;--soft:#5f6b7c;--edge:#e2e7ee;--grid:#e9edf3;--rule:#b9c3d1;--accent:#2457d6;--hold:#8b97a8;--price:#3b4a5f;--good:#0a7f57;--bad:#c43a31;--good-rgb:16,150,103;--bad-rgb:214,64,54;--warn:#8a5a00;--warn-back:#fff6e0;--warn-edge:#eccb7c;--shade:0 1px 2px rgb(20 30 50/.05)}
@media (prefers-color-scheme:dark){:root{--back:#0e131a;--card:#161d27;--text:#e7ecf3;--soft:#98a5b8;--edge:#26303f;--grid:#202a38;--rule:#435063;--accent:#7da2ff;--hold:#77859a;--price:#b7c3d5;--good:#4bd0a0;--bad:#ff8177;--good-rgb:40,180,130;--bad-rgb:235,90,80;--warn:#f6c667;--warn-back:#2a2213;--warn-edge:#5b4718;--shade:none}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1160px;padding:30px 24px 56px;background:var(--back);color:var(--text);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
h1{font-size:25px;line-height:1.25;letter-spacing:-.01em;margin:2px 0 4px;overflow-wrap:anywhere}
h2{font-size:14px;margin:0 0 10px;letter-spacing:.005em}
.kind{margin:0;color:var(--accent);font-size:12px;font-weight:600;letter-spacing:.06em;text-transform:uppercase}
.span,.note{margin:0;color:var(--soft);font-size:13px}.note{margin:-6px 0 10px}
.warnings{margin:16px 0 14px;padding:12px 16px;border:1px solid var(--warn-edge);border-left-width:4px;border-radius:10px;background:var(--warn-back)}
.warnings h2{color:var(--warn);margin:0 0 4px}.warnings ul{margin:0;padding-left:18px}
.cards{display:grid;grid-template-columns:repeat(6,1fr);gap:10px;margin:18px 0 14px}
.card,.box{background:var(--card);border:1px solid var(--edge);border-radius:12px;box-shadow:var(--shade)}
.card{padding:12px 14px;min-width:0}.card span{display:block;color:var(--soft);font-size:12px}
.card strong{display:block;font-size:19px;line-height:1.35;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.card small{display:block;color:var(--soft);font-size:11.5px;line-height:1.35}
.good{color:var(--good)}.bad{color:var(--bad)}
.box{margin:0 0 14px;padding:16px 18px;min-width:0;overflow-x:auto}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 14px}
.flow{columns:2;column-gap:14px}.flow>.box{break-inside:avoid}.three{display:grid;grid-template-columns:repeat(3,1fr);gap:0 14px}
.legend{float:right;color:var(--soft);font-size:12px;font-weight:400}.legend i{display:inline-block;width:16px;height:0;border-top:2.5px solid;margin:0 6px 3px 14px;vertical-align:middle}
svg{display:block;width:100%;height:auto}.narrow{display:none}svg text{fill:var(--soft);font-size:11px}
svg line.tick{stroke:var(--grid)}svg line.zero{stroke:var(--rule)}svg line.rule{stroke:var(--rule);stroke-width:.6;stroke-dasharray:3 3}
svg polyline{fill:none;stroke-width:1.7;stroke-linejoin:round}svg polygon{stroke:none;opacity:.16}
polyline.equity,i.equity{stroke:var(--accent);border-color:var(--accent)}polygon.equity{fill:var(--accent)}
polyline.hold,i.hold{stroke:var(--hold);border-color:var(--hold);stroke-width:1.3}
polyline.drawdown{stroke:var(--bad);stroke-width:1.2}polygon.drawdown{fill:var(--bad);opacity:.28}
polyline.position{stroke:var(--price);stroke-width:1.1}polygon.position{fill:var(--price)}
polyline.price{stroke:var(--price);stroke-width:1.2}polygon.price{fill:var(--price)}
rect.win{fill:rgb(var(--good-rgb));opacity:.85}rect.loss{fill:rgb(var(--bad-rgb));opacity:.85}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px 5px 0;text-align:left;vertical-align:top;border-top:1px solid var(--grid)}
tr:first-child>th,tr:first-child>td{border-top:0}thead+tbody tr:first-child>*{border-top:1px solid var(--edge)}
th{font-weight:400;color:var(--soft)}.rows td{text-align:right;padding-right:0;overflow-wrap:anywhere}.rows td.short{white-space:nowrap}.long td{text-align:left;padding-left:14px}
.list{font-size:12.5px}.list td{white-space:nowrap}.list th{white-space:nowrap;font-size:12px}.list .number{text-align:right}
.heat{font-size:12.5px;min-width:640px;table-layout:fixed}.heat th{text-align:center;padding:4px 2px}.heat tr>th:first-child{text-align:left;width:46px}.heat td{text-align:right;padding:6px 8px;white-space:nowrap;border:2px solid var(--card);border-radius:7px}.heat td.year{font-weight:650}
.split{display:grid;grid-template-columns:max-content 1fr max-content;gap:9px 12px;align-items:center}.split span{color:var(--soft)}.split b{font-weight:500;text-align:right;font-variant-numeric:tabular-nums}.split .sum{font-weight:650;color:var(--text)}
.bar{position:relative;height:16px;background:linear-gradient(var(--rule),var(--rule)) 50%/1px 100% no-repeat}.bar i{position:absolute;top:1px;bottom:1px;border-radius:3px}.bar i.win{background:rgb(var(--good-rgb));left:50%}.bar i.loss{background:rgb(var(--bad-rgb));right:50%}
.canvas{position:relative}.canvas canvas{display:block;width:100%;height:420px;cursor:grab;touch-action:pan-y;border-radius:6px}.canvas canvas:active{cursor:grabbing}.canvas .tip{position:absolute;left:84px;top:6px;padding:3px 8px;border-radius:6px;background:var(--card);border:1px solid var(--edge);font-size:12px;pointer-events:none;font-variant-numeric:tabular-nums;white-space:pre-line}.canvas .tip:empty{display:none}
.tools{float:right;margin-top:-3px}.tools button{min-width:30px;height:28px;padding:0 9px;margin-left:4px;border:1px solid var(--edge);border-radius:7px;background:var(--back);color:var(--text);font:inherit;font-size:13px;cursor:pointer}.tools button:hover{border-color:var(--rule)}
details{margin-top:4px}summary{cursor:pointer;color:var(--soft)}ul.notes{margin:0;padding-left:18px}li.warn{color:var(--bad)}time{color:var(--soft)}
.buy{color:var(--good)}.sell{color:var(--bad)}
footer{margin-top:18px;color:var(--soft);font-size:12px;overflow-wrap:anywhere}code{font-size:11.5px}
@media (max-width:1000px){.cards{grid-template-columns:repeat(4,1fr)}.three{grid-template-columns:1fr 1fr}}
@media (max-width:680px){body{padding:18px 12px 36px}h1{font-size:20px}.cards{grid-template-columns:1fr 1fr;gap:8px}.card strong{font-size:17px}.two,.three{grid-template-columns:minmax(0,1fr)}.flow{columns:1}.box{padding:14px 12px}.broad{display:none}.narrow{display:block}.canvas canvas{height:340px}.legend{float:none;display:block;margin-top:2px}.legend i:first-child{margin-left:0}.split{grid-template-columns:1fr max-content;grid-auto-flow:dense;gap:2px 10px}.split .bar{grid-column:1/3;margin-bottom:8px}}
@media print{body{max-width:none;background:#fff}.box,.card{break-inside:avoid}.tools{display:none}}
`
