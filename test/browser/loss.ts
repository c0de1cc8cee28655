/** What must not look calm: the control plane dies while somebody looks, and comes back. */
import assert from 'node:assert/strict'
import type { BrowserTest } from './browser-test.ts'
import { admin, type BrowserStack } from './stack.ts'
import { said } from './words.ts'

/** Of the browser itself: nobody answers, or the line has broken. */
const NOBODY = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|WebSocket connection|status of 50\d/

export function lossTests(test: BrowserTest, stack: BrowserStack): void {
  test('says at once that the control plane is gone, and goes on by itself when it is back', async (tab) => {
    tab.expect(NOBODY)
    const { page } = tab
    await tab.logIn(admin)
    await page.locator('[data-instance=demo_sol_01]').waitFor()
    await page.locator('main canvas').first().waitFor()
    await stack.killControl()
    await tab.connection('down')
    const banner = page
      .getByRole('alert')
      .filter({ hasText: said('common', 'connection.banner.down') })
    await banner.waitFor()
    const asOf = said('common', 'connection.asOf', { time: '' }).split('  ')[0] ?? ''
    assert.ok((await banner.innerText()).includes(asOf.trim().replace(/\.$/, '')))
    // the values stay to be read, and do not look like those of now
    await page.locator('main.as-of').waitFor()
    await page.locator('[data-instance=demo_sol_01]').waitFor()
    await stack.startControl()
    await tab.live()
    await banner.waitFor({ state: 'hidden' })
    assert.equal(await page.locator('main.as-of').count(), 0)
    assert.match(page.url(), /\/$/)
    await tab.fillArrives()
  })

  test('keeps the session over a restart of the control plane and a reload of the page', async (tab) => {
    tab.expect(NOBODY)
    const { page } = tab
    await tab.logIn(admin)
    // all parts of the page are loaded
    await page.locator('main canvas').first().waitFor()
    await stack.killControl()
    await tab.connection('down')
    await stack.startControl()
    await page.reload()
    await tab.live()
    await page.locator('[data-instance=demo_sol_01]').waitFor()
    const cookies = await tab.context.cookies()
    const refresh = cookies.find(({ name }) => name.startsWith('perpfleet_refresh_'))
    assert.equal(refresh?.httpOnly, true)
    assert.equal(refresh.sameSite, 'Strict')
    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }])',
    )
    assert.doesNotMatch(kept, /eyJ|token/i, 'the access token lives in memory only')
  })
}
