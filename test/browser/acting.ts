/** What a trader does: watch fills, stop and start an instance, adjust its grid. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../integration/fleet-home.ts'
import type { BrowserTest } from './browser-test.ts'
import { admin, type BrowserStack } from './stack.ts'
import type { Tab } from './tab.ts'
import { said } from './words.ts'

const ID = 'demo_eth_01'
const WIDENED = 'demo_sol_01'
/** Lines above. */
const ADDED = 5

export function actingTests(test: BrowserTest, stack: BrowserStack): void {
  watchingTests(test, stack)
  adjustingTests(test, stack)
}

function watchingTests(test: BrowserTest, stack: BrowserStack): void {
  test('shows fills as they happen', async (tab) => {
    await tab.logIn(admin)
    await tab.fillArrives()
    await tab.fillArrives()
  })

  test('stops an instance after saying what will happen, and starts it again', async (tab) => {
    const { page } = tab
    await tab.logIn(admin)
    const row = page.locator(`[data-instance=${ID}]`)
    await ask(tab, 'stop')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: said('fleet', 'ask.stop', { id: ID }) }).waitFor()
    // nothing happens to who changes his mind
    await dialog
      .locator('footer')
      .getByRole('button', { name: said('common', 'cancel') })
      .click()
    await dialog.waitFor({ state: 'hidden' })
    assert.equal((await stack.row(ID)).desired, 'running')

    await ask(tab, 'stop')
    await confirm(tab, 'stop')
    await dialog.waitFor({ state: 'hidden' })
    await row.locator('[data-state=stopped]').waitFor()
    await until('it has stopped', async () => (await stack.row(ID)).state === 'stopped')

    await ask(tab, 'start')
    await confirm(tab, 'start')
    await dialog.waitFor({ state: 'hidden' })
    await row.locator('[data-state=running]').waitFor()
    await until('it runs', async () => (await stack.row(ID)).state === 'running')
  })
}

function adjustingTests(test: BrowserTest, stack: BrowserStack): void {
  test('adjusts a grid after showing the difference', async (tab) => {
    const { page } = tab
    await tab.logIn(admin)
    await page.locator(`[data-instance=${WIDENED}]`).getByRole('link').first().click()
    await tab.instance(WIDENED)
    const { lower, upper, lines } = gridOf(stack)
    const step = (upper - lower) / (lines - 1)
    await page.getByRole('button', { name: word('adjust.open') }).click()
    const dialog = page.getByRole('dialog')
    const send = dialog.getByRole('button', { name: SEND })
    assert.equal(await send.isDisabled(), true, 'nothing has been changed yet')
    await dialog.getByLabel(word('adjust.upper')).fill(String(upper + ADDED * step))
    await dialog.getByLabel(word('adjust.levels')).fill(String(lines + ADDED))
    const placed = dialog.locator('dl > div').filter({ hasText: word('adjust.placed') })
    await placed
      .locator('dd')
      .getByText(/^[1-9]\d*$/)
      .waitFor()
    assert.equal(gridOf(stack).upper, upper, 'the preview writes nothing')
    const done = dialog.getByText(word('adjust.doneWritten'))
    await until('it is adjusted', async () => {
      if (await done.isVisible()) return true
      // where the market stands decides whether it needs a trade at once, which must be agreed to
      const agree = dialog.getByLabel(word('adjust.agree'))
      if (await agree.isVisible()) await agree.check()
      if (await send.isEnabled()) await send.click({ timeout: 2000 }).catch(() => {})
      return false
    })
    await dialog.getByRole('button', { name: word('adjust.close') }).click()
    await dialog.waitFor({ state: 'hidden' })
    const now = gridOf(stack)
    assert.deepEqual(
      [now.lower, now.upper, now.lines],
      [lower, upper + ADDED * step, lines + ADDED],
    )
    await page
      .locator('main')
      .getByText(String(lines + ADDED), { exact: true })
      .first()
      .waitFor()
  })
}

/** `Adjust`, and `Adjust and trade`. */
const SEND = new RegExp(`^${said('instance', 'adjust.send')}`)
const word = (key: string): string => said('instance', key)

/** As its file says. */
function gridOf(stack: BrowserStack): { lower: number; upper: number; lines: number } {
  const text = readFileSync(join(stack.dir, 'config', 'active', `${WIDENED}.json`), 'utf8')
  const value = (key: string): number => Number(new RegExp(`"${key}": *([\\d.]+)`).exec(text)?.[1])
  return {
    lower: value('grid_lower_price'),
    upper: value('grid_upper_price'),
    lines: value('grid_num'),
  }
}

/** By the menu of its row. */
async function ask(tab: Tab, action: 'stop' | 'start'): Promise<void> {
  const row = tab.page.locator(`[data-instance=${ID}]`)
  await row.getByRole('button', { name: said('fleet', 'action.menu', { id: ID }) }).click()
  await tab.page
    .getByRole('menuitem', { name: said('fleet', `action.${action}`), exact: true })
    .click()
}

/** The button that does it, at the end of the dialog. */
const confirm = (tab: Tab, action: 'stop' | 'start'): Promise<void> =>
  tab.page
    .getByRole('dialog')
    .locator('footer')
    .getByRole('button', { name: said('fleet', `action.${action}`) })
    .click()
