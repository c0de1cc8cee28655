/** The page of an instance of two legs: what it shows is what the API tells, and nothing of a grid stands there. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutedRow } from '../../src/protocol/arbitrage-messages.ts'
import { until } from '../integration/fleet-home.ts'
import type { BrowserTest } from './browser-test.ts'
import { admin, type BrowserStack, viewer } from './stack.ts'
import { desktop, phone, type Tab } from './tab.ts'
import { languages, said } from './words.ts'

const ID = 'arb_1'
const PATH = `/instances/${ID}`

/**
 * All venues of the demo market have one price: entered at any edge it is left at once, again and again. Times are market time,
 * which runs twenty minutes a second here.
 */
const file = {
  metadata: { strategy: 'spread_arbitrage', instance_id: ID },
  exchange_config: { mode: 'paper', leverage: 2, paper: { initial_balance: 5000 } },
  legs: [
    { exchange: 'okx', symbol: 'ETH-USDT-SWAP' },
    { exchange: 'hyperliquid', symbol: 'ETH/USDC:USDC', settle_rate: '0.9998' },
  ],
  strategy_config: {
    ...{ order_notional: 1000, min_edge_bps: -500, max_edge_bps: 2000, exit_spread_bps: 3 },
    ...{ imbalance_time_s: 36_000, price_age_max_s: 36_000, cooldown_s: 3600 },
  },
}

const word = (key: string, values = {}): string => said('pair', key, values)

export function pairTests(test: BrowserTest, stack: BrowserStack): void {
  pageTests(test, stack)
  for (const look of [{ ...phone }, { ...desktop, theme: 'light' as const }])
    test(
      `shows a pair without serious findings of axe at ${look.width} px, ${look.theme}, in three languages`,
      async (tab) => {
        await open(tab)
        await isSound(tab)
        for (const language of languages.slice(1)) {
          await tab.page.evaluate(`localStorage.setItem('perpfleet.language', '${language}')`)
          await tab.page.reload()
          await card(tab, said('pair', 'taken.title', {}, language))
            .locator('tbody tr')
            .first()
            .waitFor()
          await isSound(tab)
        }
      },
      look,
    )
  restTests(test, stack)
}

function pageTests(test: BrowserTest, stack: BrowserStack): void {
  test('shows both legs, the pair and its opportunities instead of a grid', async (tab) => {
    await begin(stack)
    const { page } = tab
    await open(tab)
    const legs = card(tab, word('legs.title'))
    for (const venue of ['okx', 'hyperliquid']) await legs.getByText(`${venue} · main`).waitFor()
    assert.equal(await legs.locator('[data-state=running]').count(), 2)
    const pair = card(tab, word('pair.title'))
    await pair.getByText(word('pair.delta'), { exact: true }).waitFor()
    await pair.getByText(/^at most 0\.\d+$/).waitFor()
    const adjust = page.getByRole('button', { name: said('instance', 'adjust.open') })
    assert.equal(await adjust.count(), 0, 'there is no grid to adjust')
    const grid = page.getByRole('heading', { name: said('instance', 'facts.title'), exact: true })
    assert.equal(await grid.count(), 0, 'there is no grid to show')

    const [first] = (await taken(stack)).filter(({ closed_at: at }) => at !== null)
    assert.ok(first)
    assert.deepEqual(await cellsOf(tab, first), {
      result: `${money(first.total)}USDT`,
      fees: money(`-${first.fees}`),
      yearly: '–',
    })
    // A cost, as the command line has it: positive is worse.
    const slippage = await row(tab, first)
      .locator(`[data-label="${word('taken.slippage')}"]`)
      .textContent()
    const written = Number(slippage?.trim().replace('\u2212', '-'))
    assert.ok(Math.abs(written - Number(first.slippage)) < 0.006, `${slippage}`)
    const dash = row(tab, first).locator(`[data-label="${word('taken.yearly')}"] span`)
    assert.equal(await dash.getAttribute('title'), word('taken.noYear'))
  })

  test('shows a paused pair as closed for new risk, and a viewer the same without buttons', async (tab) => {
    await stack.ask('POST', `/instances/${ID}/pause`, {})
    await open(tab, viewer)
    const legs = card(tab, word('legs.title'))
    await legs.locator('[data-state=paused]').nth(1).waitFor()
    await legs.getByText(word('legs.held')).nth(1).waitFor()
    assert.equal(await legs.getByText(word('legs.open')).count(), 0)
    await stack.ask('POST', `/instances/${ID}/resume`, {})
    await legs.getByText(word('legs.open')).nth(1).waitFor()
  })
}

function restTests(test: BrowserTest, stack: BrowserStack): void {
  test('keeps the opportunities of a pair that was stopped', async (tab) => {
    await stack.ask('POST', `/instances/${ID}/stop`, { positions: 'close' })
    await until('it rests', async () => (await stack.row(ID)).state === 'stopped')
    const [first] = await taken(stack)
    assert.ok(first)
    await open(tab)
    await row(tab, first).waitFor()
    await card(tab, word('legs.title')).getByText(word('lastKnown')).waitFor()
    assert.equal(await tab.page.getByRole('heading', { name: word('pair.title') }).count(), 0)
  })
}

/** Until it has taken two opportunities. */
async function begin(stack: BrowserStack): Promise<void> {
  const path = join(stack.dir, `${ID}.json`)
  writeFileSync(path, JSON.stringify(file, null, 2))
  const { code, stderr } = await stack.run('start', '--config', path)
  assert.equal(code, 0, stderr)
  await until(
    'two opportunities are over',
    async () => (await taken(stack)).filter(({ outcome }) => outcome !== null).length > 1,
  )
}

async function taken(stack: BrowserStack): Promise<readonly ExecutedRow[]> {
  const path = `/arbitrage/executed?instance=${ID}`
  return ((await stack.ask('GET', path)) as { readonly items: readonly ExecutedRow[] }).items
}

async function open(tab: Tab, user = admin): Promise<void> {
  await tab.go(PATH)
  await tab.enter(user)
  await tab.live()
  await tab.instance(ID)
  await card(tab, word('taken.title')).locator('tbody tr').first().waitFor()
}

const card = (tab: Tab, title: string) =>
  tab.page
    .locator('section')
    .filter({ has: tab.page.getByRole('heading', { level: 2, name: title, exact: true }) })

const row = (tab: Tab, { number }: ExecutedRow) =>
  card(tab, word('taken.title'))
    .locator('tbody tr')
    .filter({ has: tab.page.getByText(String(number), { exact: true }) })

async function cellsOf(tab: Tab, one: ExecutedRow) {
  const cell = async (key: string) =>
    (
      await row(tab, one)
        .locator(`[data-label="${word(`taken.${key}`)}"]`)
        .textContent()
    )?.trim()
  return { result: await cell('result'), fees: await cell('fees'), yearly: await cell('yearly') }
}

/** As the page writes an amount with its sign. */
const money = (text: string): string =>
  Number(text)
    .toFixed(2)
    .replace('-', '\u2212')
    .replace(/^(?=\d)/, '+')

async function isSound(tab: Tab): Promise<void> {
  await tab.until('the chart is there', `document.querySelector('main canvas') !== null`)
  assert.equal(await tab.overflow(), 0, 'wider than the screen')
  assert.deepEqual(await tab.violations(), [])
  const text = await tab.page.locator('main').innerText()
  assert.deepEqual(text.match(/\{\{\w+\}\}|\bundefined\b|\bNaN\b|\[object/g) ?? [], [])
}
