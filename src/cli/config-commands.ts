/** init, and config: validate, show, history, diff, rollback, new, import, archive. */
import type { Command } from 'commander'
import type { CreatedConfig } from '../protocol/config-messages.ts'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import type { Awaitable, ConfigOperations } from './config-operations.ts'
import { type CliContext, CliError } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { configHelp, configMessages as m } from './messages/config.ts'
import { type Cell, printJson, tableText } from './output.ts'
import { type Message, type Speech, sentence } from './speech.ts'

export function registerConfigCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const help = configHelp
  program
    .command('init')
    .description(say(help.init))
    .option('--demo', say(help.demo))
    .option('--json', say(commonMessages.json))
    .action(action(joined, init))
  const config = program.command('config').description(say(help.config))
  const command = (name: string, text: Message, run: (invocation: Invocation) => Ran) =>
    config
      .command(name)
      .description(say(text))
      .option('--json', say(commonMessages.json))
      .action(action(joined, run))
  command('validate [file]', help.validate, validate)
  command('show <id> [version]', help.show, show).option('--effective', say(help.effective))
  command('history <id>', help.history, history)
  command('diff <id> [a] [b]', help.diff, diff)
  command('rollback <id> <version>', help.rollback, rollback)
  command('new <template> <id>', help.create, create)
  command('import <oldfile>', help.importOld, importOld).option(
    '--instance-id <id>',
    say(help.instanceId),
  )
  command('archive <id>', help.archive, archive)
}

type Ran = Promise<number> | number

/** Runs on the files of this home, or on those of the machine that is asked. */
async function withFiles<T>(
  context: CliContext,
  run: (files: ConfigOperations) => Awaitable<T>,
  makesHome = false,
): Promise<T> {
  const files = await context.configFiles(makesHome)
  try {
    return await run(files)
  } finally {
    files.close()
  }
}

function init({ context, options, isJson, speech }: Invocation): number {
  const made = context.init(isSet(options, 'demo'))
  if (isJson) printJson(context, { home: context.home, made })
  else if (made.length === 0) context.print(`${speech.say(m.complete, { home: context.home })}\n`)
  else {
    context.print(made.map((name) => `${speech.say(m.made, { name })}\n`).join(''))
    context.print(`${speech.say(m.next)}\n`)
  }
  return 0
}

async function validate({ context, args, isJson, speech }: Invocation): Promise<number> {
  const result = await context.validate(args[0] ?? null)
  if (isJson) printJson(context, result)
  else {
    for (const text of result.faults) context.complain(text)
    for (const text of result.warnings) context.print(`${speech.say(m.warning, { text })}\n`)
    const names = result.instances.join(', ') || commonMessages.none
    if (result.faults.length === 0)
      context.print(`${validText(result.warnings.length, names, speech)}\n`)
  }
  return result.faults.length === 0 ? 0 : 1
}

function validText(warnings: number, names: string | Message, { say }: Speech): string {
  if (warnings === 0) return say(m.allWell, { names })
  return warnings === 1 ? say(m.validWarning, { names }) : say(m.validWarnings, { warnings, names })
}

/** @throws CliError 2 */
function versionOf(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new CliError(2, sentence(m.noVersion, { found: text ?? commonMessages.absent }))
}

async function show({ context, args, options, isJson }: Invocation): Promise<number> {
  const [id = '', text] = args
  const version = text === undefined ? null : versionOf(text)
  if (isSet(options, 'effective')) {
    if (version !== null) throw new CliError(2, sentence(m.effectiveNow))
    printJson(context, await withFiles(context, (files) => files.effective(id)))
    return 0
  }
  const shown = await withFiles(context, (files) => files.show(id, version))
  if (isJson) printJson(context, { id, ...shown })
  else context.print(shown.content.endsWith('\n') ? shown.content : `${shown.content}\n`)
  return 0
}

async function history({ context, args, isJson, speech }: Invocation): Promise<number> {
  const versions = await withFiles(context, (files) => files.history(args[0] ?? ''))
  const rows = versions.map(({ version, at, author, origin, file, hash }) => ({
    version,
    at: new Date(at).toISOString(),
    author,
    origin,
    file,
    hash: hash.slice(0, 12),
  }))
  if (isJson) printJson(context, { items: rows, next_cursor: null })
  else if (rows.length === 0) context.print(`${speech.say(m.noneAccepted)}\n`)
  else {
    const cells = rows.map((row): Cell[] => Object.values(row))
    context.print(tableText(speech.say(m.historyHead), cells))
  }
  return 0
}

async function diff({ context, args, isJson, speech }: Invocation): Promise<number> {
  const [id = '', a, b] = args
  if (a === undefined) throw new CliError(2, sentence(m.diffNeedsVersion, { id }))
  const [from, to] = [versionOf(a), b === undefined ? null : versionOf(b)]
  const lines = await withFiles(context, (files) => files.difference(id, from, to))
  if (isJson) printJson(context, { id, a: from, b: to, lines })
  else context.print(lines.length === 0 ? `${speech.say(m.same)}\n` : `${lines.join('\n')}\n`)
  return 0
}

function told(context: CliContext, isJson: boolean, result: object, sentence: string): number {
  if (isJson) printJson(context, result)
  else context.print(`${sentence}\n`)
  return 0
}

async function rollback({ context, args, isJson, speech }: Invocation): Promise<number> {
  const [id = '', version] = args
  const wanted = versionOf(version)
  const written = await withFiles(context, (files) => files.rollback(id, wanted))
  const { file, version: now } = written
  const text = speech.say(m.rolledBack, { file, wanted, now })
  return told(context, isJson, written, text)
}

async function create({ context, args, isJson, speech }: Invocation): Promise<number> {
  const [template = '', id = ''] = args
  const written = await withFiles(context, (files) => files.create(template, id), true)
  const text = `${speech.say(m.wrote, { file: written.file })}: ${await startText(context, written, speech)}`
  return toldNew({ context, isJson, speech }, written, text)
}

/** When a new instance starts. */
async function startText(
  context: CliContext,
  { id, autostart }: CreatedConfig,
  { say }: Speech,
): Promise<string> {
  if (!autostart) return say(m.staysStopped, { id })
  const { hasControlPlane } = await context.open()
  return say(hasControlPlane ? m.startsNow : m.startsWithUp)
}

function toldNew(
  { context, isJson, speech }: Pick<Invocation, 'context' | 'isJson' | 'speech'>,
  written: CreatedConfig,
  text: string,
): number {
  const { id, same_contract: same, own_account: account } = written
  told(context, isJson, written, text)
  if (account !== null && !isJson) context.print(`${speech.say(m.ownAccount, { account })}\n`)
  if (same.length === 0 || isJson) return 0
  const others = same.join(', ')
  const clash = speech.say(m.sameContract, { id, others })
  context.print(`${speech.say(m.warning, { text: clash })}\n`)
  return 0
}

async function importOld({ context, args, options, isJson, speech }: Invocation): Promise<number> {
  const id = textOption(options, 'instanceId')
  const written = await withFiles(context, (files) => files.import(args[0] ?? '', id), true)
  const said = speech.say(m.imported, { file: written.file, id: written.id })
  const text = `${said}: ${await startText(context, written, speech)}`
  return toldNew({ context, isJson, speech }, written, text)
}

async function archive({ context, args, isJson, speech }: Invocation): Promise<number> {
  const [id = ''] = args
  const fleet = await context.open()
  const found = (await fleet.list()).items.find((one) => one.id === id)
  if (found !== undefined && found.pid !== null) {
    throw new CliError(4, sentence(m.stillRuns, { id }))
  }
  const file = await withFiles(context, (files) => files.archive(id))
  const position = found?.position ?? '0'
  const isHeld = found !== undefined && Number(position) !== 0
  const text = isHeld
    ? speech.say(m.archivedHolding, { id, file, position, symbol: found.symbol })
    : speech.say(m.archived, { id, file })
  return told(context, isJson, { id, file }, text)
}
