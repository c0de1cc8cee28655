/** orders, fills, positions. */
import type { Command } from 'commander'
import type { FillRow, OrderRow, PositionRow, TableName } from '../protocol/fleet-messages.ts'
import { action, type Invocation, type Joined, textOption } from './action.ts'
import { numberOption } from './lifecycle-commands.ts'
import { messages } from './messages.ts'
import { amount, type Cell, printJson, tableText } from './output.ts'

const shape: Readonly<Record<TableName, { readonly text: string; readonly hasLimit: boolean }>> = {
  orders: { text: 'orders from the journals of the desks, newest first', hasLimit: true },
  fills: { text: 'executions, newest first', hasLimit: true },
  positions: { text: 'what the instances hold', hasLimit: false },
}

export function registerTableCommands(program: Command, joined: Joined): void {
  for (const name of ['orders', 'fills', 'positions'] as const) {
    const command = program
      .command(name)
      .description(shape[name].text)
      .option('--instance <id>', 'of one instance')
      .option('--json', 'print JSON')
    if (shape[name].hasLimit) command.option('--limit <count>', 'at most so many rows', '50')
    command.action(action(joined, (invocation) => show(name, invocation)))
  }
}

async function show(name: TableName, { context, options, isJson }: Invocation): Promise<number> {
  const limit = numberOption(options, 'limit', 1, 1000, true) ?? 1000
  const fleet = await context.open()
  const rows = await fleet.table(name, textOption(options, 'instance'), limit)
  if (isJson) printJson(context, { items: rows })
  else if (rows.length === 0) context.print(`${messages().nothing}\n`)
  else if (name === 'orders')
    context.print(tableText(messages().ordersHead, (rows as OrderRow[]).map(orderCells)))
  else if (name === 'fills')
    context.print(tableText(messages().fillsHead, (rows as FillRow[]).map(fillCells)))
  else
    context.print(tableText(messages().positionsHead, (rows as PositionRow[]).map(positionCells)))
  return 0
}

const seconds = (iso: string): string => iso.slice(0, 19).replace('T', ' ')

const orderCells = (row: OrderRow): Cell[] => [
  row.instance,
  seconds(row.sent_at),
  row.side,
  row.kind,
  row.price,
  row.quantity,
  row.filled,
  row.state,
  row.slot,
  row.reason,
  row.client_id,
]

const fillCells = (row: FillRow): Cell[] => [
  row.instance,
  seconds(row.at),
  row.side,
  row.price,
  row.quantity,
  row.fee,
  row.maker ? 'maker' : 'taker',
  row.id,
]

const positionCells = (row: PositionRow): Cell[] => [
  row.instance,
  row.symbol,
  row.quantity,
  amount(row.equity),
  row.orders,
]
