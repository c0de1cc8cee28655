/** close-all and kill with --direct: past control plane and desk, to the venue itself. */
import { nearest } from '../config/suggestion.ts'
import { type Invocation, textOption } from './action.ts'
import { mustAgree } from './asking.ts'
import { complainOf, refuse, undone } from './chosen.ts'
import { type CliContext, CliError, type DirectRow } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { directMessages as m } from './messages/direct.ts'
import { printJson } from './output.ts'
import { type Sentence, type Speech, sentence } from './speech.ts'

export async function runDirect(action: 'close' | 'kill', invocation: Invocation): Promise<number> {
  const { context, args, options, isJson, speech } = invocation
  if (textOption(options, 'tag') !== null) throw new CliError(2, sentence(m.noTag))
  const ids = args.length > 0 ? args : null
  const what = ids === null ? speech.say(m.everyAccount) : ids.join(', ')
  const question = speech.say(action === 'kill' ? m.askKill : m.askClose, { what })
  await mustAgree(invocation, action, speech.say(m.willAct), question)
  const { rows: items, unknown: unknownIds, known } = await context.direct(action, ids)
  const unknown = unknownIds.map((id) => ({ id, said: notPaper(id, known) }))
  // Of a slip in one id the others were done; where all were slips, nothing was.
  if (unknown.length > 0 && items.length === 0) refuse(unknown, invocation, undone)
  if (isJson) printJson(context, { items })
  else for (const row of items) tell(context, row, speech)
  if (items.length === 0 && !isJson) context.print(`${speech.say(m.noAccount)}\n`)
  complainOf(unknown, invocation)
  if (!items.every(({ is_flat: isFlat }) => isFlat)) return 1
  return unknown.length > 0 ? 3 : 0
}

function notPaper(id: string, ids: readonly string[]): Sentence {
  const known = ids.join(', ') || commonMessages.none
  const meant = nearest(id, ids)
  return meant === null
    ? sentence(m.notPaper, { id, known })
    : sentence(m.notPaperMeant, { id, meant, known })
}

function tell(context: CliContext, row: DirectRow, { say, relay }: Speech): void {
  const { account, instances, orders_canceled: canceled, positions_left: positions } = row
  const whose = instances.length === 0 ? account : `${account} (${instances.join(', ')})`
  if (row.is_flat) {
    context.print(`${say(m.flat, { whose, canceled })}\n`)
    return
  }
  const orders = row.orders_left > 0 ? [say(m.ordersLeft, { count: row.orders_left })] : []
  const left = [...positions, ...orders].join(', ') || say(m.nothingCertain)
  if (row.trouble === null) context.complain(say(m.notFlat, { whose, left }))
  else context.complain(say(m.notFlatWhy, { whose, left, why: relay(row.trouble) }))
}
