/** keys: list, add, remove; vault: rotate. What is secret is asked for or read, never an argument. */
import type { Command } from 'commander'
import { credentialNames } from '../config/venue-access.ts'
import { type CredentialForm, credentialForm, hasForm } from '../domain/credential-form.ts'
import { type Invocation, isSet, type Joined, jsonCommands, textOption } from './action.ts'
import { CliError } from './context.ts'
import { printChecks } from './doctor-command.ts'
import type { KeyOperations } from './key-operations.ts'
import { keyHelp as help, keyMessages as m } from './messages/keys.ts'
import { type Cell, printJson, tableText } from './output.ts'
import { type Message, sentence } from './speech.ts'

/** As in the vault's file and in exchange_config.key. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,47}$/
const PASSPHRASE_MIN = 12

export function registerKeyCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const keys = program.command('keys').description(say(help.keys))
  const vault = program.command('vault').description(say(help.vault))
  const command = jsonCommands(joined)
  command(keys, 'list', help.list, list)
  command(keys, 'add <name>', help.add, add)
    .requiredOption('--venue <venue>', say(help.venue))
    .option('--stdin', say(help.stdin))
  command(keys, 'test <name>', help.test, test).option('--testnet', say(help.testnet))
  command(keys, 'remove <name>', help.remove, remove).option('--yes', say(help.yes))
  command(vault, 'rotate', help.rotate, rotate)
}

function list({ context, isJson, speech }: Invocation): number {
  const items = context.keys().list()
  if (isJson) printJson(context, { items })
  else if (items.length === 0) context.print(`${speech.say(m.none)}\n`)
  else {
    const rows = items.map((one): Cell[] => [
      one.name,
      one.venue,
      `…${one.ending}`,
      one.fingerprint,
      `${one.added_at.slice(0, 16).replace('T', ' ')} UTC`,
      one.used_by.join(', '),
    ])
    context.print(tableText(speech.say(m.head), rows))
  }
  return 0
}

async function add(invocation: Invocation): Promise<number> {
  const { context, args, options, isJson, speech } = invocation
  const [name = ''] = args
  const venue = (textOption(options, 'venue') ?? '').toLowerCase()
  if (!NAME.test(name)) throw new CliError(2, sentence(m.badName, { name }))
  const keys = context.keys()
  // What cannot be stored is not asked for.
  if (keys.list().some((one) => one.name === name))
    throw new CliError(4, sentence(m.taken, { name }))
  const credentials = await credentialsOf(venue, invocation)
  const passphrase = await passphraseFor(keys, invocation)
  const added = await keys.add(name, venue, credentials, passphrase)
  if (isJson) printJson(context, added)
  else context.print(`${speech.say(m.added, { name, venue, fingerprint: added.fingerprint })}\n`)
  return 0
}

async function credentialsOf(
  venue: string,
  { context, options, speech }: Invocation,
): Promise<Record<string, string>> {
  const names = credentialNames(venue)
  if (isSet(options, 'stdin')) {
    const given = givenCredentials(await context.readLine(), names)
    for (const name of names) mustHaveForm(venue, name, given[name] ?? '')
    return given
  }
  if (!context.canAsk) throw new CliError(2, sentence(m.needsStdin, { names: names.join(', ') }))
  const credentials: Record<string, string> = {}
  for (const name of names) {
    const value = (await context.askSecret(speech.say(m.ask, { name, venue }))).trim()
    mustHaveForm(venue, name, value)
    credentials[name] = value
  }
  return credentials
}

/** A line of JSON: exactly what the venue asks for, all of it texts. */
function givenCredentials(line: string, names: readonly string[]): Record<string, string> {
  const given = parsed(line)
  const isWhole =
    given !== null &&
    Object.keys(given).length === names.length &&
    names.every((name) => typeof given[name] === 'string' && given[name] !== '')
  if (!isWhole) throw new CliError(2, sentence(m.badInput, { names: names.join(', ') }))
  return Object.fromEntries(names.map((name) => [name, String(given[name]).trim()]))
}

const FORMS: Readonly<Record<CredentialForm, Message>> = {
  text: m.formText,
  base64_32: m.formBase64,
  seed: m.formBase64,
  address: m.formAddress,
  private_key: m.formPrivateKey,
}

/** A part that was copied in part or into the wrong place is refused before it is stored; it is not told. */
function mustHaveForm(venue: string, name: string, value: string): void {
  const form = credentialForm(venue, name)
  if (hasForm(form, value)) return
  if (value === '') throw new CliError(2, sentence(m.empty, { name }))
  throw new CliError(2, sentence(m.badForm, { name, venue, form: FORMS[form] }))
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // What was given may hold a secret: it is not told.
    return null
  }
}

/** @returns null = the environment tells it */
async function passphraseFor(
  keys: KeyOperations,
  { context, speech }: Invocation,
): Promise<string | null> {
  if (keys.hasKey) return null
  if (!context.canAsk) throw new CliError(4, sentence(m.needsKey))
  if (keys.hasVault) return context.askSecret(speech.say(m.askPassphrase))
  return newPassphrase(context, speech.say(m.askNew), speech.say(m.askAgain))
}

async function newPassphrase(
  context: Invocation['context'],
  question: string,
  again: string,
): Promise<string> {
  const first = await context.askSecret(question)
  if (first.length < PASSPHRASE_MIN)
    throw new CliError(4, sentence(m.tooShort, { min: PASSPHRASE_MIN }))
  if (first !== (await context.askSecret(again))) throw new CliError(4, sentence(m.differ))
  return first
}

/** @returns 1 when the venue refuses the key, or the key may do too much */
async function test(invocation: Invocation): Promise<number> {
  const { context, args, options, isJson, speech } = invocation
  const [name = ''] = args
  const keys = context.keys()
  if (!keys.list().some((one) => one.name === name))
    throw new CliError(3, sentence(m.unknown, { name }))
  const passphrase = await passphraseFor(keys, invocation)
  const checks = await keys.test(name, isSet(options, 'testnet'), passphrase)
  if (isJson) printJson(context, { checks })
  else printChecks(checks, context, speech)
  return checks.some(({ level }) => level === 'fail') ? 1 : 0
}

function remove({ context, args, options, isJson, speech }: Invocation): number {
  const [name = ''] = args
  const keys = context.keys()
  const used = keys.list().find((one) => one.name === name)?.used_by ?? []
  if (used.length > 0 && !isSet(options, 'yes'))
    throw new CliError(4, sentence(m.inUse, { name, ids: used.join(', ') }))
  keys.remove(name)
  if (isJson) printJson(context, { name, removed: true })
  else context.print(`${speech.say(m.removed, { name })}\n`)
  return 0
}

async function rotate(invocation: Invocation): Promise<number> {
  const { context, isJson, speech } = invocation
  const keys = context.keys()
  if (!context.canAsk) throw new CliError(4, sentence(m.rotateAsks))
  const from = keys.hasKey ? null : await context.askSecret(speech.say(m.askPassphrase))
  const to = await newPassphrase(context, speech.say(m.askNew), speech.say(m.askAgain))
  const entries = await keys.rotate(from, to)
  if (isJson) printJson(context, { entries })
  else context.print(`${speech.say(m.rotated, { count: entries })}\n`)
  return 0
}
