/** What the main thread of a page does, by Chromium's own trace; its heap; and the scripts it has loaded. */
import { gzipSync } from 'node:zlib'
import type { Browser, CDPSession, Page } from 'playwright-core'

/** Tasks of the main thread, as long as the trace saw it. */
export interface MainThread {
  readonly tasks: number
  readonly longestMs: number
  /** The same without the time in which the processor did something else. */
  readonly longestOwnMs: number
  /** Longer than 50 ms: what people can feel. */
  readonly long: number
  /** Longer than 200 ms, with what took the time. */
  readonly tooLong: readonly string[]
  /** Share of the time. */
  readonly busy: number
  readonly seconds: number
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** µs */
  readonly ts: number
  readonly dur?: number
  /** µs on the processor: where it is much less than `dur`, the machine was busy elsewhere. */
  readonly tdur?: number
  readonly args?: Readonly<Record<string, unknown>>
}

const TIMELINE = 'disabled-by-default-devtools.timeline'
const LONG_US = 50_000
const TOO_LONG_US = 200_000

/** Traces while `work` runs. One page alone is open in the browser. @throws Error when the trace says nothing of its main thread */
export async function traced(browser: Browser, work: () => Promise<void>): Promise<MainThread> {
  const session = await browser.newBrowserCDPSession()
  const includedCategories = ['-*', 'devtools.timeline', TIMELINE]
  await session.send('Tracing.start', {
    transferMode: 'ReturnAsStream',
    traceConfig: { recordMode: 'recordAsMuchAsPossible', includedCategories },
  })
  await work()
  const ended = new Promise<{ readonly stream?: string; readonly dataLossOccurred: boolean }>(
    (resolve) => session.once('Tracing.tracingComplete', resolve),
  )
  await session.send('Tracing.end')
  const { stream, dataLossOccurred } = await ended
  if (stream === undefined || dataLossOccurred) throw new Error('the trace is not complete')
  const text = await readStream(session, stream)
  await session.detach()
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] }
  return mainThreadOf(traceEvents)
}

async function readStream(session: CDPSession, handle: string): Promise<string> {
  const parts: string[] = []
  for (;;) {
    const { data, eof, base64Encoded } = await session.send('IO.read', { handle, size: 2 ** 20 })
    parts.push(base64Encoded === true ? Buffer.from(data, 'base64').toString() : data)
    if (eof) break
  }
  await session.send('IO.close', { handle })
  return parts.join('')
}

/** The busiest main thread of a renderer: there is one page. */
function mainThreadOf(events: readonly TraceEvent[]): MainThread {
  const threads = events
    .filter(({ name, args }) => name === 'thread_name' && args?.['name'] === 'CrRendererMain')
    .map(({ pid, tid }) => {
      const own = events.filter((one) => one.pid === pid && one.tid === tid && one.ph === 'X')
      return { own, tasks: own.filter(({ name }) => name === 'RunTask') }
    })
    .sort((a, b) => b.tasks.length - a.tasks.length)
  const [thread] = threads
  if (thread === undefined || thread.tasks.length === 0)
    throw new Error('the trace holds no task of a main thread')
  const { tasks, own } = thread
  const lengths = tasks.map(({ dur = 0 }) => dur)
  const from = Math.min(...tasks.map(({ ts }) => ts))
  const to = Math.max(...tasks.map(({ ts, dur = 0 }) => ts + dur))
  const sum = lengths.reduce((all, one) => all + one, 0)
  return {
    tasks: tasks.length,
    longestMs: lengths.reduce((most, one) => Math.max(most, one), 0) / 1000,
    longestOwnMs: tasks.reduce((most, { dur = 0, tdur = dur }) => Math.max(most, tdur), 0) / 1000,
    long: lengths.filter((one) => one > LONG_US).length,
    tooLong: tasks.filter(({ dur = 0 }) => dur > TOO_LONG_US).map((task) => describe(task, own)),
    busy: sum / (to - from),
    seconds: (to - from) / 1e6,
  }
}

/** A long task by its longest parts. */
function describe(task: TraceEvent, events: readonly TraceEvent[]): string {
  const end = task.ts + (task.dur ?? 0)
  const parts = events
    .filter(({ name, ts, dur = 0 }) => name !== 'RunTask' && ts >= task.ts && ts + dur <= end)
    .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0))
    .slice(0, 4)
    .map(({ name, dur = 0 }) => `${name} ${(dur / 1000).toFixed(0)} ms`)
  const { dur = 0, tdur = dur } = task
  return `${(dur / 1000).toFixed(0)} ms, ${(tdur / 1000).toFixed(0)} of it on the processor: ${parts.join(', ')}`
}

/** What the page holds after everything that can go has gone, MB. */
export async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 2 ** 20
}

/** Least squares: by how much y grows when x grows by one. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (index: 0 | 1) =>
    points.reduce((sum, point) => sum + point[index], 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  const above = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0)
  const below = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  return above / below
}

/** Every script that the page has loaded, kB after gzip. */
export async function scriptsKb(page: Page): Promise<ReadonlyMap<string, number>> {
  const names = await page.evaluate<string[]>(
    `[...new Set(performance.getEntriesByType('resource').map(({ name }) => name))].filter((name) => /\\.m?js(\\?|$)/.test(name))`,
  )
  const sizes = await Promise.all(
    names.map(async (name) => {
      const answer = await fetch(name)
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
      const bytes = gzipSync(Buffer.from(await answer.arrayBuffer())).length
      return [new URL(name).pathname, bytes / 1000] as const
    }),
  )
  return new Map(sizes)
}
