/**
 * The dashboard with ten busy instances in a real Chromium: how long its main thread is held up, whether its memory grows,
 * how much script it loads. `--minutes N`: how long the memory is watched.
 */
import { parseArgs } from 'node:util'
import type { Browser, CDPSession } from 'playwright-core'
import { findChromium, startChromium } from '../browser/chromium.ts'
import { admin, BrowserStack } from '../browser/stack.ts'
import { Tab } from '../browser/tab.ts'
import { heapMb, type MainThread, scriptsKb, slope, traced } from '../browser/trace.ts'
import { table } from './figures.ts'
import { fleetFiles, writeFleetFile } from './fleet-files.ts'
import { type DrillReport, pause } from './fleet-home.ts'

const COUNT = 10
const EVENTS_PER_SECOND = 50
const TRACE_MS = 60_000
const TASK_LIMIT_MS = 200
const SCRIPTS_LIMIT_KB = 300
/** Lists and curves of the page are full then. */
const WARM_UP = 0.2
const SAMPLE_MS = 15_000
/** Over the whole time: a leak of a row for each event would pass it many times over in ten minutes. */
const GROWTH_LIMIT_MB = 2
/** Minutes of market in a minute, and narrow cells: many fills a second. */
const SPEED = 3600

const { values } = parseArgs({
  strict: false,
  options: { minutes: { type: 'string', default: '10' } },
})

export async function windowDrill(report: DrillReport): Promise<void> {
  const minutes = Number(values['minutes'])
  if (!(minutes >= 1)) throw new Error('--minutes must be a number from 1')
  const found = await findChromium()
  if (found.path === null) throw new Error(found.reason)
  const stack = new BrowserStack()
  const files = fleetFiles(COUNT)
  for (const file of files) {
    writeFleetFile(stack.dir, file, { strategy: { price_range: 2, grid_num: 61 } })
  }
  await stack.start(SPEED)
  const browser = await startChromium(found.path)
  try {
    const tab = await Tab.open(browser, stack.url)
    const events = await countEvents(tab)
    await tab.logIn(admin)
    await scripts(tab, report)
    await smooth(browser, tab, events, files[0]?.id ?? '', report)
    await steady(tab, events, minutes, report)
    const faults = tab.faults()
    report.check('the console is empty', faults.length === 0, faults[0] ?? 'no error, no warning')
  } finally {
    await browser.close()
    await stack.run('down', '--stop-bots')
    await stack.close()
  }
}

/** Events of the stream that have arrived in the tab until now. */
async function countEvents(tab: Tab): Promise<() => number> {
  const session = await tab.context.newCDPSession(tab.page)
  let events = 0
  session.on('Network.webSocketFrameReceived', ({ response }) => {
    const message = JSON.parse(response.payloadData) as { type: string; events?: unknown[] }
    events += message.events?.length ?? 0
  })
  await session.send('Network.enable')
  return () => events
}

async function scripts(tab: Tab, report: DrillReport): Promise<void> {
  await tab.page.locator('main canvas').first().waitFor()
  await tab.page.waitForLoadState('networkidle')
  const sizes = await scriptsKb(tab.page)
  const total = [...sizes.values()].reduce((sum, one) => sum + one, 0)
  const rows = [...sizes].sort((a, b) => b[1] - a[1]).map(([name, kb]) => [name, kb.toFixed(1)])
  report.section(
    `## Scripts\n\nLoaded from the first request to the fleet page with live data, charts included; kB after gzip.\n\n${table(['script', 'kB'], [...rows, ['all', total.toFixed(1)]])}`,
  )
  report.check(
    `scripts until the fleet page is live ≤ ${SCRIPTS_LIMIT_KB} kB gzip`,
    total > 0 && total <= SCRIPTS_LIMIT_KB,
    `${total.toFixed(0)} kB in ${sizes.size} files`,
  )
}

interface Traced {
  readonly page: string
  readonly thread: MainThread
  readonly perSecond: number
}

/** A minute on each page. */
async function smooth(
  browser: Browser,
  tab: Tab,
  events: () => number,
  instance: string,
  report: DrillReport,
): Promise<void> {
  const look = async (page: string, path: string): Promise<Traced> => {
    await tab.go(path)
    await tab.live()
    await tab.page.waitForLoadState('networkidle')
    const [from, at] = [events(), performance.now()]
    const thread = await traced(browser, () => pause(TRACE_MS))
    return { page, thread, perSecond: (events() - from) / ((performance.now() - at) / 1000) }
  }
  const runs = [await look('fleet', '/'), await look('instance', `/instances/${instance}`)]
  const rows = runs.map(({ page, thread, perSecond }) => [
    page,
    thread.seconds.toFixed(0),
    perSecond.toFixed(0),
    thread.tasks,
    thread.longestMs.toFixed(0),
    thread.longestOwnMs.toFixed(0),
    thread.long,
    thread.tooLong.length,
    `${(thread.busy * 100).toFixed(0)} %`,
  ])
  const head = [
    'page',
    's',
    'events/s',
    'tasks',
    'longest ms',
    'on the processor',
    '> 50 ms',
    '> 200 ms',
    'busy',
  ]
  report.section(
    `## Main thread\n\n${COUNT} instances, demo market × ${SPEED}.\n\n${table(head, rows)}`,
  )
  for (const { page, thread } of runs)
    report.check(
      `${page}: no task over ${TASK_LIMIT_MS} ms in ${TRACE_MS / 1000} s`,
      thread.tooLong.length === 0 && thread.seconds * 1000 >= TRACE_MS * 0.9,
      thread.tooLong[0] ??
        `longest ${thread.longestMs.toFixed(0)} ms in ${thread.seconds.toFixed(0)} s`,
    )
  const perSecond = runs[0]?.perSecond ?? 0
  report.check(
    `fleet: at least ${EVENTS_PER_SECOND} events a second arrive`,
    perSecond >= EVENTS_PER_SECOND,
    `${perSecond.toFixed(0)}/s`,
  )
}

/** Of the fleet page, with all its lists and curves. */
async function steady(
  tab: Tab,
  events: () => number,
  minutes: number,
  report: DrillReport,
): Promise<void> {
  await tab.go()
  await tab.live()
  const session: CDPSession = await tab.context.newCDPSession(tab.page)
  const startedAt = performance.now()
  const from = events()
  const points: (readonly [minute: number, mb: number])[] = []
  const passed = () => (performance.now() - startedAt) / 60_000
  while (passed() < minutes) {
    await pause(Math.min(SAMPLE_MS, minutes * 6000))
    points.push([passed(), await heapMb(session)])
  }
  await session.detach()
  const warm = points.filter(([minute]) => minute >= minutes * WARM_UP)
  const grows = slope(warm) * minutes
  const perSecond = (events() - from) / (passed() * 60)
  const rows = points.map(([minute, mb]) => [minute.toFixed(1), mb.toFixed(2)])
  report.section(
    `## Memory\n\nThe fleet page, ${perSecond.toFixed(0)} events/s; heap after forced collections.\n\n${table(['minute', 'MB'], rows)}`,
  )
  report.check(
    `the heap grows by at most ${GROWTH_LIMIT_MB} MB in ${minutes} minutes`,
    warm.length >= 3 && grows <= GROWTH_LIMIT_MB,
    `${grows.toFixed(2)} MB by its slope after the first ${(minutes * WARM_UP).toFixed(1)}; ${warm[0]?.[1].toFixed(1)} → ${warm.at(-1)?.[1].toFixed(1)} MB`,
  )
}
