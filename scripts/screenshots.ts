// `npm run screenshots [-- NAME …]`: the pictures of docs/images/, taken of a real fleet on the demo market. The market is the
// same each time; how far it has come depends on the machine. `pair` is taken of a second fleet, in the sandbox, and takes minutes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutedRow } from '../src/protocol/arbitrage-messages.ts'
import { findChromium, startChromium } from '../test/browser/chromium.ts'
import { admin, BrowserStack } from '../test/browser/stack.ts'
import { desktop, type Look, phone, Tab } from '../test/browser/tab.ts'
import { said } from '../test/browser/words.ts'
import { until } from '../test/integration/fleet-home.ts'
import { walkMarket } from '../test/support/walk-market.ts'

const IMAGES = join(dirname(import.meta.dirname), 'docs', 'images')
/** Fast at first, so that there is something to see; then as a new user sees it. */
const FAST = 1800
const FILLS = 300
const CURVE_POINTS = 20
const SHOWN_SPEED = '60'

interface Grid {
  readonly id: string
  readonly name: string
  readonly venue: string
  readonly base: string
  readonly type: string
  readonly range: number
  readonly lines: number
  readonly cell: string
}

const GRIDS: readonly Grid[] = [
  {
    id: 'bp_sol_01',
    name: 'SOL neutral',
    venue: 'backpack',
    base: 'SOL',
    type: 'neutral',
    range: 5,
    lines: 81,
    cell: '100',
  },
  {
    id: 'hl_eth_01',
    name: 'ETH long',
    venue: 'hyperliquid',
    base: 'ETH',
    type: 'long',
    range: 5,
    lines: 61,
    cell: '120',
  },
  {
    id: 'hl_btc_01',
    name: 'BTC neutral',
    venue: 'hyperliquid',
    base: 'BTC',
    type: 'neutral',
    range: 4,
    lines: 61,
    cell: '150',
  },
  {
    id: 'as_xrp_01',
    name: 'XRP short',
    venue: 'aster',
    base: 'XRP',
    type: 'short',
    range: 6,
    lines: 61,
    cell: '80',
  },
  {
    id: 'okx_bnb_01',
    name: 'BNB neutral',
    venue: 'okx',
    base: 'BNB',
    type: 'neutral',
    range: 5,
    lines: 51,
    cell: '100',
  },
]
const PAUSED = 'okx_bnb_01'
const LOOKED_AT = 'bp_sol_01'

/** As docs/guides/arbitrage.md does it. */
const PAIR = {
  metadata: { name: 'ETH two legs', instance_id: 'arb_eth_01', strategy: 'spread_arbitrage' },
  exchange_config: {
    ...{ mode: 'sandbox', capital: 2000, leverage: 2 },
    paper: { initial_balance: 5000 },
  },
  legs: [
    { exchange: 'okx', symbol: 'ETH/USDT:USDT' },
    { exchange: 'hyperliquid', symbol: 'ETH/USDC:USDC', settle_rate: 1 },
  ],
  strategy_config: { order_notional: 2000, min_edge_bps: 5, exit_spread_bps: 2 },
} as const
const PAIR_ID = PAIR.metadata.instance_id
/** How much dearer OKX is, bps, one after the other: the last one stays. */
const GAPS = [60, 45, 55]
/** Minutes of market before the first gap, all venues at one price. */
const QUIET_CANDLES = 180
/** After an exit nothing is entered for a minute. */
const PAIR_MS = 240_000

function writeInstance(home: string, id: string, text: object): void {
  const folder = join(home, 'config', 'active')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${id}.json`), `${JSON.stringify(text, null, 2)}\n`)
}

function writeGrid(home: string, grid: Grid): void {
  const { id, name, venue, base } = grid
  const text = {
    metadata: {
      name,
      instance_id: id,
      exchange: venue,
      symbol: `${base}/USDC:USDC`,
      strategy: 'perp_grid',
      tags: ['demo'],
    },
    exchange_config: { mode: 'paper', leverage: 2 },
    strategy_config: {
      grid_type: grid.type,
      grid_mode: 'geometric',
      auto_price: true,
      price_range: grid.range,
      grid_num: grid.lines,
      order_notional: grid.cell,
    },
  }
  writeInstance(home, id, text)
}

/** Until every grid has traded, and the curve has a shape. */
async function letItTrade(stack: BrowserStack): Promise<void> {
  await stack.start(FAST)
  await until(
    'enough to look at',
    async () => {
      const rows = [...(await stack.rows()).values()]
      const fills = rows.reduce((sum, row) => sum + (row.fills ?? 0), 0)
      const { items } = (await stack.ask('GET', '/equity?span=1h')) as { items: readonly unknown[] }
      return fills >= FILLS && items.length >= CURVE_POINTS
    },
    300_000,
  )
  await stack.run('down', '--stop-bots')
  await stack.startControl('--speed', SHOWN_SPEED)
  await until('everything runs', async () =>
    [...(await stack.rows()).values()].every(({ state }) => state === 'running'),
  )
  await stack.ask('POST', `/instances/${PAUSED}/pause`, {})
}

/** Enters and leaves a pair at each gap but the last, at which it is held. */
async function letItHedge(stack: BrowserStack): Promise<void> {
  await stack.start(FAST)
  await until('candles to look at', async () => {
    const path = `/candles?instance=${PAIR_ID}&timeframe=1m&limit=${QUIET_CANDLES}`
    const { items } = (await stack.ask('GET', path)) as { items: readonly unknown[] }
    return items.length >= QUIET_CANDLES
  })
  await stack.run('down', '--stop-bots')
  await stack.startControl('--speed', '1')
  const fault = async (...words: string[]) => {
    const { code, stderr } = await stack.run('sandbox', 'fault', ...words)
    if (code !== 0)
      throw new Error(`sandbox fault ${words.join(' ')} ended with ${code}: ${stderr}`)
  }
  for (const [index, bps] of GAPS.entries()) {
    await fault('set', 'price_gap', '--venue', 'okx', '--value', String(bps))
    await until(`${bps} bps are taken`, () => isHeld(stack), PAIR_MS)
    if (index === GAPS.length - 1) return
    await fault('clear')
    const isOver = async () => (await taken(stack)).filter(({ closed_at: at }) => at).length > index
    await until(`${bps} bps are over`, isOver, PAIR_MS)
  }
}

async function taken(stack: BrowserStack): Promise<readonly ExecutedRow[]> {
  const path = `/arbitrage/executed?instance=${PAIR_ID}`
  return ((await stack.ask('GET', path)) as { readonly items: readonly ExecutedRow[] }).items
}

async function isHeld(stack: BrowserStack): Promise<boolean> {
  const told = await stack.ask('GET', `/instances/${PAIR_ID}/grid`)
  const { grid } = told as { readonly grid?: { readonly phase?: string } }
  return grid?.phase === 'holding'
}

interface Picture {
  readonly look: Look
  readonly prepare: (tab: Tab) => Promise<void>
}

const fine = { scale: 1.5 }
const desk: Look = { ...desktop, ...fine, height: 960 }
const small: Look = { ...phone, scale: 2 }

async function fleet(tab: Tab): Promise<void> {
  await tab.logIn(admin)
  await tab.page.locator(`[data-instance=${LOOKED_AT}]`).waitFor()
  await settled(tab)
}

async function instance(tab: Tab): Promise<void> {
  await tab.logIn(admin)
  await tab.page.locator(`a[href="/instances/${LOOKED_AT}"]`).first().click()
  await tab.instance(LOOKED_AT)
  await settled(tab)
}

async function pair(tab: Tab): Promise<void> {
  await tab.logIn(admin)
  await tab.page.locator(`a[href="/instances/${PAIR_ID}"]`).first().click()
  await tab.instance(PAIR_ID)
  const rows = tab.page.locator(
    `section:has(h2:text-is("${said('pair', 'taken.title')}")) tbody tr`,
  )
  await rows.nth(GAPS.length - 1).waitFor()
  await settled(tab)
}

/** Lines that lie elsewhere: something stays, something goes, something comes. */
async function adjust(tab: Tab): Promise<void> {
  await instance(tab)
  const { page } = tab
  const word = (key: string) => said('instance', `adjust.${key}`)
  await page.getByRole('button', { name: word('open') }).click()
  const dialog = page.getByRole('dialog')
  const upper = dialog.getByLabel(word('upper'))
  await upper.fill(String(Math.round(Number(await upper.inputValue()) * 1.05)))
  await dialog.locator('dl').getByText(word('placed')).waitFor()
  await settled(tab)
}

const WALK_MINUTES = 20 * 1440
const SET = 'demo/SOL_USDC_PERP/1m'
const RUNS = [
  ['dual_ma', { timeframe: '1h' }],
  ['supertrend', { timeframe: '1h' }],
  ['perp_grid', { grid_lower_price: 80, grid_upper_price: 120, grid_num: 81, order_notional: 100 }],
] as const

/** Three runs on a market of chance: nobody shall read more into them than the shape of the page. */
async function lab(tab: Tab): Promise<void> {
  const { openAt, open, high, low, close, volume } = walkMarket(11, WALK_MINUTES).candles
  const cents = (value = 0) => (value / 100).toFixed(2)
  const rows = Array.from(openAt, (at, row) =>
    [at, ...[open, high, low, close].map((column) => cents(column[row])), volume[row]].join(','),
  )
  const file = join(stack.dir, 'walk.csv')
  writeFileSync(file, ['timestamp_ms,open,high,low,close,volume', ...rows, ''].join('\n'))
  const place = ['--venue', 'demo', '--symbol', 'SOL_USDC_PERP', '--timeframe', '1m']
  await stack.run('data', 'import', file, ...place)
  for (const [strategy, parameters] of RUNS)
    await stack.ask('POST', '/backtest?wait=1', { strategy, data: SET, parameters })
  await tab.logIn(admin)
  await tab.go('/lab')
  await tab.page
    .locator('main table a')
    .nth(RUNS.length - 1)
    .waitFor()
  await tab.page.waitForLoadState('networkidle')
}

async function settled(tab: Tab): Promise<void> {
  await tab.page.locator('main canvas').first().waitFor()
  // no crosshair, nothing hovered
  await tab.page.mouse.move(0, 0)
  await tab.page.waitForLoadState('networkidle')
  await tab.page.evaluate('new Promise((done) => setTimeout(done, 1500))')
}

const pictures: Readonly<Record<string, Picture>> = {
  login: {
    look: desk,
    prepare: async (tab) => {
      await tab.go()
      await tab.page.getByRole('heading', { name: said('common', 'login.title') }).waitFor()
    },
  },
  fleet: { look: desk, prepare: fleet },
  'fleet-light': { look: { ...desk, theme: 'light' }, prepare: fleet },
  instance: { look: { ...desk, height: 1280 }, prepare: instance },
  adjust: { look: desk, prepare: adjust },
  lab: { look: { ...desk, height: 640 }, prepare: lab },
  phone: { look: small, prepare: fleet },
  'phone-instance': { look: small, prepare: instance },
}
const picturesOfPair: typeof pictures = {
  pair: { look: { ...desk, height: 1170 }, prepare: pair },
}
const names = [...Object.keys(pictures), ...Object.keys(picturesOfPair)]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(
    `perpfleet: there is no picture ${unknown.join(', ')}: use one of ${names.join(', ')}`,
  )
  process.exit(2)
}
const found = await findChromium()
if (found.path === null) {
  console.error(`perpfleet: pictures need a browser: ${found.reason}`)
  process.exit(1)
}
const stack = new BrowserStack()
for (const grid of GRIDS) writeGrid(stack.dir, grid)
const pairStack = new BrowserStack()
writeInstance(pairStack.dir, PAIR_ID, PAIR)
const browser = await startChromium(found.path)

async function take(
  of: BrowserStack,
  ready: (of: BrowserStack) => Promise<void>,
  all: typeof pictures,
): Promise<void> {
  const due = Object.entries(all).filter(([name]) => wanted.length === 0 || wanted.includes(name))
  if (due.length === 0) return
  try {
    await ready(of)
    for (const [name, { look, prepare }] of due) {
      const tab = await Tab.open(browser, of.url, look)
      await prepare(tab)
      await tab.page.screenshot({ path: join(IMAGES, `${name}.png`) })
      await tab.close()
      console.log(`docs/images/${name}.png`)
    }
  } finally {
    await of.run('down', '--stop-bots')
  }
}

try {
  mkdirSync(IMAGES, { recursive: true })
  await take(stack, letItTrade, pictures)
  await take(pairStack, letItHedge, picturesOfPair)
} finally {
  await browser.close()
  await stack.close()
  await pairStack.close()
}
