/** What kill and close-all show and ask before they act. */
import type { InstanceView } from '../protocol/fleet-messages.ts'
import { type Invocation, isSet } from './action.ts'
import { CliError } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { heldMessages as h } from './messages/held.ts'
import { stateText } from './messages/words.ts'
import { amount, type Cell, tableText } from './output.ts'
import { sentence } from './speech.ts'

export type Closing = 'close' | 'kill'

export const commandOf = (name: Closing): string => (name === 'kill' ? 'kill' : 'close-all')

/**
 * Asks on the terminal. Closing cannot be taken back, so a script that forgot its ids must not close everything: where
 * nobody can be asked, only --yes goes on.
 * @param preview what will happen, shown before the question
 * @throws CliError 4 when nobody can be asked, or the answer is no
 */
export async function mustAgree(
  { context, options }: Invocation,
  name: Closing,
  preview: string,
  question: string,
): Promise<void> {
  if (isSet(options, 'yes')) return
  if (!context.canAsk) throw new CliError(4, sentence(h.needsYes, { command: commandOf(name) }))
  context.complain(preview)
  if (!(await context.confirm(question)))
    throw new CliError(4, sentence(commonMessages.nothingDone))
}

/** The instances with what they hold, and what the command does to them. */
export function closingPreview(
  name: Closing,
  items: readonly InstanceView[],
  { speech }: Invocation,
): string {
  const rows = items.flatMap((one) =>
    (one.legs ?? [one]).map((leg): Cell[] => [
      one.id,
      leg.state === null ? null : stateText(leg.state, speech),
      leg.symbol,
      leg.position,
      leg.orders,
      one.legs === undefined ? amount(one.books?.unrealised ?? null) : null,
    ]),
  )
  const what = speech.say(name === 'kill' ? h.willKill : h.willClose)
  return `${tableText(speech.say(h.previewHead), rows)}${what}`
}
