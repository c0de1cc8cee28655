/**
 * What a changed configuration asks of a bot that runs: nothing, a word to it, a restart, or a refusal. Compared is what
 * it was started with (or told since) with what it would be started with now, so that an edit made while no control
 * plane ran is judged alike. Pure.
 */
import type { Json, ParameterSchema } from '../domain/strategy.ts'
import type { BotLaunch } from '../protocol/launch.ts'

export type Parameters = BotLaunch['parameters']

export interface ReloadPlan {
  /**
   * `none`: what changed concerns the supervision alone, or nothing; `hot`: the bot takes it while it runs; `restart`:
   * its process is replaced, orders stay; `refuse`: it cannot be changed in the life of the instance.
   */
  readonly kind: 'none' | 'hot' | 'restart' | 'refuse'
  /** Keys that make it so, of the strongest kind. */
  readonly keys: readonly string[]
}

type Kind = ReloadPlan['kind']
const STRENGTH: readonly Kind[] = ['none', 'hot', 'restart', 'refuse']

/** Which of the settings stay for life: positions, orders and books hang on them. */
const FIXED_SETTINGS: readonly [name: keyof BotLaunch['settings'], key: string][] = [
  ['venue', 'metadata.exchange'],
  ['symbol', 'metadata.symbol'],
  ['account', 'exchange_config.account'],
  ['mode', 'exchange_config.mode'],
]
/** The desk learns them at the next hello, which needs no new process. */
const RESTART_LIMITS: ReadonlySet<string> = new Set(['positionSizeMax', 'onBreach'])
const SETTING_KEYS: Readonly<Record<string, string>> = {
  capital: 'exchange_config.capital',
  leverage: 'exchange_config.leverage',
  marginMode: 'exchange_config.margin_mode',
  onBotLost: 'exchange_config.on_bot_lost',
  timeZone: 'time_zone',
  paper: 'exchange_config.paper',
  feed: 'exchange_config.feed',
}

/** Settings that are compared elsewhere, or are no setting of the file. */
const SEPARATE: ReadonlySet<string> = new Set(['limits', 'instance', 'initialPosition'])

export function planReload(
  running: BotLaunch,
  wanted: BotLaunch,
  schemas: Readonly<Record<string, ParameterSchema>>,
): ReloadPlan {
  const changes: { readonly kind: Kind; readonly key: string }[] = []
  const note = (kind: Kind, key: string): void => void changes.push({ kind, key })
  if (running.strategy !== wanted.strategy) note('refuse', 'metadata.strategy')
  else
    for (const key of changedParameters(running.parameters, wanted.parameters))
      note(schemas[key]?.isHot === true ? 'hot' : 'refuse', `strategy_config.${key}`)
  if (running.strategyFile?.sha256 !== wanted.strategyFile?.sha256)
    note('restart', 'metadata.strategy')
  if (running.dbPath !== wanted.dbPath) note('refuse', 'daemon_config.db_path')
  noteSettings(running.settings, wanted.settings, note)
  noteLegs(running, wanted, note)
  if (running.initialPosition !== wanted.initialPosition)
    note('restart', 'exchange_config.initial_position')
  if (running.web.port !== wanted.web.port) note('restart', 'daemon_config.web_port')
  const { environmentHash: hash } = running
  if (hash !== undefined && hash !== wanted.environmentHash)
    note('restart', 'daemon_config.environment')
  const { level, dir, ...log } = running.log
  const { level: levelWanted, dir: dirWanted, ...logWanted } = wanted.log
  if (level !== levelWanted) note('hot', 'logging.level')
  if (dir !== dirWanted) note('restart', 'daemon_config.log_dir')
  if (!isSame(log, logWanted)) note('restart', 'logging')
  return strongest(changes)
}

/** Why a plan that is refused does not act, and the way out. */
export function refusalText({ keys }: ReloadPlan, { settings, dbPath }: BotLaunch): string {
  // Sums of a life are made with one rate: the same pair goes on with another one only as a new life.
  const wayOut = keys.every((key) => key.endsWith('.settle_rate'))
    ? `close the pair (perpfleet close-all ${settings.instance}), archive ${dbPath} and start it anew`
    : 'give the change an instance of its own'
  return `${keys.join(', ')} is fixed at the first start of an instance, so the changed file does not act: change it back, or ${wayOut}`
}

type Note = (kind: Kind, key: string) => void

function noteLegs(running: BotLaunch, wanted: BotLaunch, note: Note): void {
  const [before, after] = [running.legs ?? [], wanted.legs ?? []]
  if (before.length !== after.length) return note('refuse', 'legs')
  for (const [index, leg] of after.entries()) {
    const old = before[index]
    if (old === undefined) continue
    noteSettings(old.settings, leg.settings, (kind, key) =>
      note(kind, key.replace(/^(?:metadata|exchange_config)\./, `legs[${index + 1}].`)),
    )
    if (old.settleRate !== leg.settleRate) note('refuse', `legs[${index + 1}].settle_rate`)
  }
  if (!isSame(running.legsLimits, wanted.legsLimits)) note('restart', 'risk_config (legs)')
}

function noteSettings(
  running: BotLaunch['settings'],
  wanted: BotLaunch['settings'],
  note: Note,
): void {
  const fixed = new Map<string, string>(FIXED_SETTINGS)
  const [before, after] = [new Map(Object.entries(running)), new Map(Object.entries(wanted))]
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (SEPARATE.has(name) || isSame(before.get(name) ?? false, after.get(name) ?? false)) continue
    if (name === 'accountLimits') {
      note('hot', 'trading')
      continue
    }
    const key = fixed.get(name)
    if (key === undefined) note('restart', SETTING_KEYS[name] ?? `exchange_config.${name}`)
    else note('refuse', key)
  }
  const [old, now] = [
    new Map(Object.entries(running.limits)),
    new Map(Object.entries(wanted.limits)),
  ]
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    if (isSame(old.get(name), now.get(name))) continue
    note(RESTART_LIMITS.has(name) ? 'restart' : 'hot', `risk_config (${name})`)
  }
}

/** auto_price that is switched off leaves the range where it is, so it is no change of a fixed key. */
function changedParameters(before: Parameters, after: Parameters): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].filter((key) => {
    if (key === 'auto_price' && after[key] === false) return false
    return !isSame(before[key], after[key])
  })
}

function strongest(changes: readonly { readonly kind: Kind; readonly key: string }[]): ReloadPlan {
  const kind = STRENGTH.findLast((one) => changes.some((change) => change.kind === one)) ?? 'none'
  return { kind, keys: changes.filter((change) => change.kind === kind).map(({ key }) => key) }
}

/** Equal as JSON; the order of keys and absent keys do not count. */
function isSame(a: unknown, b: unknown): boolean {
  return canonical(a as Json | undefined) === canonical(b as Json | undefined)
}

function canonical(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const pairs = Object.entries(value)
    .filter(([, item]) => item !== undefined && item !== null)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
  return `{${pairs.join(',')}}`
}
