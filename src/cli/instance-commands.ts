/** list, status, start, stop, restart, pause, resume, arm, disarm, close-all, kill. */
import { type Command, Option } from 'commander'
import type { ActionName, FleetAccess } from '../client/fleet-access.ts'
import type { ActionResult, InstanceList, InstanceView } from '../protocol/fleet-messages.ts'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { closingPreview, mustAgree } from './asking.ts'
import { allChosen, knownChosen, shown, type Unknown } from './chosen.ts'
import { type CliContext, CliError } from './context.ts'
import { runDirect } from './direct-commands.ts'
import { commonMessages } from './messages/common.ts'
import { heldMessages as h } from './messages/held.ts'
import { instanceHelp, instanceMessages as m, outcomeMessages } from './messages/instance.ts'
import { stateText } from './messages/words.ts'
import { amount, type Cell, duration, printJson, tableText } from './output.ts'
import { pairReportIn } from './pair-text.ts'
import { type Speech, sentence, sentenceIn } from './speech.ts'
import {
  feedText,
  holdsText,
  stateCell,
  statusText,
  unhedgedText,
  unknownText,
  whyText,
} from './status-text.ts'

const WATCH_MS = 1000

export function registerInstanceCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  const help = instanceHelp
  const command = (name: string, text: string) =>
    program
      .command(`${name} [ids...]`)
      .description(text)
      .option('--all', say(commonMessages.everyInstance))
      .option('--tag <tag>', say(help.tag))
      .option('--json', say(commonMessages.json))
  command('list', say(help.list))
    .option('--watch', say(help.watch))
    .option('--wide', say(help.wide))
    .action(action(joined, list))
  command('status', say(help.status)).action(action(joined, status))
  command('start', say(help.start))
    .option('--config <file>', say(help.config))
    .option('--no-copy', say(help.noCopy))
    .option('--instance-id <id>', say(help.instanceId))
    .action(action(joined, start))
  command('stop', say(help.stop))
    .addOption(
      new Option('--orders <what>', say(help.orders)).choices(['cancel', 'keep']).default('cancel'),
    )
    .addOption(
      new Option('--positions <what>', say(help.positions))
        .choices(['keep', 'close'])
        .default('keep'),
    )
    .action(action(joined, stop))
  for (const name of ['restart', 'pause', 'resume', 'arm', 'disarm'] as const)
    command(name, say(help[name])).action(action(joined, acting(name, false)))
  command('close-all', say(help.closeAll))
    .option('--yes', say(help.yes))
    .option('--direct', say(help.direct))
    .action(action(joined, acting('close', true)))
  command('kill', say(help.kill))
    .option('--yes', say(help.yes))
    .option('--direct', say(help.direct))
    .action(action(joined, acting('kill', true)))
}

// --- list and status ----------------------------------------------------------------------------

async function list(invocation: Invocation): Promise<number> {
  const { context, options, isJson, speech } = invocation
  const isWide = isSet(options, 'wide')
  if (!isSet(options, 'watch')) {
    const fleet = await context.open()
    const all = await fleet.list()
    const items = shown(all, invocation)
    if (isJson) printJson(context, { ...all, items })
    else context.print(listText({ ...all, items }, isWide, fleet.hasControlPlane, speech))
    return 0
  }
  while (!context.interrupted.aborted) {
    const fleet = await context.open()
    const all = await fleet.list()
    const now = { ...all, items: shown(all, invocation) }
    if (isJson) context.print(`${JSON.stringify(now)}\n`)
    else {
      const text = listText(now, isWide, fleet.hasControlPlane, speech)
      context.print(`\u001b[H\u001b[2J${text}`)
    }
    await context.wait(WATCH_MS)
  }
  return 0
}

function listText(
  list: InstanceList,
  isWide: boolean,
  hasControlPlane: boolean,
  speech: Speech,
): string {
  const { say, relay } = speech
  const title = [
    ...(list.feed === null ? [] : [relay(list.feed.label)]),
    ...(hasControlPlane ? [] : [say(commonMessages.noControlPlane)]),
  ].join(' · ')
  const faults = untold(list.faults, list.items)
    .map((text) => `${text}\n`)
    .join('')
  const head = isWide ? `${say(m.listHead)}|${say(m.listHeadWide)}` : say(m.listHead)
  const body =
    list.items.length === 0
      ? `${say(m.noInstances)}\n`
      : tableText(
          head,
          list.items.map((one) => [...cells(one, speech), ...(isWide ? wideCells(one) : [])]),
        )
  const why = list.items.flatMap((one) => {
    const why = whyText(one, speech, Date.now())
    const holds = holdsText(one, speech)
    const open = unhedgedText(one, speech, Date.now())
    const told = [open, holds, unknownText(one, speech)].filter((text) => text !== null)
    const held = told.map((reason) => say(m.why, { id: one.id, reason }))
    return [...(why === null ? [] : [why]), ...held].map((text) => `${text}\n`)
  })
  const note = list.feed?.note == null ? '' : `${relay(list.feed.note)}\n`
  return `${title === '' ? '' : `${title}\n`}${note}${body}${why.join('')}${faults}`
}

/** Faults that no line of an instance tells already. */
function untold(faults: readonly string[], items: readonly InstanceView[]): string[] {
  const told = items.map(({ id, restraint, reason }) => `${id}: ${restraint?.why ?? reason ?? ''}`)
  return [...new Set(faults)].filter((text) => !told.some((line) => line.includes(text)))
}

const cells = (one: InstanceView, speech: Speech): Cell[] => [
  one.id,
  stateCell(one, speech),
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
  const { context, isJson, speech } = invocation
  const fleet = await context.open()
  const all = await fleet.list()
  const items = shown(all, invocation)
  const pairs = await pairsOf(items, fleet)
  const pairOf = ({ id }: InstanceView): unknown => pairs.get(id) ?? null
  if (isJson) {
    const told = items.map((one) => (pairs.has(one.id) ? { ...one, pair: pairOf(one) } : one))
    printJson(context, { ...all, items: told })
  } else {
    if (!fleet.hasControlPlane) context.print(`${speech.say(commonMessages.noControlPlane)}\n`)
    if (all.feed !== null) context.print(`${feedText(all.feed, speech)}\n`)
    const hasEnded = all.feed?.state === 'ended'
    for (const one of items)
      context.print(statusText(one, speech, Date.now(), hasEnded, pairOf(one)))
    for (const text of untold(all.faults, items)) context.print(`${text}\n`)
  }
  return 0
}

/** What strategies of two legs say of their pairs, by instance; null = the bot tells nothing now. */
async function pairsOf(
  items: readonly InstanceView[],
  fleet: FleetAccess,
): Promise<ReadonlyMap<string, unknown>> {
  const pairs = items.filter(({ legs }) => legs !== undefined)
  const told = pairs.map(async ({ id }) => {
    const status = await fleet.status(id).catch(() => null)
    return [id, pairReportIn(status)] as const
  })
  return new Map(await Promise.all(told))
}

// --- actions ------------------------------------------------------------------------------------

async function start(invocation: Invocation): Promise<number> {
  const { context, options } = invocation
  const file = textOption(options, 'config')
  const instanceId = textOption(options, 'instanceId')
  const isCopied = options['copy'] !== false
  if (file === null && instanceId !== null) throw new CliError(2, sentence(m.idNeedsConfig))
  if (file === null && !isCopied) throw new CliError(2, sentence(m.noCopyNeedsConfig))
  const added = file === null ? [] : [context.addInstance(file, instanceId, isCopied)]
  const named = [...invocation.args, ...added]
  const isChosen = named.length > 0 || isSet(options, 'all') || textOption(options, 'tag') !== null
  if (!isChosen) throw new CliError(2, sentence(commonMessages.whichInstances))
  const isNew = added.length > 0
  // An id that nobody knows is no reason to start a control plane.
  if (!isNew) allChosen(await (await context.open()).list(), invocation)
  const fleet = await context.openStarted()
  const ids = isNew
    ? named
    : allChosen(await fleet.list(), { ...invocation, args: named }).map(({ id }) => id)
  return each(invocation, 'start', ids, (id) => fleet.act('start', id))
}

async function stop(invocation: Invocation): Promise<number> {
  const { context, options } = invocation
  const fleet = await context.open()
  const { items, unknown } = knownChosen(await fleet.list(), invocation, false)
  const ids = items.map(({ id }) => id)
  const orders = textOption(options, 'orders') === 'keep' ? 'keep' : 'cancel'
  const positions = textOption(options, 'positions') === 'close' ? 'close' : 'keep'
  if (orders === 'keep' && positions === 'close') {
    throw new CliError(2, sentence(m.closeNeedsCancel))
  }
  const act = (id: string) => fleet.stop(id, { orders, positions })
  return each(invocation, 'stop', ids, act, unknown)
}

/** What lowers risk is done for the instances that are known, whatever else was typed. */
const LOWERING: ReadonlySet<ActionName> = new Set(['pause', 'disarm', 'close', 'kill'])

function acting(name: ActionName, isAllByDefault: boolean) {
  return async (invocation: Invocation): Promise<number> => {
    if ((name === 'close' || name === 'kill') && isSet(invocation.options, 'direct'))
      return runDirect(name, invocation)
    const fleet: FleetAccess = await invocation.context.open()
    const list = await fleet.list()
    const { items, unknown } = LOWERING.has(name)
      ? knownChosen(list, invocation, isAllByDefault)
      : { items: allChosen(list, invocation), unknown: [] }
    const ids = items.map(({ id }) => id)
    if (name === 'restart' && !fleet.hasControlPlane)
      throw new CliError(4, sentence(commonMessages.noControlPlane))
    if (name === 'close' || name === 'kill') {
      const ask = name === 'kill' ? m.askKill : m.askClose
      const question = invocation.speech.say(ask, { ids: ids.join(', ') })
      await mustAgree(invocation, name, closingPreview(name, items, invocation), question)
    }
    return each(invocation, name, ids, (id) => fleet.act(name, id), unknown)
  }
}

/** All at once; one that fails, or that nobody knows, does not keep the others from being done. */
async function each(
  { context, isJson, speech }: Invocation,
  name: ActionName | 'stop',
  ids: readonly string[],
  act: (id: string) => Promise<ActionResult>,
  unknown: readonly Unknown[] = [],
): Promise<number> {
  let at = 0
  const count = ids.length
  const done = async (id: string): Promise<ActionResult> => {
    const one = await act(id).catch((error) => failed(id, error))
    at += 1
    if (isJson) return one
    const said = resultText(name, one, speech)
    // Told as it comes: replacing many processes takes a while.
    const isStep = count > 1 && one.ok
    tell(context, isStep ? speech.say(h.progress, { at, count, sentence: said }) : said, one.ok)
    return one
  }
  const results = await Promise.all(ids.map(done))
  if (isJson) printJson(context, { items: [...results, ...unknown.map(notFound)] })
  else if (count > 1) context.print(`${endText(name, results, speech)}\n`)
  // That a known instance failed weighs more than a slip in an id.
  if (results.every(({ ok }) => ok)) return unknown.length > 0 ? 3 : 0
  const failures = results.filter(({ ok }) => !ok)
  if (failures.some(({ code }) => isRefusal(code))) return 4
  // It went away in between, as an archived instance does.
  return failures.every(({ code }) => code === 'NOT_FOUND') ? 3 : 1
}

function endText(
  name: ActionName | 'stop',
  results: readonly ActionResult[],
  speech: Speech,
): string {
  const done = results.filter(({ ok }) => ok).length
  // Without a state it is not killed yet: the next start obeys.
  const isKept = name === 'kill' && results.some(({ ok, state }) => ok && state === null)
  const what = speech.say(isKept ? h.killKept : outcomeMessages[name])
  return speech.say(h.end, { done, count: results.length, what })
}

const isRefusal = (code: ActionResult['code']): boolean =>
  code === 'CONFLICT' || code === 'PRECONDITION' || code === 'REFUSED_RISK' || code === 'FORBIDDEN'

function failed(id: string, error: unknown): ActionResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL'
  const text = error instanceof Error ? error.message : String(error)
  return { id, ok: false, state: null, text, code: code as ActionResult['code'] }
}

const notFound = ({ id, said }: Unknown): ActionResult => ({
  id,
  ok: false,
  state: null,
  text: sentenceIn('en', said),
  code: 'NOT_FOUND',
})

function tell(context: CliContext, text: string, isDone: boolean): void {
  if (isDone) context.print(`${text}\n`)
  else context.complain(text)
}

/**
 * Whoever did it says it in English; where the phrase book does not know the sentence, a success is told by action and
 * state, and a failure keeps its English words: its reason must not be lost.
 */
function resultText(name: ActionName | 'stop', result: ActionResult, speech: Speech): string {
  const { id, ok, text, state } = result
  const told = speech.relay(text)
  if (speech.language === 'en' || !ok || told !== text)
    return told.startsWith(id) ? told : `${id} ${told}`
  const done = speech.say(outcomeMessages[name])
  return state === null
    ? `${id} ${done}`
    : speech.say(m.nowIn, { id, done, state: stateText(state, speech) })
}
