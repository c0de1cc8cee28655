/** One tab of the browser under watch: what its console complains of fails the test that opened it. */
import axe from 'axe-core'
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core'
import type { Credentials } from './stack.ts'
import { said } from './words.ts'

const LIMIT_MS = 20_000
const POLL_MS = 50

export interface Look {
  readonly width: number
  readonly height: number
  readonly language: string
  readonly theme: 'light' | 'dark'
  /** Pixels of the device for one of the page. */
  readonly scale?: number
}

export const desktop: Look = { width: 1440, height: 900, language: 'en-US', theme: 'dark' }
export const phone: Look = { ...desktop, width: 390, height: 844 }

interface Complaint {
  readonly text: string
  readonly url: string
}

export class Tab {
  readonly page: Page
  readonly #url: string
  readonly #complaints: Complaint[] = []
  /** What a test provokes itself: a wrong password, a dead server. */
  readonly #expected: RegExp[] = []

  private constructor(page: Page, url: string) {
    this.page = page
    this.#url = url
    page.setDefaultTimeout(LIMIT_MS)
    page.on('console', (message) => this.#hear(message))
    page.on('pageerror', (error) => this.#complaints.push({ text: `thrown: ${error}`, url: '' }))
  }

  /** A browser of its own: no cookies, no storage. */
  static async open(browser: Browser, url: string, look: Look = desktop): Promise<Tab> {
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.height },
      locale: look.language,
      colorScheme: look.theme,
      deviceScaleFactor: look.scale ?? 1,
      // transitions end at once: nothing waits for them
      reducedMotion: 'reduce',
      hasTouch: look.width < 640,
      timezoneId: 'UTC',
    })
    return new Tab(await context.newPage(), url)
  }

  /** Another tab of the same browser. */
  static async beside(tab: Tab): Promise<Tab> {
    return new Tab(await tab.page.context().newPage(), tab.#url)
  }

  get context(): BrowserContext {
    return this.page.context()
  }

  #hear(message: ConsoleMessage): void {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    this.#complaints.push({ text: message.text(), url: message.location().url })
  }

  /** Complaints like this are of the test's own making. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern)
  }

  /** Errors and warnings of the console, exceptions, violations of the policy: there must be none. */
  faults(): string[] {
    return this.#complaints
      .map(({ text, url }) => `${text} (${url})`)
      .filter((line) => !this.#expected.some((pattern) => pattern.test(line)))
  }

  async go(path = '/'): Promise<void> {
    await this.page.goto(`${this.#url}${path}`, { waitUntil: 'domcontentloaded' })
  }

  async enter(user: Credentials): Promise<void> {
    const { page } = this
    await page.locator('input[name=username]').fill(user.username)
    await page.locator('input[name=password]').fill(user.password)
    await page.locator('button[type=submit]').click()
  }

  /** From the address of the start page to the fleet, with live data. */
  async logIn(user: Credentials): Promise<void> {
    await this.go()
    await this.enter(user)
    await this.live()
  }

  /** The indicator of the header says that the stream is there. */
  async live(): Promise<void> {
    await this.connection('live')
  }

  async connection(state: string): Promise<void> {
    await this.page.locator(`header [data-connection="${state}"]`).waitFor()
  }

  /** The page of an instance is shown. */
  async instance(id: string): Promise<void> {
    await this.page.waitForURL(new RegExp(`/instances/${id}$`))
    await this.page.getByRole('heading', { level: 1 }).waitFor()
    await this.page.locator('main').getByText(id, { exact: true }).first().waitFor()
  }

  /** Another execution stands first in the list of the fleet page: what is shown is alive. */
  async fillArrives(): Promise<void> {
    const first = `document.querySelector('section[aria-label="${said('fleet', 'fills.newest')}"] li')?.textContent`
    const seen = await this.page.evaluate<string | undefined>(first)
    await this.until(`a fill arrives after ${seen}`, `${first} !== ${JSON.stringify(seen)}`)
  }

  /** Until an expression is true in the page; asked from here, since the policy of the page forbids `eval` in it. */
  async until(what: string, expression: string): Promise<void> {
    const end = performance.now() + LIMIT_MS
    while (!(await this.page.evaluate<boolean>(`Boolean(${expression})`))) {
      if (performance.now() > end)
        throw new Error(`not within ${LIMIT_MS} ms: ${what} (${this.page.url()})`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  /** Nothing reaches beyond the right edge: nobody has to scroll sideways. */
  overflow(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  }

  /** Findings of axe that count as serious or critical, each with the first element it is about. */
  async violations(): Promise<string[]> {
    const session = await this.context.newCDPSession(this.page)
    // by the debugger: the policy of the page lets no script of ours in
    await session.send('Runtime.evaluate', { expression: `${axe.source};0` })
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression:
        'axe.run(document, { resultTypes: ["violations"] }).then((r) => JSON.stringify(r.violations))',
      awaitPromise: true,
      returnByValue: true,
    })
    await session.detach()
    if (exceptionDetails !== undefined) throw new Error(`axe failed: ${exceptionDetails.text}`)
    const found = JSON.parse(String(result.value)) as readonly {
      readonly id: string
      readonly impact: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
    }[]
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) =>
          `${id} × ${nodes.length}: ${nodes[0]?.html} (${nodes[0]?.failureSummary})`,
      )
  }

  async close(): Promise<void> {
    await this.context.close()
  }
}
