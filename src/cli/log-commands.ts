/** logs. */
import { type Command, Option } from 'commander'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { CliError, type LogPlace } from './context.ts'
import { numberOption } from './lifecycle-commands.ts'
import { type LogFilter, LogFollower, logLevels } from './log-follower.ts'
import { printJson } from './output.ts'

const FOLLOW_MS = 300

export function registerLogCommands(program: Command, joined: Joined): void {
  program
    .command('logs [ids...]')
    .description('what the instances logged')
    .option('--all', 'every instance')
    .option('-f, --follow', 'go on with what is added, until Ctrl-C')
    .option('-n, --lines <count>', 'so many lines of each', '50')
    .addOption(new Option('--level <level>', 'this level and worse').choices([...logLevels]))
    .option('--grep <pattern>', 'lines that match a regular expression')
    .addOption(
      new Option('--stream <name>', 'bot: the bot itself; daemon: who looks after it')
        .choices(['bot', 'daemon'])
        .default('bot'),
    )
    .option('--json', 'print JSON')
    .action(action(joined, logs))
}

async function logs(invocation: Invocation): Promise<number> {
  const { context, options, isJson } = invocation
  const places = placesOf(invocation)
  const count = numberOption(options, 'lines', 0, 1_000_000, true) ?? 50
  const filter = filterOf(invocation)
  const stream = textOption(options, 'stream') === 'daemon' ? 'daemon' : 'bot'
  const followers = places.map((place) => ({
    place,
    follower: new LogFollower(place.folder, stream),
  }))
  const label = (place: LogPlace, line: string) =>
    places.length > 1 ? `${place.id} ${line}` : line
  const last = followers.map(({ place, follower }) => ({
    id: place.id,
    lines: follower.last(count, filter),
  }))
  if (isJson) printJson(context, { items: last })
  else
    for (const { place, lines } of last.map((one, at) => ({ ...one, place: places[at] })))
      for (const line of lines) context.print(`${place ? label(place, line) : line}\n`)
  while (isSet(options, 'follow') && !context.interrupted.aborted) {
    await context.wait(FOLLOW_MS)
    for (const { place, follower } of followers) {
      for (const line of follower.more(filter)) context.print(`${label(place, line)}\n`)
    }
  }
  return 0
}

function placesOf({ context, args, options }: Invocation): LogPlace[] {
  const places = context.logPlaces()
  if (args.length === 0) {
    if (isSet(options, 'all')) return [...places]
    throw new CliError(2, 'say which instances: ID… or --all')
  }
  return args.map((id) => {
    const found = places.find((place) => place.id === id)
    if (found) return found
    const known = places.map((place) => place.id).join(', ') || 'none'
    throw new CliError(3, `there is no instance ${id} here; known: ${known}`)
  })
}

function filterOf({ options }: Invocation): LogFilter {
  const level = logLevels.find((one) => one === textOption(options, 'level')) ?? null
  const text = textOption(options, 'grep')
  try {
    return { level, pattern: text === null ? null : new RegExp(text) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CliError(2, `--grep is no regular expression: ${why}`)
  }
}
