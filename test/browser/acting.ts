/** What a trader does: watch fills, stop and start an instance, adjust its grid. */
import assert from 'node:assert/strict'
import { until } from '../integration/fleet-home.ts'
import type { BrowserTest } from './browser-test.ts'
import { admin, type BrowserStack } from './stack.ts'
import type { Tab } from './tab.ts'
import { said } from './words.ts'

const ID = 'demo_sol_01'

export function actingTests(test: BrowserTest, stack: BrowserStack): void {
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
    await dialog.locator('footer').getByRole('button', { name: said('common', 'cancel') }).click()
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

/** By the menu of its row. */
async function ask(tab: Tab, action: 'stop' | 'start'): Promise<void> {
  const row = tab.page.locator(`[data-instance=${ID}]`)
  await row.getByRole('button', { name: said('fleet', 'action.menu', { id: ID }) }).click()
  await tab.page.getByRole('menuitem', { name: said('fleet', `action.${action}`) }).click()
}

/** The button that does it, at the end of the dialog. */
const confirm = (tab: Tab, action: 'stop' | 'start'): Promise<void> =>
  tab.page
    .getByRole('dialog')
    .locator('footer')
    .getByRole('button', { name: said('fleet', `action.${action}`) })
    .click()
