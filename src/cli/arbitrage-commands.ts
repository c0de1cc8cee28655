/** arbitrage scan. */
import type { Command } from 'commander'
import type {
  OpportunityRow,
  PairRow,
  ScanReasonRow,
  UnreachableRow,
} from '../protocol/arbitrage-messages.ts'
import {
  type Invocation,
  isSet,
  type Joined,
  jsonCommands,
  type Options,
  textOption,
} from './action.ts'
import type { ScanSource, ScanView } from './context.ts'
import { numberOption } from './lifecycle-commands.ts'
import { arbitrageHelp as help, arbitrageMessages as m, scanReasons } from './messages/arbitrage.ts'
import { amount, type Cell, duration, printJson, tableText } from './output.ts'
import { type Message, type Speech, sentenceIn } from './speech.ts'

const LOOK_S = 5
const WATCH_MS = 2000
/** Without --pairs so many of what does not pay are shown. */
const PAIRS_SHOWN = 10

export function registerArbitrageCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const arbitrage = program.command('arbitrage').description(say(help.arbitrage))
  jsonCommands(joined)(arbitrage, 'scan', help.scan, scan)
    .option('--venues <names>', say(help.venues))
    .option('--symbols <names>', say(help.symbols))
    .option('--seconds <number>', say(help.seconds))
    .option('--pairs', say(help.pairs))
    .option('--watch', say(help.watch))
}

async function scan(invocation: Invocation): Promise<number> {
  const { context, options, isJson, speech } = invocation
  const seconds = numberOption(options, 'seconds', 1, 3600, false) ?? LOOK_S
  const wish = { venues: listOption(options, 'venues'), symbols: listOption(options, 'symbols') }
  const source = await context.scan(wish)
  try {
    if (source.isSandbox === true && !isJson) context.complain(speech.say(m.rehearsed))
    if (!source.isFleet) {
      if (!isJson) context.complain(speech.say(m.looking, { seconds }))
      await context.wait(seconds * 1000)
    }
    if (isSet(options, 'watch')) return await watch(invocation, source)
    const view = await source.look()
    if (isJson) printJson(context, view)
    else context.print(viewText(view, isSet(options, 'pairs'), speech))
    // That two venues have nothing in common is an answer; that they were not heard is none.
    return view.pairs.length === 0 && unheard(view).length > 0 ? 1 : 0
  } finally {
    await source.close()
  }
}

async function watch(
  { context, options, isJson, speech }: Invocation,
  source: ScanSource,
): Promise<number> {
  while (!context.interrupted.aborted) {
    const view = await source.look()
    if (isJson) context.print(`${JSON.stringify(view)}\n`)
    else {
      const text = viewText(view, isSet(options, 'pairs'), speech)
      context.print(`\u001b[H\u001b[2J${text}`)
    }
    await context.wait(WATCH_MS)
  }
  return 0
}

function listOption(options: Options, name: string): readonly string[] | null {
  const text = textOption(options, name)
  if (text === null) return null
  const names = text.split(',').map((one) => one.trim())
  return names.filter((one) => one !== '')
}

const unheard = ({ unreachable = [] }: ScanView): readonly UnreachableRow[] => unreachable

function viewText(view: ScanView, isWhole: boolean, speech: Speech): string {
  const missing = unheard(view)
  const lines = missing.map((row) => `${speech.say(m.unreachable, { ...row })}\n`).join('')
  if (view.pairs.length > 0) return `${lines}${pairsText(view, isWhole, speech)}`
  if (missing.length === 0) return `${speech.say(m.nothingCompared)}\n`
  return `${lines}${speech.say(m.checkNetwork)}\n`
}

function pairsText({ items, pairs }: ScanView, isWhole: boolean, speech: Speech): string {
  const { say } = speech
  const rest = pairs.filter(({ opportunity }) => !opportunity)
  const shown = isWhole ? rest : items.length === 0 ? rest.slice(0, PAIRS_SHOWN) : []
  const found =
    items.length === 0
      ? `${say(m.none, { pairs: pairs.length })}\n`
      : tableText(
          say(m.head),
          items.map((row) => opportunityCells(row, speech)),
        )
  if (shown.length === 0) return found
  const others = tableText(
    say(m.pairsHead),
    shown.map((row) => pairCells(row, speech)),
  )
  return `${found}\n${others}`
}

const opportunityCells = (row: OpportunityRow, { say }: Speech): Cell[] => [
  row.pair,
  row.buy.exchange,
  row.buy.price,
  row.sell.exchange,
  row.sell.price,
  row.size,
  amount(row.edge_bps),
  `${amount(row.edge)} ${row.currency}`,
  amount(row.funding_per_day),
  row.break_even_s === null ? say(m.never) : duration(row.break_even_s),
  row.since.slice(11, 19),
]

const pairCells = (row: PairRow, speech: Speech): Cell[] => [
  row.pair,
  row.buy_exchange,
  amount(row.edge_bps),
  row.reasons.map((reason) => reasonText(reason, speech)).join('; '),
]

function reasonText(reason: ScanReasonRow, { language }: Speech): string {
  const known: Readonly<Record<string, Message>> = scanReasons
  const message = known[reason.code]
  if (message === undefined) return reason.code
  const { exchange, symbol, found, needed } = reason
  const texts = { exchange, symbol, found, needed }
  const values = Object.entries(texts).map(([name, text]) => [name, text ?? ''])
  return sentenceIn(language, { message, values: Object.fromEntries(values) })
}
