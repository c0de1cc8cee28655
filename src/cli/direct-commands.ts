/** close-all and kill with --direct: past control plane and desk, to the venue itself. */
import { type Invocation, isSet, textOption } from './action.ts'
import { CliError, type DirectRow } from './context.ts'
import { printJson } from './output.ts'

export const DIRECT_HELP =
  'drive the venue itself: no control plane, no desk, no database; without ids every account, orders of others included'

export async function runDirect(
  action: 'close' | 'kill',
  { context, args, options, isJson }: Invocation,
): Promise<number> {
  if (textOption(options, 'tag') !== null)
    throw new CliError(2, '--direct takes ids or everything, not --tag')
  const ids = args.length > 0 ? args : null
  const what = ids === null ? 'every account' : ids.join(', ')
  const question = `${action === 'kill' ? 'Kill' : 'Close the positions of'} ${what} at the venue itself?`
  if (!isSet(options, 'yes') && !(await context.confirm(question)))
    throw new CliError(4, 'nothing was done')
  const items = await context.direct(action, ids)
  if (isJson) printJson(context, { items })
  else for (const row of items) tell(context, row)
  if (items.length === 0 && !isJson) context.print('no account is known here: nothing to do\n')
  return items.every(({ is_flat: isFlat }) => isFlat) ? 0 : 1
}

function tell(context: Invocation['context'], row: DirectRow): void {
  const { account, instances, orders_canceled: canceled, positions_left: positions } = row
  const whose = instances.length === 0 ? account : `${account} (${instances.join(', ')})`
  if (row.is_flat) {
    context.print(
      `${whose}: flat, the venue reports no position and no order; ${canceled} orders cancelled\n`,
    )
    return
  }
  const left = [...positions, ...(row.orders_left > 0 ? [`${row.orders_left} orders`] : [])]
  const why = row.trouble === null ? '' : ` (${row.trouble})`
  context.complain(
    `${whose}: not flat, the venue still reports ${left.join(', ') || 'nothing certain'}${why}: try again`,
  )
}
