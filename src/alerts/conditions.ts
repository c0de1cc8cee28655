/** What is the matter with a fleet, seen at one moment. Pure; docs/reference/alerts.md is compared with it. */
import type { AlertCondition, AlertLevel } from '../domain/alert.ts'
import type { InstanceState } from '../domain/instance-state.ts'

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
  /** Lots: booked, and at the venue where that is another number. */
  readonly position: number
  readonly positionVenue: number | null
  /** Fills that came after their order was final. */
  readonly lateFills: number
  /** Ends of its process that nobody asked for. */
  readonly restarts: number
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
  /** Accounts whose connection to the venue is lost. */
  readonly disconnected: readonly string[]
}

/** `alerting.thresholds`, in ms. */
export interface AlertSpans {
  readonly botDownMs: number
  readonly deskDownMs: number
  readonly orderUnknownMs: number
}

/** ExchangeDisconnected holds for so long before it is told, ms. */
const DISCONNECTED_MS = 60_000
/** An unasked end of a process is told for so long, ms: after that its restart is old news. */
export const DEATH_SHOWN_MS = 30_000

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
    ...seen.disconnected.map((account) =>
      condition(
        'ExchangeDisconnected',
        'critical',
        account,
        `${account} has no connection to its venue: perpfleet doctor tells why`,
        DISCONNECTED_MS,
      ),
    ),
  ]
}

function instanceConditions(one: WatchedInstance, spans: AlertSpans): AlertCondition[] {
  const { id } = one
  const found: AlertCondition[] = []
  const add = (...given: Parameters<typeof condition>) => void found.push(condition(...given))
  if (one.isWanted && !one.isHeard && one.state !== 'quarantined')
    add(
      'BotDown',
      'critical',
      id,
      `the bot of ${id} gives no sign (${one.state}): its desk withdraws what raises risk; perpfleet logs ${id}`,
      spans.botDownMs,
    )
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
      `${id} has ${one.unknownOrders} orders whose outcome is not known: nothing is resent, the venue is asked each second`,
      spans.orderUnknownMs,
    )
  if (one.positionVenue !== null && one.positionVenue !== one.position)
    add(
      'PositionMismatch',
      'critical',
      id,
      `the venue reports ${one.positionVenue} lots for ${id}, its books ${one.position}: it takes no new risk; compare, then perpfleet resume ${id}`,
    )
  if (one.lateFills > 0)
    add(
      'LateFill',
      'warning',
      id,
      `${one.lateFills} fills of ${id} came after their order was final: they are booked; compare its position with the venue`,
    )
  found.push(...modeConditions(one))
  return found
}

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

/** Tells ends of processes that nobody asked for: their counters grew since the look before. */
export class DeathWatch {
  readonly #counts = new Map<string, number>()
  readonly #deaths = new Map<string, number>()

  take({ instances, desks }: WatchedFleet, nowMs: number): AlertCondition[] {
    const processes = [
      ...instances.map(({ id, restarts }) => ({ name: `bot-${id}`, restarts })),
      ...desks,
    ]
    for (const { name, restarts } of processes) {
      const before = this.#counts.get(name)
      this.#counts.set(name, restarts)
      if (before !== undefined && restarts > before) this.#deaths.set(name, nowMs)
    }
    return [...this.#deaths].flatMap(([name, at]) => {
      if (nowMs - at > DEATH_SHOWN_MS) {
        this.#deaths.delete(name)
        return []
      }
      const text = `the process ${name} ended without being asked and is started again: its log tells why`
      return [condition('ProcessDied', 'warning', name, text)]
    })
  }
}
