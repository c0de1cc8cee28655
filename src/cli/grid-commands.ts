/** grid preview, grid show, grid adjust. */
import type { Command } from 'commander'
import type { AdjustedOrder, AdjustResult } from '../client/fleet-access.ts'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { CliError } from './context.ts'
import type { GridLimit, GridPreview } from './grid-preview.ts'
import { numberOption } from './lifecycle-commands.ts'
import { commonMessages } from './messages/common.ts'
import { gridFacts, gridHelp, gridMessages as m } from './messages/grid.ts'
import { wordText } from './messages/words.ts'
import { amount, type Cell, printJson, tableText } from './output.ts'
import { type Message, type Speech, sentence } from './speech.ts'
import { displayWidth, padEnd } from './width.ts'

export function registerGridCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const help = gridHelp
  const grid = program.command('grid').description(say(help.grid))
  grid
    .command('preview <target>')
    .description(say(help.preview))
    .option('--json', say(commonMessages.json))
    .action(action(joined, preview))
  grid
    .command('show <id>')
    .description(say(help.show))
    .option('--json', say(commonMessages.json))
    .action(action(joined, show))
  grid
    .command('adjust <id>')
    .description(say(help.adjust))
    .requiredOption('--lower <price>', say(help.lower))
    .requiredOption('--upper <price>', say(help.upper))
    .option('--levels <count>', say(help.levels))
    .option('--dry-run', say(help.dryRun))
    .option('--temporary', say(help.temporary))
    .option('--yes', say(help.yes))
    .option('--json', say(commonMessages.json))
    .action(action(joined, adjust))
}

async function preview({ context, args, isJson, speech }: Invocation): Promise<number> {
  const result = await context.previewGrid(args[0] ?? '')
  if (isJson) printJson(context, result)
  else context.print(previewText(result, speech))
  for (const { text } of isJson ? [] : result.objections) context.complain(speech.relay(text))
  return result.objections.length === 0 ? 0 : 4
}

function previewText(result: GridPreview, speech: Speech): string {
  const { say, relay } = speech
  const { grid } = result
  const [title, source] = [relay(result.title), relay(result.source)]
  if (grid === null) return `${say(m.noGrid, { title, source })}\n`
  const rows = grid.lines.map((line, at): Cell[] => {
    const cell = grid.cells[at]
    const order =
      line.side === null ? say(m.empty) : `${wordText(line.side, speech)} ${line.quantity}`
    return [
      line.price,
      line.isVirtual ? say(m.virtual, { order }) : order,
      cell ? amount(cell.net) : null,
      cell ? Number(cell.netPercent).toFixed(3) : null,
    ]
  })
  const table = tableText(say(m.previewHead), rows.reverse())
  return `${table}${columns(previewFacts(grid, { title, source }, speech), 12)}`
}

function previewFacts(
  grid: NonNullable<GridPreview['grid']>,
  { title, source }: { readonly title: string; readonly source: string },
  speech: Speech,
): [string, string][] {
  const { say } = speech
  const { price, orders, quantity, worst, leverage } = grid
  const [type, mode] = [wordText(grid.type, speech), wordText(grid.mode, speech)]
  const needed = amount(grid.marginNeeded) ?? '–'
  const capital = amount(grid.capital) ?? '–'
  const margin = wordText(grid.marginMode, speech)
  const liquidation = {
    now: grid.liquidationNow ?? say(commonMessages.none),
    bought: grid.liquidationWorstLong ?? say(commonMessages.none),
    sold: grid.liquidationWorstShort ?? say(commonMessages.none),
  }
  return [
    [say(m.factPrice), say(m.price, { price, source })],
    [say(m.factGrid), say(m.grid, { title, type, mode, orders, quantity })],
    [say(m.factStart), say(m.start, { position: grid.initialPosition })],
    ...(worst === null ? [] : ([[say(m.factWorst), say(m.worst, { ...worst })]] as const)),
    [say(m.factMargin), say(m.margin, { needed, capital, leverage, mode: margin })],
    [say(m.factLiquidation), say(m.liquidation, liquidation)],
    ...outlookFacts({ ...grid, wanted: orders, allowed: grid.placed }, speech),
  ].map(([name = '', fact = '']): [string, string] => [name, fact])
}

interface Outlook {
  readonly price: string
  readonly outside: 'below' | 'above' | null
  readonly wanted: number
  readonly allowed: number
  readonly limits: readonly GridLimit[]
}

/** What stands in the way of the orders: a price outside, and limits with the line at which they are reached. */
function outlookFacts(
  { price, outside, wanted: orders, allowed: placed, limits }: Outlook,
  speech: Speech,
): [string, string][] {
  const { say, relay } = speech
  const facts: [string, string][] = [[say(m.factPlaced), say(m.placed, { placed, orders })]]
  if (outside !== null)
    facts.push([say(m.factOutside), say(outside === 'below' ? m.below : m.above, { price })])
  for (const { code, text: reason, side, line, before } of limits) {
    const text = relay(reason)
    const fact =
      before === null
        ? say(m.limitAtEntry, { text, code })
        : say(m.limitAtLine, { side: wordText(side, speech), line, before, text, code })
    facts.push([say(m.factLimit), fact])
  }
  return facts
}

/** Names on the left, what is said of them to the right. */
function columns(facts: readonly (readonly [string, string])[], least: number): string {
  const width = Math.max(least, ...facts.map(([name]) => displayWidth(name)))
  return facts.map(([name, fact]) => `${padEnd(name, width)} ${fact}\n`).join('')
}

/** The part of a bot's status that is shown; every field may be missing. */
interface BotGrid {
  readonly price?: { readonly last?: string } | null
  readonly position?: { readonly quantity?: string; readonly base?: string }
  readonly orders?: {
    readonly list?: readonly BotOrder[]
    readonly resting?: number
    readonly missing?: number
  }
  readonly grid?: unknown
}

interface BotOrder {
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly state: string
  readonly reason_text: string | null
}

async function show({ context, args, isJson, speech }: Invocation): Promise<number> {
  const fleet = await context.open()
  const status = (await fleet.status(args[0] ?? '')) as BotGrid
  if (isJson) {
    printJson(context, status)
    return 0
  }
  const orders = status.orders?.list ?? []
  const rows = orders.map((one): Cell[] => [
    one.price,
    wordText(one.side, speech),
    wordText(one.quantity, speech),
    wordText(one.state, speech),
    one.reason_text === null ? null : speech.relay(one.reason_text),
  ])
  context.print(tableText(speech.say(m.showHead), rows))
  const held = `${status.position?.quantity ?? '0'} ${status.position?.base ?? ''}`.trim()
  const { resting = 0, missing = 0 } = status.orders ?? {}
  const now = { price: status.price?.last ?? '–', held, resting, missing }
  context.print(`${speech.say(m.now, now)}\n`)
  context.print(columns(Object.entries(plainFacts(status.grid, speech)), 22))
  return 0
}

/** What the strategy reports, without its lists: names in words, times as ISO, yes and no. */
export function plainFacts(grid: unknown, speech: Speech): Record<string, string> {
  if (typeof grid !== 'object' || grid === null) return {}
  const plain = Object.entries(grid).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  return Object.fromEntries(
    plain.map(([name, value]) => [factName(name, speech), factOf(name, value, speech)]),
  )
}

/** A fact of a strategy that is newer than its words is named by its key. */
function factName(name: string, { say }: Speech): string {
  const known: Readonly<Record<string, Message>> = gridFacts
  const found = Object.hasOwn(known, name) ? known[name] : undefined
  return found ? say(found) : name.replaceAll('_', ' ')
}

function factOf(name: string, value: unknown, speech: Speech): string {
  if (typeof value === 'boolean') return speech.say(value ? commonMessages.yes : commonMessages.no)
  if (typeof value === 'number' && name.endsWith('_at')) return new Date(value).toISOString()
  return typeof value === 'string' ? wordText(speech.relay(value), speech) : String(value)
}

const PRICE = /^\d+(\.\d+)?$/

function price(text: string | null, name: string): string {
  if (text !== null && PRICE.test(text) && Number(text) > 0) return text
  throw new CliError(2, sentence(m.noPrice, { name, found: text ?? commonMessages.absent }))
}

/** The difference of a dry run, the highest price first, as a grid is shown. */
function changesText({ canceled, placed }: NonNullable<AdjustResult['changes']>, speech: Speech) {
  const rowOf = (what: string) => (one: AdjustedOrder) => ({ ...one, what })
  const all = [
    ...canceled.map(rowOf(speech.say(m.cancel))),
    ...placed.map(rowOf(speech.say(m.place))),
  ]
  const rows = all
    .sort((a, b) => Number(b.price) - Number(a.price))
    .map(({ what, side, price: at, quantity }): Cell[] => [
      what,
      wordText(side, speech),
      at,
      quantity,
    ])
  return tableText(speech.say(m.changesHead), rows)
}

/** The trade at market in words; nothing when there is none. */
function tradeFacts({ market_trade: trade }: AdjustResult, { say }: Speech): [string, string][] {
  if (trade == null) return []
  const { side, quantity, unit, price: at, settle } = trade
  const { position_before: before, position_after: after } = trade
  const fee = amount(trade.fee) ?? trade.fee
  const message = side === 'buy' ? m.marketBuy : m.marketSell
  const told = say(message, { quantity, unit, price: at, fee, settle, before, after })
  return [[say(m.factMarket), told]]
}

/** The difference and what it comes to. */
function adjustText(result: AdjustResult, isDry: boolean, speech: Speech): string {
  const { orders_kept: kept, orders_canceled: canceled, orders_placed: placed } = result
  const changes = result.changes === undefined ? '' : changesText(result.changes, speech)
  const counts = speech.say(isDry ? m.wouldAdjust : m.adjusted, { kept, canceled, placed })
  const { price: last = '–', price_outside: outside = null, limits = [] } = result
  const { orders_wanted: wanted, orders_allowed: allowed } = result
  const outlook =
    wanted === undefined || allowed === undefined
      ? []
      : outlookFacts({ price: last, outside, wanted, allowed, limits }, speech)
  return `${changes}${counts}\n${columns([...tradeFacts(result, speech), ...outlook], 12)}`
}

/**
 * Asks a person at a terminal before an adjustment that trades at market; without one it goes on, as scripts rely on it.
 * @throws CliError 4 when the answer is no
 */
async function agreeToTrade(
  { context, options, speech }: Invocation,
  id: string,
  tried: () => Promise<AdjustResult>,
): Promise<void> {
  if (isSet(options, 'yes') || !context.canAsk) return
  const result = await tried()
  if (result.market_trade == null) return
  context.complain(adjustText(result, true, speech).trimEnd())
  if (!(await context.confirm(speech.say(m.askTrade, { id }))))
    throw new CliError(4, sentence(commonMessages.nothingDone))
}

async function adjust(invocation: Invocation): Promise<number> {
  const { context, args, options, isJson, speech } = invocation
  const lower = price(textOption(options, 'lower'), 'lower')
  const upper = price(textOption(options, 'upper'), 'upper')
  const levels = numberOption(options, 'levels', 2, 10_000, true)
  const isDry = isSet(options, 'dryRun')
  const id = args[0] ?? ''
  const fleet = await context.open()
  const range = {
    grid_lower_price: lower,
    grid_upper_price: upper,
    ...(levels === null ? {} : { grid_num: levels }),
  }
  if (!isDry)
    await agreeToTrade(invocation, id, () => fleet.adjust(id, { ...range, dry_run: true }))
  const result = await fleet.adjust(id, {
    ...range,
    ...(isDry ? { dry_run: true } : {}),
    ...(isSet(options, 'temporary') ? { temporary: true } : {}),
  })
  if (isJson) printJson(context, result)
  else context.print(adjustText(result, isDry, speech))
  return 0
}
