/** Which instances a command means, and what is said of ids that nobody knows. */
import { nearest } from '../config/suggestion.ts'
import type { InstanceList, InstanceView } from '../protocol/fleet-messages.ts'
import { type Invocation, isSet, textOption } from './action.ts'
import { CliError } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { instanceMessages } from './messages/instance.ts'
import { type Message, type Sentence, sentence, sentenceIn } from './speech.ts'

export interface Unknown {
  readonly id: string
  readonly said: Sentence
}

export interface Chosen {
  readonly items: readonly InstanceView[]
  /** Ids that were given and are none here. */
  readonly unknown: readonly Unknown[]
}

/** The instances that are meant, and the ids that nobody knows. */
function split(list: InstanceList, { args, options }: Invocation, isAllByDefault: boolean): Chosen {
  const tag = textOption(options, 'tag')
  if (args.length > 0) {
    const known = list.items.map(({ id }) => id)
    const unknown = args.filter((id) => !known.includes(id))
    return {
      items: args.flatMap((id) => list.items.filter((one) => one.id === id)),
      unknown: unknown.map((id) => ({ id, said: noSuchInstance(id, known) })),
    }
  }
  if (tag !== null) {
    const items = list.items.filter(({ tags }) => tags.includes(tag))
    if (items.length > 0) return { items, unknown: [] }
    throw new CliError(3, sentence(instanceMessages.noneMatches, { tag }))
  }
  if (isSet(options, 'all') || isAllByDefault) return { items: list.items, unknown: [] }
  throw new CliError(2, sentence(commonMessages.whichInstances))
}

/** For what only shows. @throws CliError 3 when one id is unknown */
export function shown(list: InstanceList, invocation: Invocation): InstanceView[] {
  const { items, unknown } = split(list, invocation, true)
  if (unknown.length > 0) refuse(unknown, invocation, (said) => said)
  return [...items]
}

/** For what raises risk: all of it or nothing. @throws CliError 3 when one id is unknown */
export function allChosen(list: InstanceList, invocation: Invocation): InstanceView[] {
  const { items, unknown } = split(list, invocation, false)
  if (unknown.length > 0) refuse(unknown, invocation, undone)
  return [...items]
}

/**
 * For what lowers risk: a slip in one id must not keep the others from being done. The unknown ones are told at once.
 * @throws CliError 3 when no id is known
 */
export function knownChosen(
  list: InstanceList,
  invocation: Invocation,
  isAllByDefault: boolean,
): Chosen {
  const { items, unknown } = split(list, invocation, isAllByDefault)
  if (unknown.length > 0 && items.length === 0) refuse(unknown, invocation, undone)
  complainOf(unknown, invocation)
  return { items, unknown }
}

export function complainOf(unknown: readonly Unknown[], { context, speech }: Invocation): void {
  for (const { said } of unknown) context.complain(sentenceIn(speech.language, said))
}

/** Each is told, the last as the error itself. */
export function refuse(
  unknown: readonly Unknown[],
  invocation: Invocation,
  ending: (said: Sentence) => Sentence,
): never {
  complainOf(unknown.slice(0, -1), invocation)
  const last = unknown.at(-1)?.said ?? sentence(commonMessages.whichInstances)
  throw new CliError(3, ending(last))
}

/** `…; nothing was done` */
export function undone({ message, values }: Sentence): Sentence {
  const end = commonMessages.nothingDone
  const said: Message = {
    en: `${message.en}; ${end.en}`,
    'zh-CN': `${message['zh-CN']}；${end['zh-CN']}`,
    'zh-TW': `${message['zh-TW']}；${end['zh-TW']}`,
  }
  return { message: said, values }
}

/** What is said of an id that nobody knows, with the one that was probably meant. */
export function noSuchInstance(id: string, ids: readonly string[]): Sentence {
  const known = ids.join(', ') || commonMessages.none
  const meant = nearest(id, ids)
  return meant === null
    ? sentence(commonMessages.noSuchInstance, { id, known })
    : sentence(commonMessages.noSuchInstanceMeant, { id, meant, known })
}
