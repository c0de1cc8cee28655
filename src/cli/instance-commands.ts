/** list, status, start, stop, restart, pause, resume, arm, close-all, kill. */
import { type Command, Option } from 'commander'
import type { ActionName, FleetAccess } from '../client/fleet-access.ts'
import type { ActionResult, InstanceList, InstanceView } from '../protocol/fleet-messages.ts'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { type CliContext, CliError } from './context.ts'
import { DIRECT_HELP, runDirect } from './direct-commands.ts'
import { messages } from './messages.ts'
import { amount, type Cell, duration, printJson, tableText } from './output.ts'

const ALL = 'every instance'
const WATCH_MS = 1000

export function registerInstanceCommands(program: Command, joined: Joined): void {
  const command = (name: string, text: string) =>
    program
      .command(`${name} [ids...]`)
      .description(text)
      .option('--all', ALL)
      .option('--tag <tag>', 'those that carry a tag')
      .option('--json', 'print JSON')
  command('list', 'the instances in a table')
    .option('--watch', 'again each second, until Ctrl-C')
    .option('--wide', 'with configuration file, start time and node')
    .action(action(joined, list))
  command('status', 'what the instances do and why').action(action(joined, status))
  command('start', 'set the desired state to running; starts a control plane when none runs')
    .option('--config <file>', 'an instance file, copied into config/active/')
    .option('--instance-id <id>', 'with --config: the id, whatever the file says')
    .action(action(joined, start))
  command('stop', 'end instances')
    .addOption(
      new Option('--orders <what>', 'resting orders').choices(['cancel', 'keep']).default('cancel'),
    )
    .addOption(
      new Option('--positions <what>', 'open positions').choices(['keep', 'close']).default('keep'),
    )
    .action(action(joined, stop))
  command('restart', 'replace the processes; orders stay').action(
    action(joined, acting('restart', false)),
  )
  command('pause', 'cancel what raises risk and place nothing that does').action(
    action(joined, acting('pause', false)),
  )
  command('resume', 'end a pause').action(action(joined, acting('resume', false)))
  command('arm', 'let disarmed or killed instances trade again').action(
    action(joined, acting('arm', false)),
  )
  command('close-all', 'close positions by reduce-only orders and wait until they are 0')
    .option('--yes', 'do not ask')
    .option('--direct', DIRECT_HELP)
    .action(action(joined, acting('close', true)))
  command('kill', 'stop entries, cancel, close positions, and stay killed until armed')
    .option('--yes', 'do not ask')
    .option('--direct', DIRECT_HELP)
    .action(action(joined, acting('kill', true)))
}

/** The instances that are meant; unknown ids are exit 3. */
function chosen(
  list: InstanceList,
  { args, options }: Invocation,
  isAllByDefault: boolean,
): InstanceView[] {
  const tag = textOption(options, 'tag')
  if (args.length > 0) {
    return args.map((id) => {
      const found = list.items.find((one) => one.id === id)
      if (found) return found
      const known = list.items.map((one) => one.id).join(', ') || 'none'
      throw new CliError(3, `there is no instance ${id} here; known: ${known}`)
    })
  }
  if (tag !== null) {
    const tagged = list.items.filter(({ tags }) => tags.includes(tag))
    if (tagged.length === 0) throw new CliError(3, `${messages().noneMatches} ${tag}`)
    return tagged
  }
  if (isSet(options, 'all') || isAllByDefault) return [...list.items]
  throw new CliError(2, messages().whichInstances)
}

// --- list and status ----------------------------------------------------------------------------

async function list(invocation: Invocation): Promise<number> {
  const { context, options, isJson } = invocation
  const isWide = isSet(options, 'wide')
  if (!isSet(options, 'watch')) {
    const fleet = await context.open()
    const all = await fleet.list()
    const items = chosen(all, invocation, true)
    if (isJson) printJson(context, { ...all, items })
    else context.print(listText({ ...all, items }, isWide, fleet.hasControlPlane))
    return 0
  }
  while (!context.interrupted.aborted) {
    const fleet = await context.open()
    const all = await fleet.list()
    const shown = { ...all, items: chosen(all, invocation, true) }
    if (isJson) context.print(`${JSON.stringify(shown)}\n`)
    else context.print(`\u001b[H\u001b[2J${listText(shown, isWide, fleet.hasControlPlane)}`)
    await context.wait(WATCH_MS)
  }
  return 0
}

function listText(list: InstanceList, isWide: boolean, hasControlPlane: boolean): string {
  const words = messages()
  const title = [
    ...(list.feed === null ? [] : [list.feed.label]),
    ...(hasControlPlane ? [] : [words.noControlPlane]),
  ].join(' · ')
  const faults = list.faults.map((text) => `${text}\n`).join('')
  const head = isWide ? `${words.listHead}|${words.listHeadWide}` : words.listHead
  const body =
    list.items.length === 0
      ? `${words.noInstances}\n`
      : tableText(
          head,
          list.items.map((one) => (isWide ? [...cells(one), ...wideCells(one)] : cells(one))),
        )
  const why = list.items
    .filter(({ reason }) => reason !== null)
    .map((one) => `${one.id}: ${one.reason}\n`)
  return `${title === '' ? '' : `${title}\n`}${body}${why.join('')}${faults}`
}

const cells = (one: InstanceView): Cell[] => [
  one.id,
  one.state,
  one.pid,
  one.port,
  one.venue,
  one.symbol,
  one.strategy,
  amount(one.equity),
  amount(one.pnl),
  amount(one.pnl_today),
  one.fills,
  one.restarts,
  one.memory_mb === null ? null : `${one.memory_mb} MB`,
  one.cpu_percent === null ? null : `${one.cpu_percent} %`,
  duration(one.uptime_s),
]

const wideCells = (one: InstanceView): Cell[] => [one.config_file, one.started_at, one.node]

async function status(invocation: Invocation): Promise<number> {
  const { context, isJson } = invocation
  const fleet = await context.open()
  const all = await fleet.list()
  const items = chosen(all, invocation, true)
  if (isJson) printJson(context, { ...all, items })
  else {
    if (!fleet.hasControlPlane) context.print(`${messages().noControlPlane}\n`)
    if (all.feed !== null) context.print(`${all.feed.label}${marketTime(all)}\n`)
    for (const one of items) context.print(statusText(one))
    for (const text of all.faults) context.print(`${text}\n`)
  }
  return 0
}

const marketTime = ({ feed }: InstanceList): string =>
  feed?.market_time ? `, market time ${feed.market_time.slice(0, 19)}Z` : ''

function statusText(one: InstanceView): string {
  const facts: [string, Cell][] = [
    [
      'state',
      `${one.state}${one.reason === null ? '' : ` (${one.reason})`}, desired ${one.desired}`,
    ],
    ['contract', `${one.symbol} on ${one.venue}, ${one.mode}`],
    [
      'process',
      one.pid === null ? null : `pid ${one.pid}, port ${one.port}, up ${duration(one.uptime_s)}`,
    ],
    ['equity', one.equity === null ? null : `${amount(one.equity)} (PnL ${amount(one.pnl)})`],
    ['position', one.position],
    ['orders', one.orders === null ? null : `${one.orders} working, ${one.fills ?? 0} fills`],
    ['restarts', one.restarts],
    ['file', one.config_file],
  ]
  const lines = facts
    .filter(([, fact]) => fact !== null)
    .map(([name, fact]) => `  ${name.padEnd(9)} ${fact}`)
  const log = one.last_lines.map((line) => `  | ${line}`)
  return `${[one.id, ...lines, ...log].join('\n')}\n`
}

// --- actions ------------------------------------------------------------------------------------

async function start(invocation: Invocation): Promise<number> {
  const { context, options } = invocation
  const file = textOption(options, 'config')
  const instanceId = textOption(options, 'instanceId')
  if (file === null && instanceId !== null) {
    throw new CliError(2, '--instance-id goes with --config FILE')
  }
  const added = file === null ? [] : [context.addInstance(file, instanceId)]
  const named = [...invocation.args, ...added]
  const isChosen = named.length > 0 || isSet(options, 'all') || textOption(options, 'tag') !== null
  if (!isChosen) throw new CliError(2, messages().whichInstances)
  const fleet = await context.openStarted()
  const ids =
    added.length > 0
      ? named
      : chosen(await fleet.list(), { ...invocation, args: named }, false).map(({ id }) => id)
  return each(invocation, ids, (id) => fleet.act('start', id))
}

async function stop(invocation: Invocation): Promise<number> {
  const { context, options } = invocation
  const fleet = await context.open()
  const ids = chosen(await fleet.list(), invocation, false).map(({ id }) => id)
  const orders = textOption(options, 'orders') === 'keep' ? 'keep' : 'cancel'
  const positions = textOption(options, 'positions') === 'close' ? 'close' : 'keep'
  if (orders === 'keep' && positions === 'close') {
    throw new CliError(
      2,
      '--positions close needs --orders cancel: resting orders would open it again',
    )
  }
  return each(invocation, ids, (id) => fleet.stop(id, { orders, positions }))
}

function acting(name: ActionName, isAllByDefault: boolean) {
  return async (invocation: Invocation): Promise<number> => {
    if ((name === 'close' || name === 'kill') && isSet(invocation.options, 'direct'))
      return runDirect(name, invocation)
    const fleet: FleetAccess = await invocation.context.open()
    const ids = chosen(await fleet.list(), invocation, isAllByDefault).map(({ id }) => id)
    const mustAsk = (name === 'close' || name === 'kill') && !isSet(invocation.options, 'yes')
    const question = `${name === 'kill' ? 'Kill' : 'Close the positions of'} ${ids.join(', ')}?`
    if (mustAsk && !(await invocation.context.confirm(question))) {
      throw new CliError(4, 'nothing was done')
    }
    return each(invocation, ids, (id) => fleet.act(name, id))
  }
}

/** All at once; one that fails does not keep the others from being done. */
async function each(
  { context, isJson }: Invocation,
  ids: readonly string[],
  act: (id: string) => Promise<ActionResult>,
): Promise<number> {
  const results = await Promise.all(ids.map((id) => act(id).catch((error) => failed(id, error))))
  if (isJson) printJson(context, { items: results })
  else for (const one of results) tell(context, one)
  if (results.every(({ ok }) => ok)) return 0
  return results.some(({ ok, code }) => !ok && isRefusal(code)) ? 4 : 1
}

const isRefusal = (code: ActionResult['code']): boolean =>
  code === 'CONFLICT' || code === 'PRECONDITION' || code === 'REFUSED_RISK' || code === 'FORBIDDEN'

function failed(id: string, error: unknown): ActionResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL'
  const text = error instanceof Error ? error.message : String(error)
  return { id, ok: false, state: null, text, code: code as ActionResult['code'] }
}

function tell(context: CliContext, { id, ok, text }: ActionResult): void {
  const sentence = text.startsWith(id) ? text : `${id} ${text}`
  if (ok) context.print(`${sentence}\n`)
  else context.complain(sentence)
}
