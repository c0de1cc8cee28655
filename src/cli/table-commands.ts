/** orders, positions, fills, balances, trades. */
import type { Command } from 'commander'
import {
  type BalanceRow,
  type FillRow,
  type OrderRow,
  type PositionRow,
  type TableName,
  type TableRow,
  type TradeRow,
  tableNames,
} from '../protocol/fleet-messages.ts'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { CliError } from './context.ts'
import { numberOption } from './lifecycle-commands.ts'
import { wallTime } from './log-time.ts'
import { commonMessages } from './messages/common.ts'
import { pairMessages } from './messages/pairs.ts'
import { tableMessages as m } from './messages/tables.ts'
import { reasonText, wordText } from './messages/words.ts'
import { amount, type Cell, printJson, tableText } from './output.ts'
import { opportunitiesHead, opportunityCells } from './pair-text.ts'
import { type Message, type Speech, sentence } from './speech.ts'

const ROWS = '50'

export function registerTableCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  for (const name of tableNames) {
    const command = program
      .command(`${name} [id]`)
      .description(say(m[name]))
      .option('--instance <id>', say(m.instance))
      .option('--venue <name>', say(m.venue))
      .option('--json', say(commonMessages.json))
    if (shapes[name].isLong)
      command.option('--since <time>', say(m.since)).option('--limit <count>', say(m.limit), ROWS)
    if (name === 'trades') command.option('--opportunities', say(pairMessages.opportunities))
    command.action(action(joined, (invocation) => show(name, invocation)))
  }
}

const ROWS_MAX = 1000

async function show(name: TableName, invocation: Invocation): Promise<number> {
  const { context, options, isJson, speech } = invocation
  const since = textOption(options, 'since')
  const filter = {
    instance: instanceIn(invocation),
    venue: textOption(options, 'venue'),
    since: since === null ? null : isoOf(wallTime('since', since, context.wallClock())),
    limit: numberOption(options, 'limit', 1, ROWS_MAX, true) ?? ROWS_MAX,
  }
  const fleet = await context.open()
  if (isSet(options, 'opportunities')) {
    const items = await fleet.executed(filter)
    if (isJson) printJson(context, { items, next_cursor: null })
    else if (items.length === 0) context.print(`${speech.say(commonMessages.nothing)}\n`)
    else {
      const lines = items.map((row) => opportunityCells(row, speech))
      context.print(tableText(speech.say(opportunitiesHead), lines))
    }
    return 0
  }
  const rows = await fleet.table(name, filter)
  const { head, cells } = shapes[name]
  if (isJson) printJson(context, { items: rows, next_cursor: null })
  else if (rows.length === 0) context.print(`${speech.say(commonMessages.nothing)}\n`)
  else {
    const cellsOf = cells as (row: TableRow, speech: Speech) => Cell[]
    const contract = contractColumns(name, rows)
    const [first = '', ...others] = speech.say(head).split('|')
    const heads = contract.map(({ title }) => speech.say(title))
    const lines = rows.map((row) => {
      const [id = null, ...rest] = cellsOf(row, speech)
      return [id, ...contract.map(({ cell }) => cell(row)), ...rest]
    })
    context.print(tableText([first, ...heads, ...others].join('|'), lines))
  }
  return 0
}

/** Which instance is meant: given as to status and logs, or by its option. @throws CliError 2 when both are, and differ */
function instanceIn({ args, options }: Invocation): string | null {
  const [id = null] = args
  const option = textOption(options, 'instance')
  if (id !== null && option !== null && id !== option)
    throw new CliError(2, sentence(m.twoInstances, { id, option }))
  return id ?? option
}

interface Column {
  readonly title: Message
  readonly cell: (row: TableRow) => Cell
}

/** Where rows of one instance are of several contracts, each says which. */
function contractColumns(name: TableName, rows: readonly TableRow[]): readonly Column[] {
  const contracts = new Map<string, string>()
  const areSeveral = rows.some((row) => {
    if (!('instance' in row)) return false
    const contract = `${row.venue} ${row.symbol}`
    const first = contracts.get(row.instance) ?? contract
    contracts.set(row.instance, first)
    return first !== contract
  })
  if (!areSeveral) return []
  const venue: Column = { title: m.venueHead, cell: (row) => row.venue }
  const symbol: Column = {
    title: m.symbolHead,
    cell: (row) => ('symbol' in row ? row.symbol : null),
  }
  return name === 'positions' ? [venue] : [venue, symbol]
}

const isoOf = (at: number): string => new Date(at).toISOString()

const seconds = (iso: string): string => iso.slice(0, 19).replace('T', ' ')

const orderCells = (row: OrderRow, speech: Speech): Cell[] => [
  row.instance,
  seconds(row.sent_at),
  wordText(row.side, speech),
  wordText(row.kind, speech),
  row.price,
  wordText(row.quantity, speech),
  row.filled,
  wordText(row.state, speech),
  row.slot,
  row.reason === null ? null : reasonText(row.reason, speech),
  row.client_id,
]

const fillCells = (row: FillRow, speech: Speech): Cell[] => [
  row.instance,
  seconds(row.at),
  wordText(row.side, speech),
  row.price,
  row.quantity,
  row.fee,
  wordText(row.maker ? 'maker' : 'taker', speech),
  row.id,
]

const positionCells = (row: PositionRow): Cell[] => [
  row.instance,
  row.symbol,
  row.quantity,
  amount(row.equity),
  row.orders,
]

const balanceCells = (row: BalanceRow): Cell[] => [
  row.account,
  row.currency,
  amount(row.equity),
  amount(row.instances_equity),
  amount(row.unallocated),
  row.instances.join(', '),
]

const tradeCells = (row: TradeRow, speech: Speech): Cell[] => [
  row.instance,
  wordText(row.side, speech),
  seconds(row.opened_at),
  seconds(row.closed_at),
  row.quantity,
  row.entry,
  row.exit,
  amount(row.gross),
  amount(row.fees),
  amount(row.pnl),
]

interface Shape {
  readonly head: Message
  readonly cells: (row: never, speech: Speech) => Cell[]
  /** Rows have a time and may be many. */
  readonly isLong: boolean
}

const shapes: Readonly<Record<TableName, Shape>> = {
  orders: { head: m.ordersHead, cells: orderCells, isLong: true },
  fills: { head: m.fillsHead, cells: fillCells, isLong: true },
  positions: {
    head: m.positionsHead,
    cells: positionCells,
    isLong: false,
  },
  balances: { head: m.balancesHead, cells: balanceCells, isLong: false },
  trades: { head: m.tradesHead, cells: tradeCells, isLong: true },
}
