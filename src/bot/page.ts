/** The page at `/` of an instance: one file without anything from elsewhere, refreshed from /api/status each second. */

const style = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#17202b;--soft:#66717f;--line:#e3e7ec;--buy:#0a8f62;--sell:#cf3a4b;--accent:#2f6fed;--warn:#b26a00}
@media(prefers-color-scheme:dark){:root{--ground:#0e1217;--card:#161c24;--ink:#e7ecf2;--soft:#8d99a8;--line:#252e39;--buy:#2ecb93;--sell:#ff6b7a;--accent:#6b9dff;--warn:#f0b04a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
header{display:flex;flex-wrap:wrap;align-items:center;gap:10px 12px;margin-bottom:18px}
h1{font-size:22px;margin:0;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:12px;margin:0 0 10px;color:var(--soft);font-weight:600;text-transform:uppercase;letter-spacing:.06em}
.sub{flex-basis:100%;color:var(--soft)}
.badge{border-radius:999px;padding:3px 11px;font-weight:600;font-size:12px;border:1px solid var(--line);background:var(--card)}
.badge.running{color:var(--buy);border-color:currentColor}
.badge.warn{color:var(--warn);border-color:currentColor}
.badge.bad{color:var(--sell);border-color:currentColor}
.badge.feed{color:var(--accent);border-color:currentColor}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-bottom:12px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.card+.card{margin-top:12px}
.tiles .card{margin:0}
.value{font-size:20px;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.unit{display:inline-block;white-space:nowrap;color:var(--soft);font-size:12px;font-weight:400;margin-left:4px}
h2 .unit{white-space:normal;text-transform:none;letter-spacing:0}
#back{flex-basis:100%;color:var(--accent);text-decoration:none;font-weight:600}
#back:hover,#back:focus-visible{text-decoration:underline}
.short{color:var(--warn)}
.up{color:var(--buy)}.down{color:var(--sell)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:500;color:var(--soft);font-size:12px;text-align:right;padding:0 10px 6px;border-bottom:1px solid var(--line);white-space:nowrap}
td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
tr:last-child td{border-bottom:0}
th:first-child,td:first-child{text-align:left;padding-left:0}
td.why{text-align:left;white-space:normal;color:var(--soft)}
th.why{text-align:left}
tr.now td{color:var(--accent);font-weight:600;background:color-mix(in srgb,var(--accent) 8%,transparent)}
tr.dim td{color:var(--soft)}
@media(max-width:560px){main{padding:14px 10px 32px}.card{padding:12px}.tiles{grid-template-columns:1fr 1fr;gap:8px}.value{font-size:17px}th,td{padding-left:4px;padding-right:4px}.date{display:none}}
.empty{color:var(--soft)}
#offline{display:none;margin-bottom:12px;color:var(--sell);border-color:currentColor}
.stale #offline{display:block}.stale .body{opacity:.5}
`

const script = `
const el=(id)=>document.getElementById(id)
const make=(tag,text,name)=>{const e=document.createElement(tag);if(text!=null)e.textContent=String(text);if(name)e.className=name;return e}
const money=(t,n=2)=>{if(t==null||t===''||isNaN(Number(t)))return '–';const s=Number(t).toLocaleString('en-US',{minimumFractionDigits:n,maximumFractionDigits:n});return /[1-9]/.test(s)?s:s.replace('-','')}
const sign=(t)=>Number(money(t).replace(/,/g,''))>0?'up':Number(money(t).replace(/,/g,''))<0?'down':''
const clock=(t)=>t?t.replace('T',' ').replace(/(\\.\\d+)?Z$/,' UTC'):'–'
const span=(s)=>s<90?s+' s':s<5400?Math.round(s/60)+' min':s<172800?Math.round(s/3600)+' h':Math.round(s/86400)+' d'
const feedText=(f)=>!f?null:f.indexOf('demo')===0?f.replace('demo','demo market'):f.replace('replay:','replay of ')
function rows(id,list){el(id).replaceChildren(...list)}
function row(cells,name,title){const tr=make('tr',null,name);if(title)tr.title=title;for(const c of cells)tr.append(c instanceof Node?c:Array.isArray(c)?make('td',c[0],c[1]):make('td',c));return tr}
function tile(name,value,unit,color){const d=make('div',null,'card');d.append(make('h2',name));const v=make('div',value,'value '+(color||''));if(unit){v.append(' ');v.append(make('span',unit,'unit'))}d.append(v);return d}
const sideCell=(side)=>[side,side==='buy'?'up':'down']
function when(t){const td=make('td'),all=clock(t).replace(' UTC',''),at=all.indexOf(' ');td.title=clock(t);if(at<0){td.textContent=all;return td}td.append(make('span',all.slice(0,at+1),'date'),all.slice(at+1,at+9));return td}
function head(s){document.title=s.id+' · '+s.state;el('name').textContent=s.name||s.id
const back=el('back'),isKnown=/^https?:\\/\\//.test(s.control_url||'');back.hidden=!isKnown;if(isKnown)back.href=s.control_url
const b=el('state');b.textContent=s.state.replace('_',' ');b.className='badge '+(s.state==='running'?'running':['halted','killed','stopped'].includes(s.state)?'bad':'warn')
const f=el('feed'),from=feedText(s.feed);f.textContent=s.mode+(from&&from!==s.mode?' · '+from:'')
el('sub').textContent=[s.mode_reason&&s.state!=='running'?s.mode_reason:null,s.id,s.strategy,s.symbol,s.venue,s.market_time?'market time '+clock(s.market_time):null,'up '+span(s.uptime),Math.round(s.memory.rss_bytes/1048576)+' MB'].filter(Boolean).join(' · ')}
function tiles(s){const p=s.pnl||{},u=s.settle||'',list=[]
if(s.price)list.push(tile('Price',s.price.last,'mark '+s.price.mark))
if(s.position)list.push(tile('Position',s.position.quantity,s.position.base))
list.push(tile('Equity',money(s.equity),u),tile('Total PnL',(Number(p.total)>0&&money(p.total)!=='0.00'?'+':'')+money(p.total),u,sign(p.total)))
el('tiles').replaceChildren(...list)}
function split(s){const p=s.pnl||{},g=s.grid||{},own={grid_profit:'completed cells',inventory:'inventory against mark',entry_adjustment:'entry adjustment',closed:'closed by stop or operator'},books={realised:'realised',unrealised:'unrealised'},both={funding:'funding',fees:'fees paid'}
const list=[],add=(from,names,look)=>{for(const k in names)if(typeof from[k]==='string')list.push(row([names[k],[money(from[k]),k==='fees'||k==='volume'?'':sign(from[k])]],look,from[k]))}
const hasOwn=typeof g.grid_profit==='string';add(p,{total:'total'});add(g,own);if(!hasOwn)add(p,books);add(p,both);if(hasOwn)add(p,books,'dim');add(p,{volume:'turnover'},'dim')
rows('pnl',list);el('about').textContent=[s.settle,g.lines,g.range&&g.range.lower?g.range.lower+' to '+g.range.upper:null,g.completed_cells!=null?g.completed_cells+' completed cells':null].filter(Boolean).join(' · ')}
const nowRow=(s)=>row(['price',s.price.last,'',['now','why']],'now')
function lines(s){const all=[...(s.orders?s.orders.list:[])],extra=(s.grid&&Array.isArray(s.grid.virtual)?s.grid.virtual:[])
for(const v of extra)all.push({...v,state:'virtual'})
const why={};for(const o of all)if(o.reason_text)why[o.reason_text]=(why[o.reason_text]||0)+1
const most=Object.keys(why).sort((a,b)=>why[b]-why[a])[0]
all.sort((a,b)=>Number(b.price)-Number(a.price));const list=[];let isMarked=!s.price
for(const o of all){if(!isMarked&&Number(o.price)<Number(s.price.last)){list.push(nowRow(s));isMarked=true}
list.push(row([sideCell(o.side),o.price,o.quantity,[o.state+(o.reason_text&&o.reason_text!==most?': '+o.reason_text:''),'why']],o.state==='resting'?'':'dim',o.slot+(o.reason_text?': '+o.reason_text:'')))}
if(!isMarked)list.push(nowRow(s))
rows('lines',list);const n=el('count');n.textContent=s.orders?s.orders.resting+' resting'+(extra.length?', '+extra.length+' virtual':'')+(s.orders.missing?', '+s.orders.missing+' missing'+(most?', most often: '+most:''):''):'';n.className='unit'+(s.orders&&s.orders.missing?' short':'')}
function fills(s){const f=s.fills?s.fills.last:[];el('fillcount').textContent=s.fills?s.fills.count+' in all':''
rows('fills',f.map(x=>row([when(x.at),sideCell(x.side),x.price,x.quantity,money(x.fee,4)],'',(x.maker?'maker':'taker')+', '+x.slot+', fee '+x.fee)))
el('fillhead').hidden=!f.length;el('nofills').hidden=f.length>0}
async function refresh(){try{const r=await fetch('/api/status',{cache:'no-store'});if(!r.ok)throw 0
const s=await r.json();head(s);tiles(s);split(s);fills(s);lines(s);document.body.classList.remove('stale')}catch{document.body.classList.add('stale')}
setTimeout(refresh,1000)}
refresh()
`

export const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>perpfleet</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body><main><div id="offline" class="card">This instance does not answer any more; the figures below are the last ones it gave.</div>
<div class="body"><header><a id="back" href="#" hidden>← all instances</a><h1 id="name">…</h1><span id="state" class="badge">…</span><span id="feed" class="badge feed">…</span><div id="sub" class="sub"></div></header>
<section id="tiles" class="tiles"></section>
<section class="card"><h2>Profit and loss <span id="about" class="unit"></span></h2><table><tbody id="pnl"></tbody></table></section>
<section class="card"><h2>Last fills <span id="fillcount" class="unit"></span></h2><table><thead id="fillhead"><tr><th>time (UTC)</th><th>side</th><th>price</th><th>quantity</th><th>fee</th></tr></thead><tbody id="fills"></tbody></table><div id="nofills" class="empty">No fill yet.</div></section>
<section class="card"><h2>Lines <span id="count" class="unit"></span></h2><table><thead><tr><th>side</th><th>price</th><th>quantity</th><th class="why">state</th></tr></thead><tbody id="lines"></tbody></table></section>
</div></main><script>${script}</script></body></html>
`

/** Said when somebody opens the page: node:crypto takes 3 MB, which most bots never need. */
function digest(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Only this style and this script run; a name that someone slips into a figure can do nothing. */
export const pagePolicy = (): string =>
  `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; style-src-attr 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
