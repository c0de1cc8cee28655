/** What may stand next on a command line, read from the program itself: commands, options, choices and known names. */
import type { Argument, Command, Option } from 'commander'

/** Names that only the home knows. */
export type NameKind = 'instance' | 'tag' | 'set' | 'template'

export interface Candidate {
  readonly value: string
  /** What it is, for shells that show that. */
  readonly text: string
}

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** What the shell may complete as well, in its own way. */
  readonly paths: 'files' | 'folders' | null
}

export type NamesOf = (kind: NameKind) => readonly string[]

interface Offer {
  readonly values: readonly Candidate[]
  readonly paths: Completion['paths']
}

/** Where the word that is being written stands. */
interface Position {
  readonly command: Command
  readonly operands: readonly string[]
  /** The option whose value is being written. */
  readonly pending: Option | null
  /** Behind `--` nothing is an option. */
  readonly isLiteral: boolean
  readonly given: ReadonlySet<string>
}

const NOTHING: Offer = { values: [], paths: null }
/** Only what every shell passes on unchanged is offered; names come from files that anybody may have made. */
const SAFE = /^[\w./:@=+~-]+$/

/**
 * @param words what stands behind `perpfleet`; the last one is being written and may be empty
 * @param namesOf asked only when such names may stand there
 */
export function completionOf(
  program: Command,
  words: readonly string[],
  namesOf: NamesOf,
): Completion {
  const current = words.at(-1) ?? ''
  const position = positionOf(program, words.slice(0, -1))
  const { values, paths } = offerOf(position, current, namesOf)
  const candidates = values.filter(({ value }) => value.startsWith(current) && SAFE.test(value))
  return { candidates, paths }
}

function offerOf(position: Position, current: string, namesOf: NamesOf): Offer {
  const { command, pending, isLiteral } = position
  if (pending !== null) return valuesOf(pending, namesOf)
  if (current.startsWith('-') && !isLiteral) {
    const end = current.indexOf('=')
    if (end === -1) return { values: optionNames(position), paths: null }
    const option = optionNamed(command, current.slice(0, end))
    if (option === null || option.isBoolean()) return NOTHING
    const { values } = valuesOf(option, namesOf)
    const head = current.slice(0, end + 1)
    return { values: values.map((one) => ({ ...one, value: `${head}${one.value}` })), paths: null }
  }
  const offer = operandsOf(position, namesOf)
  const isEmpty = offer.values.length === 0 && offer.paths === null
  const isUnknown = command.commands.length > 0 && position.operands.length > 0
  return isEmpty && !isLiteral && !isUnknown
    ? { values: optionNames(position), paths: null }
    : offer
}

function positionOf(program: Command, words: readonly string[]): Position {
  let command = program
  let pending: Option | null = null
  let isLiteral = false
  const operands: string[] = []
  const given = new Set<string>()
  for (const word of words) {
    if (pending !== null) pending = null
    else if (isLiteral) operands.push(word)
    else if (word === '--') isLiteral = true
    else if (/^-./.test(word)) {
      const name = word.startsWith('--') ? (word.split('=')[0] ?? word) : word.slice(0, 2)
      const option = optionNamed(command, name)
      if (option !== null) given.add(option.long ?? name)
      if (option !== null && !option.isBoolean() && name === word) pending = option
    } else {
      const child = operands.length === 0 ? childNamed(command, word) : null
      if (child !== null) command = child
      else operands.push(word)
    }
  }
  return { command, operands, pending, isLiteral, given }
}

/** Options of the command itself and of those above it, which stand anywhere on the line. */
function optionsOf(command: Command): Option[] {
  const above = command.parent === null ? [] : optionsOf(command.parent)
  return [...command.options, ...above].filter(({ hidden }) => !hidden)
}

const optionNamed = (command: Command, name: string): Option | null =>
  optionsOf(command).find(({ long, short }) => long === name || short === name) ?? null

const visibleCommands = (command: Command): Command[] =>
  command.createHelp().visibleCommands(command)

const childNamed = (command: Command, name: string): Command | null =>
  command.commands.find((one) => one.name() === name) ?? null

function optionNames({ command, given }: Position): Candidate[] {
  const names = optionsOf(command).flatMap(({ long, description, defaultValue }) => {
    const isRepeatable = Array.isArray(defaultValue)
    return long == null || (given.has(long) && !isRepeatable)
      ? []
      : [{ value: long, text: description }]
  })
  return [...names, { value: '--help', text: 'display help for command' }]
}

function operandsOf({ command, operands }: Position, namesOf: NamesOf): Offer {
  if (command.commands.length > 0 && operands.length === 0) {
    const values = visibleCommands(command).map((one) => ({
      value: one.name(),
      text: one.description(),
    }))
    return { values, paths: null }
  }
  const declared = command.registeredArguments
  const last = declared.at(-1)
  const argument = declared[operands.length] ?? (last?.variadic === true ? last : null)
  if (argument === null) return NOTHING
  const { values, paths } = argumentValues(command, argument, namesOf)
  return { values: values.filter(({ value }) => !operands.includes(value)), paths }
}

function argumentValues(command: Command, argument: Argument, namesOf: NamesOf): Offer {
  if (argument.argChoices) return plain(argument.argChoices)
  // The id of an instance that does not exist yet is nobody's to guess.
  if (command.name() === 'new' && argument.name() === 'id') return NOTHING
  return named(argument.name(), namesOf)
}

function valuesOf(option: Option, namesOf: NamesOf): Offer {
  if (option.argChoices) return plain(option.argChoices)
  if (option.long === '--instance-id') return NOTHING
  return named(/<([\w=-]+)>/.exec(option.flags)?.[1] ?? '', namesOf)
}

/** By the name that help shows for a value: `<id>`, `<file>`, `<set>` … */
function named(placeholder: string, namesOf: NamesOf): Offer {
  const names = (kind: NameKind): Candidate[] =>
    namesOf(kind).map((value) => ({ value, text: kind }))
  switch (placeholder) {
    case 'id':
    case 'ids':
      return { values: names('instance'), paths: null }
    case 'target':
      return { values: names('instance'), paths: 'files' }
    case 'tag':
    case 'set':
    case 'template':
      return { values: names(placeholder), paths: null }
    case 'feed': {
      const replays = names('set').map(({ value }) => ({ value: `replay:${value}`, text: 'set' }))
      const markets = [
        { value: 'demo', text: 'generated market' },
        { value: 'live', text: 'public prices of the venues' },
      ]
      return { values: [...markets, ...replays], paths: null }
    }
    case 'file':
    case 'oldfile':
      return { values: [], paths: 'files' }
    case 'folder':
    case 'directory':
      return { values: [], paths: 'folders' }
    default:
      return NOTHING
  }
}

const plain = (values: readonly string[]): Offer => ({
  values: values.map((value) => ({ value, text: '' })),
  paths: null,
})
