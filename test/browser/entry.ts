/** The door: who gets in, by mouse and by keyboard, and what a user without rights is shown. */
import assert from 'node:assert/strict'
import { until } from '../integration/fleet-home.ts'
import type { BrowserTest } from './browser-test.ts'
import { admin, viewer } from './stack.ts'
import { Tab } from './tab.ts'
import { said } from './words.ts'

const REFUSED = /status of 401/

export function entryTests(test: BrowserTest): void {
  loginTests(test)
  rightsTests(test)
}

function loginTests(test: BrowserTest): void {
  test('refuses a wrong password and lets the right one in', async (tab) => {
    tab.expect(REFUSED)
    const { page } = tab
    await tab.go()
    await tab.enter({ ...admin, password: 'not the password' })
    await page.getByRole('alert').getByText(said('common', 'login.outcome.wrong')).waitFor()
    assert.match(page.url(), /\/login/)
    await tab.enter(admin)
    await tab.live()
    await page.locator('[data-instance=demo_sol_01]').waitFor()
    await page.locator('[data-feed=demo]').waitFor()
  })

  test('asks strangers for a login wherever they come from, and goes on to where they wanted', async (tab) => {
    await tab.go('/instances/demo_eth_01')
    await tab.enter(admin)
    await tab.live()
    assert.equal(new URL(tab.page.url()).pathname, '/instances/demo_eth_01')
    assert.equal(new URL(tab.page.url()).search, '')
  })

  test('lets no script in but its own, and these tests hear of it', async (tab) => {
    await tab.go()
    await tab.page.locator('input[name=password]').waitFor()
    assert.deepEqual(tab.faults(), [])
    const inline = `document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.wasRun = true' }))`
    await tab.page.evaluate(inline)
    await until('the console tells of it', () => tab.faults().length > 0)
    assert.match(tab.faults()[0] ?? '', /Content Security Policy/)
    assert.equal(await tab.page.evaluate('globalThis.wasRun'), undefined)
    tab.expect(/Content Security Policy/)
  })

  test('opens an instance by the keyboard alone', async (tab) => {
    const { page } = tab
    await tab.go()
    // the password field has the focus
    await tab.until(
      'a field for the password has the focus',
      `document.activeElement?.name === 'password'`,
    )
    await page.keyboard.type(admin.password)
    await page.keyboard.press('Enter')
    await tab.live()
    await page.locator('[data-instance=demo_sol_01]').waitFor()
    await tabTo(tab, `/instances/demo_sol_01`)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/instances\/demo_sol_01$/)
    await tab.instance('demo_sol_01')
  })
}

function rightsTests(test: BrowserTest): void {
  test('shows a viewer everything and offers nothing to do', async (tab) => {
    const { page } = tab
    await tab.logIn(viewer)
    const row = page.locator('[data-instance=demo_sol_01]')
    await row.waitFor()
    assert.equal(await row.getByRole('button').count(), 0)
    await row.getByRole('link').first().click()
    await tab.instance('demo_sol_01')
    for (const word of ['stop', 'pause', 'close', 'kill']) {
      const name = said('fleet', `action.${word}`)
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name)
    }
  })

  test('ends the session in every tab of a browser, and only there', async (tab) => {
    const { page } = tab
    await tab.logIn(admin)
    const second = await Tab.beside(tab)
    await second.go('/instances/demo_eth_01')
    await second.live()
    await page.getByRole('button', { name: said('common', 'menu.user') }).click()
    await page.getByRole('menuitem', { name: said('common', 'menu.logout') }).click()
    await page.waitForURL(/\/login/)
    await second.page.waitForURL(/\/login/)
    await tab.enter(admin)
    await tab.live()
    await second.page.waitForURL(/\/instances\/demo_eth_01$/)
    await second.live()
    assert.deepEqual(second.faults(), [])
  })
}

/** By Tab until a link to this address has the focus. */
async function tabTo(tab: Tab, path: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await tab.page.keyboard.press('Tab')
    if (
      await tab.page.evaluate<boolean>(`document.activeElement?.getAttribute('href') === '${path}'`)
    )
      return
  }
  assert.fail(`60 times Tab does not lead to ${path}`)
}
