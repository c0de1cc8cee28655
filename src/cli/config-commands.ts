/** init, and config: validate, show, history, diff, rollback, new, import, archive. */
import type { Command } from 'commander'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import type { ConfigOperations } from './config-operations.ts'
import { type CliContext, CliError } from './context.ts'
import { type Cell, printJson, tableText } from './output.ts'

export function registerConfigCommands(program: Command, joined: Joined): void {
  program
    .command('init')
    .description('make the folders and files of a home; replaces nothing')
    .option('--demo', 'with the demo instances in config/active/')
    .option('--json', 'print JSON')
    .action(action(joined, init))
  const config = program.command('config').description('configuration files and their versions')
  const command = (name: string, text: string, run: (invocation: Invocation) => Ran) =>
    config
      .command(name)
      .description(text)
      .option('--json', 'print JSON')
      .action(action(joined, run))
  command('validate [file]', 'every fault of one file, or of all files; changes nothing', validate)
  command('show <id>', 'the file of an instance, secrets masked; fleet: what holds for all', show)
    .option('--version <number>', 'an earlier version instead of the file')
    .option('--effective', 'everything that holds, defaults filled in, as JSON')
  command('history <id>', 'the accepted versions: when, who, how', history)
  command('diff <id> <a> [b]', 'what differs between two versions, or a version and now', diff)
  command('rollback <id> <version>', 'bring an earlier version back, as a new one', rollback)
  command('new <template> <id>', 'a new instance file of a template', create)
  command('import <oldfile>', 'take an older instance file over in today’s form', importOld).option(
    '--instance-id <id>',
    'the id, whatever the file says',
  )
  command('archive <id>', 'retire a stopped instance: its file moves to config/archived/', archive)
}

type Ran = Promise<number> | number

/** Runs on the files here; the control plane of another machine has its own. */
function withFiles<T>(context: CliContext, run: (files: ConfigOperations) => T): T {
  const files = context.configFiles()
  try {
    return run(files)
  } finally {
    files.close()
  }
}

function init({ context, options, isJson }: Invocation): number {
  const made = context.init(isSet(options, 'demo'))
  if (isJson) printJson(context, { home: context.home, made })
  else if (made.length === 0) context.print(`${context.home} has everything already\n`)
  else {
    context.print(made.map((name) => `made ${name}\n`).join(''))
    context.print(
      'next: perpfleet config new TEMPLATE ID makes an instance, perpfleet up starts all\n',
    )
  }
  return 0
}

function validate({ context, args, isJson }: Invocation): number {
  const result = context.validate(args[0] ?? null)
  if (isJson) printJson(context, result)
  else {
    for (const text of result.faults) context.complain(text)
    for (const text of result.warnings) context.print(`warning: ${text}\n`)
    const names = result.instances.join(', ') || 'none'
    if (result.faults.length === 0) context.print(`all is well; instances: ${names}\n`)
  }
  return result.faults.length === 0 ? 0 : 1
}

/** @throws CliError 2 */
function versionOf(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new CliError(2, `a version is a number from 1, found ${text ?? 'nothing'}`)
}

function show({ context, args, options, isJson }: Invocation): number {
  const [id = ''] = args
  const text = textOption(options, 'version')
  const version = text === null ? null : versionOf(text)
  if (isSet(options, 'effective')) {
    if (version !== null)
      throw new CliError(2, '--effective shows what holds now: leave --version out')
    printJson(
      context,
      withFiles(context, (files) => files.effective(id)),
    )
    return 0
  }
  const shown = withFiles(context, (files) => files.show(id, version))
  if (isJson) printJson(context, { id, ...shown })
  else context.print(shown.content.endsWith('\n') ? shown.content : `${shown.content}\n`)
  return 0
}

function history({ context, args, isJson }: Invocation): number {
  const versions = withFiles(context, (files) => files.history(args[0] ?? ''))
  const rows = versions.map(({ version, at, author, origin, file, hash }) => ({
    version,
    at: new Date(at).toISOString(),
    author,
    origin,
    file,
    hash: hash.slice(0, 12),
  }))
  if (isJson) printJson(context, { items: rows, next_cursor: null })
  else if (rows.length === 0) context.print('no version has been accepted yet: perpfleet up\n')
  else {
    const cells = rows.map((row): Cell[] => Object.values(row))
    context.print(tableText('version|at|author|by|file|hash', cells))
  }
  return 0
}

function diff({ context, args, isJson }: Invocation): number {
  const [id = '', a, b] = args
  const [from, to] = [versionOf(a), b === undefined ? null : versionOf(b)]
  const lines = withFiles(context, (files) => files.difference(id, from, to))
  if (isJson) printJson(context, { id, a: from, b: to, lines })
  else context.print(lines.length === 0 ? 'no difference\n' : `${lines.join('\n')}\n`)
  return 0
}

function told(context: CliContext, isJson: boolean, result: object, sentence: string): number {
  if (isJson) printJson(context, result)
  else context.print(`${sentence}\n`)
  return 0
}

const STARTS =
  'it runs as soon as a control plane does; "autostart": false in metadata keeps it from that'

function rollback({ context, args, isJson }: Invocation): number {
  const [id = '', version] = args
  const wanted = versionOf(version)
  const written = withFiles(context, (files) => files.rollback(id, wanted))
  const text = `${written.file} is version ${wanted} again, written as version ${written.version}`
  return told(context, isJson, written, text)
}

function create({ context, args, isJson }: Invocation): number {
  const [template = '', id = ''] = args
  const written = withFiles(context, (files) => files.create(template, id))
  return told(context, isJson, written, `wrote ${written.file}: ${STARTS}`)
}

function importOld({ context, args, options, isJson }: Invocation): number {
  const id = textOption(options, 'instanceId')
  const written = withFiles(context, (files) => files.import(args[0] ?? '', id))
  const text = `wrote ${written.file} as ${written.id}, the same instance as before: ${STARTS}`
  return told(context, isJson, written, text)
}

async function archive({ context, args, isJson }: Invocation): Promise<number> {
  const [id = ''] = args
  const fleet = await context.open()
  const found = (await fleet.list()).items.find((one) => one.id === id)
  if (found !== undefined && found.pid !== null) {
    throw new CliError(4, `${id} runs: perpfleet stop ${id} first`)
  }
  const file = withFiles(context, (files) => files.archive(id))
  const held = found?.position != null && Number(found.position) !== 0
  const note = held ? `; it still holds ${found.position} of ${found.symbol}` : ''
  return told(context, isJson, { id, file }, `${id} is retired, its file is ${file} now${note}`)
}
