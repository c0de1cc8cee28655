/** What is the matter with a fleet, seen at one moment. Pure; docs/reference/alerts.md is compared with it. */
import type { AlertCondition, AlertLevel } from '../domain/alert.ts'
import type { InstanceState } from '../domain/instance-state.ts'
import type { Unhedged } from '../protocol/fleet-messages.ts'

export interface WatchedInstance {
  readonly id: string
  /** It should run. */
  readonly isWanted: boolean
  readonly state: InstanceState
  /** Its bot is connected to its desk. */
  readonly isHeard: boolean
  /** Why its mode holds, in words; null = nothing holds it. */
  readonly why: string | null
  readonly unknownOrders: number
  /** Of several legs, where they are: `okx BTC/USDT:USDT`; null, absent = it trades one contract. */
  readonly unknownAt?: string | null
  /** Lots: booked, and at the venue where that is another number. */
  readonly position: number
  readonly positionVenue: number | null
  /** Of several legs, which one that is. */
  readonly positionAt?: string | null
  /** Of two legs, what is held on one alone for longer than it may be; null, absent = nothing. */
  readonly unhedged?: Unhedged | null
  /** Ends of its process that nobody asked for. */
  readonly restarts: number
  /** Orders and trades of others on its contract that it must not have (`on_foreign: halt`), since its desk started. */
  readonly foreign: number
}

export interface WatchedDesk {
  readonly name: string
  readonly isWanted: boolean
  readonly isRunning: boolean
  readonly restarts: number
}

export interface WatchedFleet {
  readonly instances: readonly WatchedInstance[]
  readonly desks: readonly WatchedDesk[]
  readonly accounts: readonly WatchedAccount[]
}

export interface WatchedAccount {
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  readonly isConnected: boolean
  /** Why the venue takes its key no more; null = it does. */
  readonly refusal: string | null
  /** Why nothing new is placed although connections stand; null, absent = the venue is there. */
  readonly away?: string | null
  /** Fills that came after their order was final, since its desk started. */
  readonly lateFills: number
}

/** `alerting.thresholds`, in ms. */
export interface AlertSpans {
  readonly botDownMs: number
  readonly deskDownMs: number
  readonly orderUnknownMs: number
}

/** ExchangeDisconnected holds for so long before it is told, ms. */
const DISCONNECTED_MS = 60_000
/** What has happened once is told for so long, ms: after that it is old news. */
export const SHOWN_MS = 30_000

const condition = (
  alert: string,
  level: AlertLevel,
  subject: string,
  text: string,
  holdMs = 0,
): AlertCondition => ({ key: `${alert}:${subject}`, alert, level, subject, text, holdMs })

/** Every condition that holds now. */
export function conditionsOf(seen: WatchedFleet, spans: AlertSpans): AlertCondition[] {
  return [
    ...seen.instances.flatMap((one) => instanceConditions(one, spans)),
    ...seen.desks.flatMap((one) => deskConditions(one, spans)),
    ...seen.accounts.flatMap(accountConditions),
  ]
}

/** Of an instance of several legs: where it is. */
const at = (leg: string | null | undefined): string => (leg == null ? '' : ` at ${leg}`)

function instanceConditions(one: WatchedInstance, spans: AlertSpans): AlertCondition[] {
  const { id } = one
  const found: AlertCondition[] = []
  const add = (...given: Parameters<typeof condition>) => void found.push(condition(...given))
  if (one.isWanted && !one.isHeard && one.state !== 'quarantined')
    add('BotDown', 'critical', id, downText(one), spans.botDownMs)
  if (one.state === 'quarantined')
    add(
      'BotQuarantined',
      'critical',
      id,
      `${id} failed too often and is not started again: perpfleet logs ${id}, then perpfleet start ${id}`,
    )
  if (one.unknownOrders > 0)
    add(
      'OrderOutcomeUnknown',
      'critical',
      id,
      `${id} has ${one.unknownOrders} orders whose outcome is not known${at(one.unknownAt)}: nothing is resent, the venue is asked each second`,
      spans.orderUnknownMs,
    )
  if (one.unhedged != null) add('UnhedgedLegs', 'critical', id, unhedgedText(id, one.unhedged))
  if (one.positionVenue !== null && one.positionVenue !== one.position)
    add(
      'PositionMismatch',
      'critical',
      id,
      `the venue reports ${one.positionVenue} lots for ${id}${at(one.positionAt)}, its books ${one.position}: it takes no new risk; compare, then perpfleet resume ${id}`,
    )
  found.push(...modeConditions(one))
  return found
}

const unhedgedText = (id: string, { amount, base, since, why }: Unhedged): string =>
  `${amount} ${base} of ${id} is unhedged since ${since.slice(0, 19)}Z (${why}): perpfleet status ${id} tells what it does about it, perpfleet stop ${id} --positions close ends it`

/** A bot that was refused may be so because its desk is not let in either: then nobody withdraws anything. */
const downText = ({ id, state, why }: WatchedInstance): string =>
  state === 'stopped' && why !== null
    ? `the bot of ${id} does not run (${why}): look at its orders and position at the venue; perpfleet status ${id}`
    : `the bot of ${id} gives no sign (${state}): its desk, while it runs, withdraws what raises risk; perpfleet logs ${id}`

function modeConditions({ id, state, why }: WatchedInstance): AlertCondition[] {
  const reason = why === null ? '' : `: ${why}`
  if (state === 'killed')
    return [condition('KillSwitch', 'critical', id, `${id} is killed${reason}`)]
  if (state === 'halted' || state === 'reduce_only')
    return [
      condition(
        'Halted',
        'critical',
        id,
        `${id} is ${state.replace('_', ' ')}${reason}; perpfleet resume ${id} lets it trade again`,
      ),
    ]
  return []
}

const accountConditions = ({
  account,
  isConnected,
  refusal,
  away = null,
}: WatchedAccount): AlertCondition[] =>
  refusal !== null
    ? [
        condition(
          'KeyRefused',
          'critical',
          account,
          `the venue refuses the key of ${account}: ${refusal.replace(/\.$/, '')}; nothing new is placed, and what rests may not be cancellable by this key: look at the venue, then give another key`,
        ),
      ]
    : isConnected
      ? []
      : [
          condition(
            'ExchangeDisconnected',
            'critical',
            account,
            away === null
              ? `${account} has no connection to its venue: perpfleet doctor tells why`
              : `the venue of ${account} is away: ${away}; nothing that raises risk is placed until it answers, and positions stay as they are: look at the venue`,
            DISCONNECTED_MS,
          ),
        ]

const deskConditions = (one: WatchedDesk, spans: AlertSpans): AlertCondition[] =>
  one.isWanted && !one.isRunning
    ? [
        condition(
          'DeskDown',
          'critical',
          one.name,
          `${one.name} does not answer: its accounts are not looked after; perpfleet doctor, logs/${one.name}/`,
          spans.deskDownMs,
        ),
      ]
    : []

/** Tells what has happened since the look before: counters that grew. */
export class NewsWatch {
  readonly #counts = new Map<string, number>()
  readonly #news = new Map<string, { readonly at: number; readonly told: AlertCondition }>()

  take({ instances, desks, accounts }: WatchedFleet, nowMs: number): AlertCondition[] {
    const processes = [
      ...instances.map(({ id, restarts }) => ({ name: `bot-${id}`, restarts })),
      ...desks,
    ]
    for (const { name, restarts } of processes) this.#see(died(name), restarts, nowMs)
    for (const { id, foreign } of instances) this.#see(tradedByOthers(id), foreign, nowMs)
    for (const { account, lateFills } of accounts) this.#see(filledLate(account), lateFills, nowMs)
    return [...this.#news].flatMap(([key, { at, told }]) => {
      if (nowMs - at <= SHOWN_MS) return [told]
      this.#news.delete(key)
      return []
    })
  }

  #see(told: AlertCondition, count: number, at: number): void {
    const before = this.#counts.get(told.key)
    this.#counts.set(told.key, count)
    if (before !== undefined && count > before) this.#news.set(told.key, { at, told })
  }
}

const died = (name: string): AlertCondition =>
  condition(
    'ProcessDied',
    'warning',
    name,
    `the process ${name} ended without being asked and is started again: its log tells why`,
  )

const tradedByOthers = (id: string): AlertCondition =>
  condition(
    'ForeignActivity',
    'critical',
    id,
    `somebody else orders or trades on the contract of ${id}: it takes no new risk; find out who, then perpfleet resume ${id}`,
  )

const filledLate = (account: string): AlertCondition =>
  condition(
    'LateFill',
    'warning',
    account,
    `${account} was told of a fill after its order was final: it is booked; compare its positions with the venue`,
  )
