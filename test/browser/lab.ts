/** The lab: recorded data, a run with its progress, its report in a frame. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserTest } from './browser-test.ts'
import { admin, type BrowserStack, viewer } from './stack.ts'
import type { Tab } from './tab.ts'
import { said } from './words.ts'

const SET = 'test/SOL/USDC:USDC/1m'
const FIRST = Date.UTC(2024, 0, 1)
const MINUTE_MS = 60_000
const CANDLES = 3000
const GRID = {
  grid_lower_price: '140',
  grid_upper_price: '160',
  grid_num: '11',
  order_quantity: '1',
}

export function labTests(test: BrowserTest, stack: BrowserStack): void {
  test('tests an instance on recorded data and shows the report', async (tab) => {
    await record(stack)
    await tab.logIn(admin)
    await tab.page.getByRole('link', { name: said('common', 'nav.lab'), exact: true }).click()
    await begin(tab)
    await tab.page.waitForURL(/\/lab\/backtest-/)
    const frame = tab.page.frameLocator('iframe')
    await frame.locator('svg').first().waitFor()
    await frame.getByText('demo_sol_01').first().waitFor()
    assert.deepEqual(await tab.violations(), [])
    await tab.page.getByRole('link', { name: said('lab', 'run.back') }).click()
    const row = tab.page.getByRole('row').filter({ hasText: 'demo_sol_01' })
    await row.getByText(said('lab', 'state.done')).waitFor()
    assert.deepEqual(await tab.violations(), [])
    assert.equal(await tab.overflow(), 0)
  })

  test('tells why a run failed, and forgets it', async (tab) => {
    await tab.logIn(admin)
    await tab.go('/lab')
    await choose(tab)
    await tab.page.locator('main details summary').click()
    await tab.page.getByLabel('grid_lower_price', { exact: true }).fill('500')
    await tab.page.getByLabel('grid_upper_price', { exact: true }).fill('400')
    await press(tab)
    await tab.page.locator('main').getByRole('alert').waitFor()
    const told = await tab.page.locator('main').getByRole('alert').textContent()
    assert.match(told ?? '', /grid_(lower|upper)_price/)
    await tab.page.getByRole('link', { name: said('lab', 'run.change') }).click()
    const lower = tab.page.getByLabel('grid_lower_price', { exact: true })
    await lower.waitFor()
    assert.equal(await lower.inputValue(), '500')
    await tab.page.goBack()
    await tab.page.getByRole('link', { name: said('lab', 'run.back') }).click()
    const row = tab.page.getByRole('row').filter({ hasText: said('lab', 'state.failed') })
    await row.getByRole('button', { name: said('lab', 'runs.remove') }).click()
    await row.waitFor({ state: 'detached' })
  })

  test('says what a grid needs before it can run on recorded data', async (tab) => {
    await tab.logIn(admin)
    await tab.go('/lab')
    const form = tab.page.locator('main form')
    await form.getByLabel(said('lab', 'form.what')).selectOption('s:perp_grid')
    const run = tab.page.getByRole('button', { name: said('lab', 'form.run') })
    assert.equal(await run.isDisabled(), true)
    await form.getByText(said('lab', 'form.needs.lines')).waitFor()
    assert.deepEqual(await tab.violations(), [])
    for (const [key, value] of Object.entries(GRID))
      await form.getByLabel(key, { exact: true }).fill(value)
    assert.equal(await run.isEnabled(), true)
    assert.equal(await tab.overflow(), 0)
  })

  test('shows runs to viewers and lets them start none', async (tab) => {
    await tab.logIn(viewer)
    await tab.go('/lab')
    await tab.page.locator('main a[href^="/lab/backtest-"]').first().waitFor()
    assert.equal(await tab.page.locator('main form').count(), 0)
    assert.equal(await tab.page.locator('main table button').count(), 0)
  })
}

/** A swing around 150, as a file that a person imports. */
async function record(stack: BrowserStack): Promise<void> {
  const lines = ['timestamp_ms,open,high,low,close,volume']
  const at = (minute: number) => Math.round((150 + 6 * Math.sin(minute / 60)) * 100) / 100
  for (let minute = 0; minute < CANDLES; minute += 1) {
    const [open, close] = [at(minute), at(minute + 1)]
    const row = [open, Math.max(open, close), Math.min(open, close), close, 5000]
    lines.push([FIRST + minute * MINUTE_MS, ...row].join(','))
  }
  const file = join(stack.dir, 'swing.csv')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const place = ['--venue', 'test', '--symbol', 'SOL_USDC_PERP', '--timeframe', '1m']
  const { code, stderr } = await stack.run('data', 'import', file, ...place)
  assert.equal(code, 0, stderr)
}

async function choose(tab: Tab): Promise<void> {
  const form = tab.page.locator('main form')
  await form.getByLabel(said('lab', 'form.what')).selectOption('i:demo_sol_01')
  await form.getByLabel(said('lab', 'form.data')).selectOption(SET)
}

const press = (tab: Tab): Promise<void> =>
  tab.page.getByRole('button', { name: said('lab', 'form.run') }).click()

async function begin(tab: Tab): Promise<void> {
  await choose(tab)
  await press(tab)
}
