/** grid preview, grid show, grid adjust. */
import type { Command } from 'commander'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { CliError } from './context.ts'
import type { GridPreview } from './grid-preview.ts'
import { numberOption } from './lifecycle-commands.ts'
import { amount, type Cell, printJson, tableText } from './output.ts'

export function registerGridCommands(program: Command, joined: Joined): void {
  const grid = program.command('grid').description('grids: look before, look now, move')
  grid
    .command('preview <target>')
    .description(
      'lines, profit per line after fees, margin and liquidation of an instance or a file',
    )
    .option('--json', 'print JSON')
    .action(action(joined, preview))
  grid
    .command('show <id>')
    .description('the lines of a running grid, its orders and why some are missing')
    .option('--json', 'print JSON')
    .action(action(joined, show))
  grid
    .command('adjust <id>')
    .description('move the range; only the difference of orders is sent, and the file is written')
    .requiredOption('--lower <price>', 'new lower price')
    .requiredOption('--upper <price>', 'new upper price')
    .option('--levels <count>', 'new number of lines')
    .option('--dry-run', 'only tell what would change')
    .option('--temporary', 'do not write the file: a restart brings the old range back')
    .option('--json', 'print JSON')
    .action(action(joined, adjust))
}

async function preview({ context, args, isJson }: Invocation): Promise<number> {
  const result = await context.previewGrid(args[0] ?? '')
  if (isJson) printJson(context, result)
  else context.print(previewText(result))
  for (const { text } of isJson ? [] : result.objections) context.complain(text)
  return result.objections.length === 0 ? 0 : 4
}

function previewText({ title, grid, source }: GridPreview): string {
  if (grid === null) return `${title} (${source})\n`
  const rows = grid.lines.map((line, at): Cell[] => {
    const cell = grid.cells[at]
    const order = line.side === null ? 'empty' : `${line.side} ${line.quantity}`
    return [
      line.price,
      line.isVirtual ? `${order} (virtual)` : order,
      cell ? amount(cell.net) : null,
      cell ? Number(cell.netPercent).toFixed(3) : null,
    ]
  })
  const table = tableText('line|order|net profit of the cell above|percent', rows.reverse())
  const facts: [string, string | null][] = [
    ['price', `${grid.price} (${source})`],
    ['grid', `${title}, ${grid.type}, ${grid.mode}, ${grid.orders} orders of ${grid.quantity}`],
    ['at start', `position ${grid.initialPosition}`],
    [
      'worst cell',
      grid.worst &&
        `${grid.worst.lower} to ${grid.worst.upper}: ${grid.worst.net} after ${grid.worst.fees} fees`,
    ],
    [
      'margin',
      `${amount(grid.marginNeeded)} of ${amount(grid.capital)}, ${grid.leverage}x ${grid.marginMode}`,
    ],
    [
      'liquidation',
      `now ${grid.liquidationNow ?? 'none'}, all bought ${grid.liquidationWorstLong ?? 'none'}, all sold ${grid.liquidationWorstShort ?? 'none'}`,
    ],
  ]
  const lines = facts
    .filter(([, fact]) => fact !== null)
    .map(([name, fact]) => `${name.padEnd(12)} ${fact}\n`)
  return `${table}${lines.join('')}`
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

async function show({ context, args, isJson }: Invocation): Promise<number> {
  const fleet = await context.open()
  const status = (await fleet.status(args[0] ?? '')) as BotGrid
  if (isJson) {
    printJson(context, status)
    return 0
  }
  const orders = status.orders?.list ?? []
  const rows = orders.map((one): Cell[] => [
    one.price,
    one.side,
    one.quantity,
    one.state,
    one.reason_text,
  ])
  context.print(tableText('price|side|quantity|state|why', rows))
  const held = `${status.position?.quantity ?? '0'} ${status.position?.base ?? ''}`.trim()
  const { resting = 0, missing = 0 } = status.orders ?? {}
  context.print(
    `price ${status.price?.last ?? '–'}, position ${held}, ${resting} orders resting, ${missing} missing\n`,
  )
  for (const [name, fact] of Object.entries(plainFacts(status.grid)))
    context.print(`${name.padEnd(22)} ${fact}\n`)
  return 0
}

/** What the strategy reports, without its lists: names in words, times as ISO, yes and no. */
export function plainFacts(grid: unknown): Record<string, string> {
  if (typeof grid !== 'object' || grid === null) return {}
  const plain = Object.entries(grid).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  return Object.fromEntries(plain.map(([name, value]) => [wordsOf(name), factOf(name, value)]))
}

const wordsOf = (name: string): string => name.replaceAll('_', ' ')

function factOf(name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' && name.endsWith('_at')
    ? new Date(value).toISOString()
    : String(value)
}

const PRICE = /^\d+(\.\d+)?$/

function price(text: string | null, name: string): string {
  if (text !== null && PRICE.test(text) && Number(text) > 0) return text
  throw new CliError(2, `--${name} must be a price above 0, found ${text ?? 'nothing'}`)
}

async function adjust({ context, args, options, isJson }: Invocation): Promise<number> {
  const lower = price(textOption(options, 'lower'), 'lower')
  const upper = price(textOption(options, 'upper'), 'upper')
  const levels = numberOption(options, 'levels', 2, 10_000, true)
  const isDry = isSet(options, 'dryRun')
  const fleet = await context.open()
  const result = await fleet.adjust(args[0] ?? '', {
    grid_lower_price: lower,
    grid_upper_price: upper,
    ...(levels === null ? {} : { grid_num: levels }),
    ...(isDry ? { dry_run: true } : {}),
    ...(isSet(options, 'temporary') ? { temporary: true } : {}),
  })
  if (isJson) printJson(context, result)
  else {
    const { orders_kept: kept, orders_canceled: canceled, orders_placed: placed } = result
    const verb = isDry ? 'would be' : 'are'
    context.print(`${kept} orders stay, ${canceled} ${verb} cancelled, ${placed} ${verb} placed\n`)
  }
  return 0
}
