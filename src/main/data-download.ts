/** `perpfleet data download`: history of a contract from its venue. */
import { CcxtVenue } from '../adapters/history/download/ccxt-venue.ts'
import {
  type DownloadRequest,
  type DownloadResult,
  downloadSeries,
} from '../adapters/history/download/download.ts'
import { type Patience, patiently, waitUntil } from '../adapters/history/download/patience.ts'
import { DOWNLOAD_VENUES, type VenueTerms } from '../adapters/history/download/venue-terms.ts'
import { downloadMessages as m } from '../cli/messages/data-download.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { checkWindow, parseVenue } from '../domain/history.ts'
import { parseSymbol } from '../domain/symbol.ts'
import { formatTimeShort, parseTime, parseTimeframe } from '../domain/timeframe.ts'
import type { SeriesKind } from '../ports/history.ts'
import { seriesName } from './data-sets.ts'
import {
  type ExitCode,
  grouped,
  type JobContext,
  JobError,
  ProgressBar,
  printJson,
  textOption,
} from './job-command.ts'

const KINDS: readonly SeriesKind[] = ['candles', 'mark', 'funding']

/** What is to be fetched, checked as far as it can be without the venue. */
interface Plan {
  readonly terms: VenueTerms
  readonly endpoint: string | null
  readonly kinds: readonly SeriesKind[]
  readonly request: Pick<
    DownloadRequest,
    'venue' | 'symbol' | 'timeframe' | 'from' | 'to' | 'isReplacing' | 'now'
  >
}

export async function downloadData(
  context: JobContext,
  words: readonly string[],
): Promise<ExitCode> {
  const { isJson, speech } = context
  const plan = planOf(context, words)
  const { venue, symbol, timeframe } = plan.request
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    const patience = patienceOf(context, venue, stop.signal)
    const source = await CcxtVenue.open(plan.terms, symbol, plan.endpoint)
    if (!source.hasTimeframe(timeframe)) {
      const known = source.timeframes.join(', ')
      throw new JobError(2, sentence(m.noTimeframe, { venue, timeframe: timeframe.text, known }))
    }
    await patiently(
      patience,
      () => source.load(),
      (error) => source.failureOf(error),
    )
    const results: DownloadResult[] = []
    for (const kind of plan.kinds) {
      if (stop.signal.aborted) break
      const result = await fetchKind(context, source, { ...plan.request, kind, patience })
      results.push(result)
      if (!isJson) process.stdout.write(`${resultText(result, plan, speech)}\n`)
    }
    return finish(results, plan, stop.signal.aborted, context)
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

function finish(
  results: readonly DownloadResult[],
  plan: Plan,
  isInterrupted: boolean,
  { isJson }: JobContext,
): ExitCode {
  if (isJson) printJson({ isInterrupted, series: results.map(seriesOf) })
  if (isInterrupted)
    throw new JobError(1, sentence(plan.request.isReplacing ? m.stoppedReplacing : m.stopped))
  // Funding or marks may be lacking; without candles there is no set.
  const isEmpty = results.every(({ header }) => header === null)
  return isEmpty ? 3 : 0
}

const seriesOf = ({ kind, header, rows, keptFrom }: DownloadResult) => ({
  kind,
  series: header === null ? null : seriesName(header),
  downloaded: rows,
  keptFrom,
  ...(header === null ? {} : { rows: header.rows, firstAt: header.firstAt, lastAt: header.lastAt }),
})

async function fetchKind(
  { history, speech, isJson }: JobContext,
  source: CcxtVenue,
  request: Omit<DownloadRequest, 'onProgress'>,
): Promise<DownloadResult> {
  const { kind, venue } = request
  const progress = new ProgressBar(speech.say(m.fetching, { kind, venue }), !isJson)
  try {
    return await downloadSeries(history, source, {
      ...request,
      onProgress: (share) => progress.set(share),
    })
  } finally {
    progress.end()
  }
}

function resultText(result: DownloadResult, plan: Plan, { say }: Speech): string {
  const { header, kind, rows, keptFrom } = result
  const { venue, symbol } = plan.request
  if (header === null) return say(m.nothing, { venue, kind, symbol: symbol.symbol })
  const kept = keptFrom === null ? '' : say(m.keptFrom, { venue, time: formatTimeShort(keptFrom) })
  const span = `${formatTimeShort(header.firstAt)} … ${formatTimeShort(header.lastAt)}`
  const total = grouped(header.rows)
  return say(m.downloaded, { name: seriesName(header), rows: grouped(rows), total, span, kept })
}

/** Waiting is told on standard error, so that a slow venue does not look like a hung program. */
function patienceOf({ speech, isJson }: JobContext, venue: string, signal: AbortSignal): Patience {
  return {
    venue,
    signal,
    wait: waitUntil(signal),
    onWait(ms, { text }) {
      if (isJson) return
      const seconds = (ms / 1000).toFixed(1)
      process.stderr.write(`${speech.say(m.waiting, { venue, seconds, why: text })}\n`)
    },
  }
}

/** @throws JobError, RangeError */
function planOf(context: JobContext, words: readonly string[]): Plan {
  const { options } = context
  const [venueName, symbolName, length] = words
  if (venueName === undefined || symbolName === undefined || length === undefined)
    throw new JobError(2, sentence(m.whichMarket))
  const venue = parseVenue(venueName)
  const terms = Object.hasOwn(DOWNLOAD_VENUES, venue) ? DOWNLOAD_VENUES[venue] : undefined
  if (terms === undefined) {
    const known = Object.keys(DOWNLOAD_VENUES).join(', ')
    throw new JobError(4, sentence(m.noVenue, { venue, known }))
  }
  const symbol = parseSymbol(symbolName)
  if (symbol.kind !== 'linear')
    throw new JobError(4, sentence(m.notLinear, { symbol: symbol.symbol }))
  const timeframe = parseTimeframe(length)
  const now = Date.now()
  const to = textOption(options, 'to')
  const given = textOption(options, 'from')
  const from = given === null ? firstStored(context, venue, symbol.symbol) : parseTime(given)
  if (from === null) throw new JobError(2, sentence(m.needsFrom))
  const window = checkWindow({ from, to: to === null ? null : parseTime(to) })
  return {
    terms,
    endpoint: endpointOf(options),
    kinds: kindsOf(options, terms, venue),
    request: {
      venue,
      symbol,
      timeframe,
      from,
      to: window.to ?? now,
      isReplacing: options['replace'] === true,
      now,
    },
  }
}

/** Where the candles of the contract begin that are stored; null = none are. */
function firstStored({ history }: JobContext, venue: string, symbol: string): number | null {
  const stored = history
    .list()
    .filter((header) => header.venue === venue && header.symbol === symbol)
  const candles = stored.filter(({ kind }) => kind === 'candles').map(({ firstAt }) => firstAt)
  return candles.length === 0 ? null : Math.min(...candles)
}

function kindsOf(
  options: JobContext['options'],
  { hasMark }: VenueTerms,
  venue: string,
): readonly SeriesKind[] {
  const given = options['kind']
  if (!Array.isArray(given)) return KINDS.filter((kind) => kind !== 'mark' || hasMark)
  if (!hasMark && given.includes('mark')) throw new JobError(4, sentence(m.noMark, { venue }))
  return KINDS.filter((kind) => given.includes(kind))
}

function endpointOf(options: JobContext['options']): string | null {
  const found = textOption(options, 'endpoint')
  if (found === null) return null
  const isAddress = URL.canParse(found) && /^https?:$/.test(new URL(found).protocol)
  if (!isAddress) throw new JobError(2, sentence(m.badEndpoint, { found }))
  return found
}
