/** user: list, add, password, remove. A password never stands on a command line: every user of a machine sees those. */
import { type Command, Option } from 'commander'
import type { UserChange } from '../protocol/api-messages.ts'
import { type Invocation, isSet, type Joined, jsonCommands, textOption } from './action.ts'
import type { Awaitable } from './config-operations.ts'
import { type CliContext, CliError } from './context.ts'
import { userHelp as help, userMessages as m } from './messages/users.ts'
import { type Cell, printJson, tableText } from './output.ts'
import { sentence } from './speech.ts'
import type { UserOperations } from './user-operations.ts'

export function registerUserCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const user = program.command('user').description(say(help.user))
  const command = jsonCommands(joined)
  const role = new Option('--role <role>', say(help.role))
    .choices(['viewer', 'operator', 'admin'])
    .default('viewer')
  command(user, 'list', help.list, list)
  command(user, 'add <name>', help.add, add).addOption(role).option('--stdin', say(help.stdin))
  command(user, 'password <name>', help.password, setPassword).option('--stdin', say(help.stdin))
  command(user, 'remove <name>', help.remove, remove)
}

async function withUsers<T>(
  context: CliContext,
  run: (users: UserOperations) => Awaitable<T>,
): Promise<T> {
  const users = await context.users()
  try {
    return await run(users)
  } finally {
    users.close()
  }
}

async function list({ context, isJson, speech }: Invocation): Promise<number> {
  const items = await withUsers(context, (users) => users.list())
  if (isJson) printJson(context, { items })
  else if (items.length === 0) context.print(`${speech.say(m.none)}\n`)
  else {
    const rows = items.map((one): Cell[] => [
      one.username,
      one.role,
      minuteOf(one.created_at),
      minuteOf(one.password_at),
    ])
    context.print(tableText(speech.say(m.head), rows))
  }
  return 0
}

const minuteOf = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`

async function add(invocation: Invocation): Promise<number> {
  const { context, args, options, isJson, speech } = invocation
  const [name = ''] = args
  const role = textOption(options, 'role') ?? 'viewer'
  const password = await passwordFor(name, invocation)
  const added = await withUsers(context, (users) => users.add(name, role, password))
  if (isJson) printJson(context, added)
  else {
    context.print(`${speech.say(m.added, { name: added.username, role: added.role })}\n`)
    tellMade(added, invocation)
  }
  return 0
}

async function setPassword(invocation: Invocation): Promise<number> {
  const { context, args, isJson, speech } = invocation
  const [name = ''] = args
  const password = await passwordFor(name, invocation)
  const changed = await withUsers(context, (users) => users.setPassword(name, password))
  if (isJson) printJson(context, changed)
  else {
    context.print(`${speech.say(m.changed, { name: changed.username })}\n`)
    tellMade(changed, invocation)
  }
  return 0
}

function tellMade({ password }: UserChange, { context, speech }: Invocation): void {
  if (password !== null) context.print(`${speech.say(m.made, { password })}\n`)
}

async function remove({ context, args, isJson, speech }: Invocation): Promise<number> {
  const name = (args[0] ?? '').trim().toLowerCase()
  await withUsers(context, (users) => users.remove(name))
  if (isJson) printJson(context, { username: name, removed: true })
  else context.print(`${speech.say(m.removed, { name })}\n`)
  return 0
}

/** @returns null = one is to be made. @throws CliError 2, 4 */
async function passwordFor(
  name: string,
  { context, options, speech }: Invocation,
): Promise<string | null> {
  if (isSet(options, 'stdin')) {
    const line = await context.readLine()
    if (line === '') throw new CliError(2, sentence(m.emptyInput))
    return line
  }
  if (!context.canAsk) return null
  const first = await context.askSecret(speech.say(m.ask, { name }))
  if (first === '') return null
  const second = await context.askSecret(speech.say(m.askAgain))
  if (first !== second) throw new CliError(4, sentence(m.differ))
  return first
}
