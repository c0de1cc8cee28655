/** Every page in each language, on a desk and on a phone, dark and light; and what readers of screens get of it. */
import assert from 'node:assert/strict'
import type { BrowserTest } from './browser-test.ts'
import { admin } from './stack.ts'
import { desktop, type Look, phone, type Tab } from './tab.ts'
import { type Language, languages, said } from './words.ts'

const BROWSER_LANGUAGE: Readonly<Record<Language, string>> = {
  en: 'en-US',
  'zh-CN': 'zh-CN',
  'zh-TW': 'zh-TW',
}
const PAGES = ['/', '/instances/demo_sol_01'] as const
const LOGGED_IN = '[data-connection="live"]'

export function looksTests(test: BrowserTest): void {
  for (const [place, shape] of [
    ['a desk', desktop],
    ['a phone', phone],
  ] as const) {
    for (const theme of ['dark', 'light'] as const) {
      const look: Look = { ...shape, theme }
      test(
        `is complete on ${place}, ${theme}, in three languages, without serious findings of axe`,
        (tab) => lookAround(tab, theme),
        look,
      )
    }
  }
  for (const language of languages) {
    test(
      `speaks ${language} to a browser that does`,
      async (tab) => {
        await tab.go()
        await tab.page
          .getByRole('heading', { name: said('common', 'login.title', {}, language) })
          .waitFor()
        assert.equal(await tab.page.locator('html').getAttribute('lang'), language)
      },
      { ...desktop, language: BROWSER_LANGUAGE[language] },
    )
  }
}

async function lookAround(tab: Tab, theme: 'dark' | 'light'): Promise<void> {
  await tab.go()
  await tab.page.locator('input[name=password]').waitFor()
  await isSound(tab, 'login', theme)
  await tab.enter(admin)
  await tab.live()
  for (const path of PAGES) {
    if (path !== '/') await tab.page.locator(`a[href="${path}"]`).first().click()
    await shown(tab, path)
    await isSound(tab, path, theme)
    for (const language of [...languages.slice(1), languages[0]]) {
      await speak(tab, language)
      assert.equal(await tab.overflow(), 0, `${path} in ${language} is wider than the screen`)
    }
  }
}

/** Its numbers are there: no skeleton, no error. */
async function shown(tab: Tab, path: string): Promise<void> {
  if (path === '/') await tab.page.locator('[data-instance=demo_sol_01]').waitFor()
  else await tab.page.getByRole('heading', { level: 1 }).waitFor()
  await tab.until(`${path} is loaded`, `document.querySelector('main [aria-busy=true]') === null`)
  await tab.page.locator('main canvas').first().waitFor()
  // what is not of now is dimmed, also while it is asked for
  await tab.until(`${path} is of now`, `document.querySelector('.as-of') === null`)
}

async function isSound(tab: Tab, place: string, theme: string): Promise<void> {
  assert.equal(await tab.page.locator('html').getAttribute('data-theme'), theme)
  assert.equal(await tab.overflow(), 0, `${place} is wider than the screen`)
  assert.deepEqual(await tab.violations(), [], `axe on ${place}`)
}

const NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
}

/** By the menu of the header; afterwards no word of the page is a key. */
async function speak(tab: Tab, language: Language): Promise<void> {
  const { page } = tab
  const now = (await page.locator('html').getAttribute('lang')) as Language
  await page.getByRole('button', { name: said('common', 'menu.language', {}, now) }).click()
  await page.getByRole('menuitemcheckbox', { name: NAMES[language] }).click()
  await tab.until(`the page speaks ${language}`, `document.documentElement.lang === '${language}'`)
  await page.getByRole('button', { name: said('common', 'menu.language', {}, language) }).waitFor()
  const text = await page.locator('body').innerText()
  assert.deepEqual(text.match(/\{\{\w+\}\}|\bundefined\b|\bNaN\b|\[object/g) ?? [], [])
  await page.locator(LOGGED_IN).first().waitFor()
}
