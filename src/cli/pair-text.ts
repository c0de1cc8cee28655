/** An instance of two legs in words: what its strategy says of the pair, and the opportunities that it took. */
import type { ExecutedRow } from '../protocol/arbitrage-messages.ts'
import { pairMessages as m } from './messages/pairs.ts'
import { wordText } from './messages/words.ts'
import { amount, type Cell, duration } from './output.ts'
import type { Message, Speech } from './speech.ts'

type Fact = readonly [name: string, fact: string]
type Words = ReadonlyMap<string, unknown>

const wordsOf = (value: unknown): Words =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])

const DASH = '–'

/** Text or number as it stands; a dash for what is not told. */
const shown = (words: Words, name: string): string => String(words.get(name) ?? DASH)

const seconds = (words: Words, name: string): string =>
  (Number(words.get(name) ?? 0) / 1000).toFixed(1)

const wordIn = (table: Readonly<Record<string, Message>>, word: string, { say }: Speech): string =>
  Object.hasOwn(table, word) ? say(table[word] as Message) : word

/** The report of its strategy in the answer of the bot; null = it is none of a pair. */
export function pairReportIn(status: unknown): unknown {
  const report = wordsOf(status).get('grid') ?? null
  return wordsOf(report).has('net_delta') ? report : null
}

/** Facts of the pair, for status; none where `report` is null. */
export function pairFacts(report: unknown, speech: Speech): readonly Fact[] {
  if (report === null) return []
  const told = wordsOf(report)
  const { say } = speech
  return [
    [say(m.factPair), pairText(told, speech)],
    [say(m.factImbalance), imbalanceText(wordsOf(told.get('delta')), speech)],
    ...decisionFacts(told, speech),
    ...entryFacts(told, speech),
    [say(m.factOpportunities), countsText(told, speech)],
  ]
}

function pairText(told: Words, speech: Speech): string {
  const values = {
    phase: wordIn(m, shown(told, 'phase'), speech),
    delta: shown(told, 'net_delta'),
    base: shown(told, 'base'),
    bound: shown(wordsOf(told.get('delta')), 'bound'),
  }
  // A maker that follows its fills aims at nothing.
  if (told.get('phase') === 'following') return speech.say(m.pairFollowing, values)
  return speech.say(m.pair, { ...values, aim: shown(told, 'aim') })
}

function imbalanceText(delta: Words, speech: Speech): string {
  const { say } = speech
  const text = say(m.imbalance, {
    open: seconds(delta, 'longest_ms'),
    closed: seconds(delta, 'longest_closed_ms'),
    unwinds: shown(delta, 'unwinds'),
  })
  if (Number(delta.get('imbalanced_ms') ?? 0) === 0) return text
  const repair = wordIn(m, shown(delta, 'repair'), speech)
  return say(m.imbalancedNow, { text, now: seconds(delta, 'imbalanced_ms'), repair })
}

/** What it waits for, as its strategy has it: an edge, a rate, or its own quotes. */
function decisionFacts(told: Words, { say }: Speech): Fact[] {
  const facts: Fact[] = []
  const is = (name: string) => told.get(name) != null
  if (is('edge_now_bps')) {
    const now = shown(told, 'edge_now_bps')
    facts.push([say(m.factEntry), say(m.edge, { now, wanted: shown(told, 'min_edge_bps') })])
  }
  if (is('exit_spread_bps')) {
    const now = shown(told, 'exit_spread_bps')
    facts.push([say(m.factExit), say(m.spread, { now, wanted: shown(told, 'exit_at_bps') })])
  }
  if (is('judged') && shown(told, 'phase') === 'flat') {
    const judged = wordsOf(told.get('judged'))
    const [now, hours] = [shown(judged, 'rate_bps_per_day'), shown(judged, 'break_even_h')]
    const wanted = shown(told, 'min_rate_bps_per_day')
    facts.push([say(m.factEntry), say(m.judged, { now, wanted, hours })])
  }
  if (is('rate_bps_per_day')) {
    const now = shown(told, 'rate_bps_per_day')
    const wanted = shown(told, 'exit_rate_bps_per_day')
    facts.push([say(m.factExit), say(m.carry, { now, wanted })])
  }
  if (is('min_profit_bps')) {
    const [bid, ask] = [shown(told, 'bid'), shown(told, 'ask')]
    const wanted = shown(told, 'min_profit_bps')
    facts.push([say(m.factEntry), say(m.quotes, { bid, ask, wanted })])
  }
  return facts
}

function entryFacts(told: Words, { say, relay }: Speech): Fact[] {
  const [why, until] = [told.get('entries_stopped'), told.get('entries_pause_until')]
  if (typeof why === 'string') return [['', say(m.resumeEntries, { why: relay(why) })]]
  if (typeof until !== 'number') return []
  const time = `${new Date(until).toISOString().slice(0, 19)}Z`
  return [['', say(m.pausedUntil, { time })]]
}

function countsText(told: Words, { say }: Speech): string {
  const outcomes = wordsOf(told.get('opportunities_by_outcome'))
  const [profit, loss] = [shown(outcomes, 'profit'), shown(outcomes, 'loss')]
  const unwound = shown(outcomes, 'unwound')
  const [count, yearly] = [shown(told, 'opportunities_closed'), shown(told, 'annual_return')]
  return say(m.counts, { count, profit, loss, unwound, yearly })
}

// --- opportunities ------------------------------------------------------------------------------

export const opportunitiesHead = m.opportunitiesHead

const moment = (iso: string): string => iso.slice(0, 19).replace('T', ' ')

const percent = (share: string | null): string | null =>
  share === null ? null : `${(Number(share) * 100).toFixed(2)} %`

export const opportunityCells = (row: ExecutedRow, speech: Speech): Cell[] => [
  row.instance,
  row.number,
  moment(row.opened_at),
  row.closed_at === null ? null : moment(row.closed_at),
  duration(row.held_s),
  speech.say(row.outcome === null ? m.open : m[row.outcome]),
  wordText(row.first_leg, speech),
  row.size === null ? null : `${row.size} ${row.base}`,
  `${amount(row.total)} ${row.settle}`,
  row.legs.map((leg) => `${amount(leg.total) ?? DASH} ${leg.settle}`).join(' / '),
  amount(row.fees),
  amount(row.funding),
  amount(row.slippage),
  percent(row.margin_return),
  percent(row.annual_return),
  row.exit === null ? null : speech.relay(row.exit),
]
