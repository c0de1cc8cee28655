/** sandbox: status, keys, fault list, set, clear. */
import { type Command, Option } from 'commander'
import {
  endpointClasses,
  type FaultState,
  type FaultWish,
  faultKinds,
  type SandboxAccountKeys,
  type SandboxState,
  sandboxVenues,
} from '../protocol/sandbox-messages.ts'
import {
  type Invocation,
  isSet,
  type Joined,
  jsonCommands,
  type Options,
  textOption,
} from './action.ts'
import { CliError } from './context.ts'
import { sandboxHelp as help, sandboxMessages as m } from './messages/sandbox.ts'
import { type Cell, printJson, tableText } from './output.ts'
import { type Speech, sentence } from './speech.ts'

const PUBLIC_PARTS: readonly string[] = ['api_key', 'wallet_address']

export function registerSandboxCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const sandbox = program.command('sandbox').description(say(help.sandbox))
  const fault = sandbox.command('fault').description(say(help.fault))
  const command = jsonCommands(joined)
  command(sandbox, 'status', help.status, status)
  command(sandbox, 'keys', help.keys, keys)
    .addOption(new Option('--venue <venue>', say(help.venue)).choices(sandboxVenues))
    .option('--secrets', say(help.secrets))
  command(fault, 'list', help.list, list)
  command(fault, 'clear [id]', help.clear, clear)
  const set = command(fault, 'set <kind>', help.set, setFault)
  set.addOption(new Option('--venue <venue>', say(help.venue)).choices(sandboxVenues))
  set.option('--account <name>', say(help.account))
  set.addOption(new Option('--endpoint <class>', say(help.endpoint)).choices(endpointClasses))
  set.option('--symbol <symbol>', say(help.symbol))
  for (const name of ['probability', 'count', 'seed', 'for', 'value'] as const) {
    set.option(`--${name} <number>`, say(help[name]))
  }
  set.option('--text <text>', say(help.text))
}

async function status({ context, isJson, speech }: Invocation): Promise<number> {
  const state = await context.sandbox({ type: 'sandbox', action: 'status' })
  if (isJson) {
    printJson(context, state)
    return 0
  }
  const limits = speech.say(state.hasRateLimits ? m.on : m.off)
  const { keysFile: file, latencyMs: latency } = state
  context.print(`${speech.say(m.whole, { file, latency, limits })}\n\n`)
  const rows = state.venues.flatMap(({ venue, accounts, requests, connections, restUrl }) =>
    accounts.map((one): Cell[] => [
      venue,
      one.account,
      `${one.equity} ${one.settle}`,
      one.openOrders,
      one.positions,
      requests,
      connections,
      restUrl,
    ]),
  )
  context.print(`${tableText(speech.say(m.head), rows)}\n`)
  context.print(faultText(state, speech))
  return 0
}

function keys({ context, options, isJson, speech }: Invocation): number {
  const file = context.sandboxKeys()
  const wanted = textOption(options, 'venue')
  const hasSecrets = isSet(options, 'secrets')
  const venues = Object.entries(file.venues)
    .filter(([venue]) => wanted === null || venue === wanted)
    .map(([venue, { rest_url, ws_url, accounts }]) => ({
      venue,
      rest_url,
      ws_url,
      accounts: Object.fromEntries(
        Object.entries(accounts).map(([name, parts]) => [name, shownParts(parts, hasSecrets)]),
      ),
    }))
  if (isJson) {
    printJson(context, { items: venues })
    return 0
  }
  const rows = venues.flatMap(({ venue, rest_url, ws_url, accounts }): Cell[][] => [
    [venue, '', 'rest_url', rest_url],
    [venue, '', 'ws_url', ws_url],
    ...Object.entries(accounts).flatMap(([account, parts]) =>
      Object.entries(parts).map(([name, value]): Cell[] => [venue, account, name, value]),
    ),
  ])
  context.print(tableText(speech.say(m.keysHead), rows))
  return 0
}

function shownParts(parts: SandboxAccountKeys, hasSecrets: boolean): Record<string, string> {
  const there = Object.entries(parts).filter(
    ([name, value]) => value !== '' && (hasSecrets || PUBLIC_PARTS.includes(name)),
  )
  return Object.fromEntries(there)
}

async function list({ context, isJson, speech }: Invocation): Promise<number> {
  const state = await context.sandbox({ type: 'sandbox', action: 'status' })
  if (isJson) printJson(context, { items: state.faults })
  else context.print(faultText(state, speech))
  return 0
}

async function clear({ context, args, isJson, speech }: Invocation): Promise<number> {
  const [fault = null] = args
  const state = await context.sandbox({ type: 'sandbox', action: 'clear', fault })
  if (isJson) printJson(context, { items: state.faults })
  else context.print(faultText(state, speech))
  return 0
}

async function setFault({ context, args, options, isJson, speech }: Invocation): Promise<number> {
  const [kind = ''] = args
  if (!(faultKinds as readonly string[]).includes(kind)) {
    const known = faultKinds.join(', ')
    throw new CliError(2, sentence(m.badKind, { kind, known }))
  }
  const fault = wishOf(kind, options)
  const state = await context.sandbox({ type: 'sandbox', action: 'set', fault })
  if (isJson) printJson(context, { items: state.faults })
  else context.print(faultText(state, speech))
  return 0
}

function wishOf(kind: string, options: Options): FaultWish {
  const wish: Record<string, unknown> = { kind }
  for (const name of ['venue', 'account', 'endpoint', 'symbol', 'text']) {
    const value = textOption(options, name)
    if (value !== null) wish[name] = value
  }
  for (const name of ['probability', 'count', 'seed', 'value']) {
    const value = numberOption(options, name)
    if (value !== null) wish[name] = value
  }
  const seconds = numberOption(options, 'for')
  if (seconds !== null) wish['forMs'] = Math.round(seconds * 1000)
  return wish as unknown as FaultWish
}

function numberOption(options: Options, option: string): number | null {
  const value = textOption(options, option)
  if (value === null) return null
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) {
    throw new CliError(2, sentence(m.noNumber, { option, value }))
  }
  return number
}

function faultText({ faults }: SandboxState, { say }: Speech): string {
  if (faults.length === 0) return `${say(m.noFault)}\n`
  const rows = faults.map((fault): Cell[] => [
    fault.id,
    fault.kind,
    whereOf(fault) || say(m.everywhere),
    whenOf(fault) || say(m.always),
    [fault.value, fault.text].filter((one) => one !== undefined).join(' '),
    fault.hits,
  ])
  return tableText(say(m.faultHead), rows)
}

const whereOf = ({ venue, account, endpoint, symbol }: FaultState): string =>
  [venue, account, endpoint, symbol].filter((one) => one !== undefined).join('·')

function whenOf({ probability, count, forMs }: FaultState): string {
  const parts = [
    probability === undefined ? '' : `p=${probability}`,
    count === undefined ? '' : `n=${count}`,
    forMs === undefined ? '' : `${forMs / 1000}s`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
