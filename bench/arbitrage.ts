/**
 * What the scanner of opportunities costs: books of four venues with fifty contracts each, twenty updates a second and book, as
 * messages of each venue over local sockets, through the adapters' parsers to opportunities that are up to date. The reference of
 * the targets is the target, that of the last row a bare JSON.parse of the same bytes in the same process. Writes
 * reports/bench-arbitrage.json.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import type { ScanFigures, ScannerOrder, ScannerWord } from './arbitrage-scanner.ts'
import { benchedVenues, CONTRACTS, type VenuesOrder, type VenuesWord } from './arbitrage-terms.ts'
import { type Row, shownRatio } from './measure.ts'

const UPDATES_PER_S = 20
const WARM_UP_MS = 5_000
const MEASURED_MS = 20_000
const ANSWER_LIMIT_MS = 60_000
const P99_MAX_MS = 5
const CPU_MAX = 1
const REPORT = join(import.meta.dirname, '..', 'reports', 'bench-arbitrage.json')

/** A process that answers one order with one word. */
class Worker<Order, Word extends { readonly kind: string }> {
  readonly #child: ChildProcess

  constructor(script: string) {
    this.#child = fork(join(import.meta.dirname, script), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
  }

  say(order: Order): void {
    this.#child.send(order as object)
  }

  hear<Kind extends Word['kind']>(kind: Kind): Promise<Extract<Word, { readonly kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${kind} in time`)), ANSWER_LIMIT_MS)
      const ended = (): void => reject(new Error(`ended before it told ${kind}`))
      this.#child.once('exit', ended)
      this.#child.once('message', (word) => {
        clearTimeout(timer)
        this.#child.off('exit', ended)
        resolve(word as Extract<Word, { readonly kind: Kind }>)
      })
    })
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

export async function benchArbitrage(): Promise<readonly Row[]> {
  const venues = new Worker<VenuesOrder, VenuesWord>('arbitrage-load.ts')
  const scanner = new Worker<ScannerOrder, ScannerWord>('arbitrage-scanner.ts')
  try {
    const { ports } = await venues.hear('ports')
    venues.say({ kind: 'start', updatesPerS: UPDATES_PER_S })
    scanner.say({ kind: 'open', ports })
    await scanner.hear('open')
    scanner.say({ kind: 'measure', forMs: WARM_UP_MS })
    await scanner.hear('figures')
    scanner.say({ kind: 'measure', forMs: MEASURED_MS })
    const figures = await scanner.hear('figures')
    venues.say({ kind: 'sample' })
    const { texts } = await venues.hear('sample')
    scanner.say({ kind: 'parse', texts })
    return report(figures, await scanner.hear('parsed'))
  } finally {
    scanner.end()
    venues.end()
  }
}

type Parsed = Extract<ScannerWord, { kind: 'parsed' }>

function report(figures: ScanFigures, parsed: Parsed): readonly Row[] {
  const { updates, seconds, read, sent, cpu, memoryMb, pairs, fresh, opportunities } = figures
  const rate = updates / seconds
  const asked = benchedVenues.length * CONTRACTS * UPDATES_PER_S
  const bare = (parsed.nsPerMessage * rate) / 1e9
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, load: loadavg()[0] }
  const document = { machine, node: process.version, asked_per_s: asked, ...figures, ...parsed }
  mkdirSync(dirname(REPORT), { recursive: true })
  writeFileSync(
    REPORT,
    `${JSON.stringify({ ...document, kind: undefined, bare_cpu: bare, cpu_ratio: cpu / bare }, null, 2)}\n`,
  )
  const ms = (value: number): string => `${value.toFixed(3)} ms`
  const percent = (value: number): string => `${(value * 100).toFixed(0)} % of a core`
  const flow = `${rate.toFixed(0)} updates/s of ${asked} asked, ${fresh} of ${pairs} pairs fresh, ${opportunities} opportunities`
  const isSlowFlow = rate < asked * 0.95 || fresh < pairs
  return [
    {
      what: 'arbitrage: bytes read → opportunities up to date, p99 (vs target)',
      measured: ms(read.p99),
      reference: ms(P99_MAX_MS),
      ratio: shownRatio(read.p99 / P99_MAX_MS),
      note: `p50 ${ms(read.p50)}, max ${ms(read.max)}; ${flow}; load of the machine ${load}`,
      isMissed: read.p99 > P99_MAX_MS || isSlowFlow,
    },
    {
      what: 'arbitrage: message made by the venue → opportunities up to date, p99 (vs target)',
      measured: ms(sent.p99),
      reference: ms(P99_MAX_MS),
      ratio: shownRatio(sent.p99 / P99_MAX_MS),
      note: `p50 ${ms(sent.p50)}, max ${ms(sent.max)}; stamps are whole ms, so up to 1 ms too long; no target of its own`,
    },
    {
      what: 'arbitrage: processor time of the scanner (vs target)',
      measured: percent(cpu),
      reference: percent(CPU_MAX),
      ratio: shownRatio(cpu / CPU_MAX),
      note: `resident ${memoryMb.toFixed(0)} MB`,
      isMissed: cpu > CPU_MAX,
    },
    {
      what: 'arbitrage: processor time of the scanner (vs bare JSON.parse of the same bytes)',
      measured: percent(cpu),
      reference: percent(bare),
      ratio: shownRatio(cpu / bare),
      note: `${parsed.bytesPerMessage.toFixed(0)} bytes a message; sockets, books and ${pairs} pairs included`,
    },
  ]
}
