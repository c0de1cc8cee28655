/** logs. */
import { type Command, Option } from 'commander'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { noSuchInstance } from './chosen.ts'
import { CliError, type LineSource, type LogPlace } from './context.ts'
import { numberOption } from './lifecycle-commands.ts'
import { LogFollower, SievedLines } from './log-follower.ts'
import { type LogFilter, logLevels } from './log-line.ts'
import { readableLine } from './log-text.ts'
import { wallTime } from './log-time.ts'
import { logMessages as m } from './messages/logs.ts'
import { programMessages } from './messages/program.ts'
import { printJson } from './output.ts'
import { sentence } from './speech.ts'

const FOLLOW_MS = 300

const LINES = 50

export function registerLogCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  program
    .command('logs [ids...]')
    .description(say(m.about))
    .option('--all', say(m.all))
    .option('-f, --follow', say(m.follow))
    .option('-n, --lines <count>', say(m.lines, { count: LINES }))
    .option('--since <time>', say(m.since))
    .option('--until <time>', say(m.until))
    .addOption(new Option('--level <level>', say(m.level)).choices([...logLevels]))
    .option('--grep <pattern>', say(m.grep))
    .addOption(
      new Option('--stream <name>', say(m.stream))
        .choices(['bot', 'daemon', 'journal'])
        .default('bot'),
    )
    .option('--json', say(programMessages.json))
    .action(action(joined, logs))
}

async function logs(invocation: Invocation): Promise<number> {
  const { context, options, isJson } = invocation
  const places = await placesOf(invocation)
  const filter = filterOf(invocation)
  const isTimed = filter.since !== null || filter.until !== null
  const count =
    numberOption(options, 'lines', 0, 1_000_000, true) ??
    (isTimed ? Number.POSITIVE_INFINITY : LINES)
  const sources = places.map((place) => ({ id: place.id, source: sourceOf(invocation, place) }))
  const label = (id: string, line: string) => {
    const text = readableLine(line)
    return places.length > 1 ? `${id} ${text}` : text
  }
  const items: { readonly id: string; readonly lines: readonly string[] }[] = []
  for (const { id, source } of sources) {
    const lines = await source.last(count, filter)
    if (isJson) items.push({ id, lines })
    else for (const line of lines) context.print(`${label(id, line)}\n`)
  }
  if (isJson) printJson(context, { items })
  while (isSet(options, 'follow') && !context.interrupted.aborted) {
    await context.wait(FOLLOW_MS)
    for (const { id, source } of sources)
      for (const line of await source.more(filter)) context.print(`${label(id, line)}\n`)
  }
  return 0
}

function sourceOf({ context, options }: Invocation, place: LogPlace): LineSource {
  const { id, folder, open } = place
  const stream = textOption(options, 'stream') ?? 'bot'
  if (open !== undefined) return open(stream)
  return stream === 'journal'
    ? new SievedLines(context.journal(id))
    : new LogFollower(folder, stream)
}

async function placesOf({ context, args, options }: Invocation): Promise<LogPlace[]> {
  const places = await context.logPlaces()
  if (args.length === 0) {
    if (isSet(options, 'all')) return [...places]
    throw new CliError(2, sentence(m.which))
  }
  return args.map((id) => {
    const found = places.find((place) => place.id === id)
    if (found) return found
    const known = places.map((place) => place.id)
    throw new CliError(3, noSuchInstance(id, known))
  })
}

/** @throws CliError 2 */
function filterOf({ context, options }: Invocation): LogFilter {
  const level = logLevels.find((one) => one === textOption(options, 'level')) ?? null
  const timeOf = (name: string): number | null => {
    const text = textOption(options, name)
    return text === null ? null : wallTime(name, text, context.wallClock())
  }
  const [since, until] = [timeOf('since'), timeOf('until')]
  if (since !== null && until !== null && since > until)
    throw new CliError(2, sentence(m.backwards))
  if (until !== null && isSet(options, 'follow')) throw new CliError(2, sentence(m.endless))
  return { level, pattern: patternOf(textOption(options, 'grep')), since, until }
}

function patternOf(text: string | null): RegExp | null {
  try {
    return text === null ? null : new RegExp(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CliError(2, sentence(m.badPattern, { why }))
  }
}
