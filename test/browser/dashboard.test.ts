// The dashboard in a real Chromium on the real stack: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { actingTests } from './acting.ts'
import { findChromium, startChromium } from './chromium.ts'
import { entryTests } from './entry.ts'
import { labTests } from './lab.ts'
import { looksTests } from './looks.ts'
import { lossTests } from './loss.ts'
import { pairTests } from './pair.ts'
import { BrowserStack, viewer } from './stack.ts'
import { type Look, Tab } from './tab.ts'

/** Minutes of market in a minute: several fills a second. */
const SPEED = 1200

const found = await findChromium()
const skip = found.path === null ? found.reason : false

describe('the dashboard', { skip }, () => {
  const stack = new BrowserStack()
  let browser: Browser | null = null

  before(async () => {
    if (found.path === null) return
    await Promise.all([
      stack.start(SPEED),
      startChromium(found.path).then((started) => {
        browser = started
      }),
    ])
    await stack.addUser(viewer, 'viewer')
  })
  after(async () => {
    await browser?.close()
    await stack.close()
  })

  /** A test with a browser of its own; afterwards the console must be empty. */
  const test = (name: string, work: (tab: Tab) => Promise<void>, look?: Look) =>
    it(name, async () => {
      assert.ok(browser)
      const tab = await Tab.open(browser, stack.url, look)
      try {
        await work(tab)
        assert.deepEqual(tab.faults(), [], 'the console')
      } finally {
        await tab.close()
      }
    })

  entryTests(test)
  actingTests(test, stack)
  labTests(test, stack)
  looksTests(test)
  pairTests(test, stack)
  lossTests(test, stack)
})
