/** What operators may do with an instance, and what holds it until one of them has looked. */
import type { GrantAnswer } from '../domain/grant.ts'
import { type ModeEvent, modeTable, nextMode } from '../domain/instance-mode.ts'
import type { ModeCause } from '../domain/mode-cause.ts'
import type { InstanceMode } from '../domain/risk.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import type { FleetWord } from '../protocol/desk-messages.ts'
import type { AccountGuard } from './account-guard.ts'
import type { Differences } from './differences.ts'
import { type FlatProof, proveFlat } from './flat-proof.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import type { Reconciler } from './reconciler.ts'

export interface KillOrders {
  /** Instances that were killed and whose desk has not taken it up yet. */
  pending(): readonly string[]
  /** Wall time of the order, ms; null = it is not known. */
  orderedAt(instance: string): number | null
  /** The desk holds it durably from now on. */
  taken(instance: string): void
}

/** A command that was not carried out; the message is one sentence. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: string
  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

export interface OperatorParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly journal: JournalStore
  readonly clock: Clock
  readonly logger: Logger
  readonly instances: Instances
  readonly guard: AccountGuard
  readonly reconciler: Reconciler
  readonly differences: Differences
  readonly killOrders?: KillOrders
  /** False when the journal cannot be written. */
  readonly commit: () => boolean
  readonly setMode: (
    entry: InstanceEntry,
    mode: InstanceMode,
    override: 'cancel' | 'flatten' | null,
    cause: ModeCause | null,
  ) => void
}

export class Operator {
  readonly #parts: OperatorParts
  /** How many commands but `arm` each instance was given in this process. */
  readonly #commands = new WeakMap<InstanceEntry, number>()

  constructor(parts: OperatorParts) {
    this.#parts = parts
  }

  /**
   * An operator's command, judged by the table of risk states (domain/instance-mode.ts).
   * @throws CommandError REFUSED_RISK with a sentence that says what releases the instance
   */
  async command(entry: InstanceEntry, event: ModeEvent): Promise<void> {
    const { instance } = entry.settings
    // An order to kill of a moment ago came first: it must not undo the arming that follows it.
    this.obeyKillOrders()
    if (entry.ending !== null && (event === 'resume' || event === 'arm'))
      throw new CommandError(
        'CONFLICT',
        `${instance} is being stopped: start it again when it has ended`,
      )
    const isProofNeeded = event === 'arm' && entry.loop.risk.mode === 'killed'
    const number = this.#count(entry, event)
    const isFlat = isProofNeeded ? await this.prove(entry).then(isFlatProof, () => null) : null
    // A kill that was given while the venue was asked came later: it must not be undone by what came before it.
    if (this.#commands.get(entry) !== number)
      throw new CommandError(
        'CONFLICT',
        `another command for ${instance} came while the venue was asked whether it is flat: say ${event} again`,
      )
    const verdict = nextMode(entry.loop.risk.mode, event, { instance, isFlat })
    if ('refused' in verdict) throw new CommandError('REFUSED_RISK', verdict.refused)
    if (event === 'arm' && this.#parts.journal.damage !== null) this.#checkReleased(instance)
    if (event === 'resume' || event === 'arm') this.#release(entry)
    if (event === 'close') entry.loop.risk.takeOver()
    const isFlattening = event === 'close' || event === 'kill'
    // A pause or disarming while the position is being closed does not stop the closing.
    const goesOn = verdict.mode !== 'running' && entry.override === 'flatten'
    const override = isFlattening || goesOn ? 'flatten' : null
    this.#parts.setMode(entry, verdict.mode, override, this.#causeOf(entry, event))
    // On disk before anybody can see it: what was ordered is not lost with this process.
    if (!this.#parts.commit())
      throw new CommandError(
        'SERVICE_UNAVAILABLE',
        `${instance} is ${verdict.mode} for as long as this desk runs, but the journal of ${this.#parts.key} cannot be written: make room on the disk, then say it again`,
      )
    if (event === 'arm' && this.#parts.journal.damage !== null) this.#forgetDamage()
  }

  /** Arming twice says nothing new: the second must not undo the first, or who repeats it would never get through. */
  #count(entry: InstanceEntry, event: ModeEvent): number {
    const number = (this.#commands.get(entry) ?? 0) + (event === 'arm' ? 0 : 1)
    this.#commands.set(entry, number)
    return number
  }

  #causeOf({ loop }: InstanceEntry, kind: ModeEvent | ModeCause['kind']): ModeCause | null {
    if (!isCause(kind)) return null
    return { kind, since: this.#parts.clock.wallMs(), marketAt: loop.at, limit: null }
  }

  /** Who lets an instance trade has seen what held it: losses count anew, and the venue's position is the booked one. */
  #release(entry: InstanceEntry): void {
    const { reconciler, differences, guard, key } = this.#parts
    const { instance } = entry.settings
    const isFresh = reconciler.isDone && differences.isFresh(entry)
    if (!isFresh) reconciler.request('an operator takes the position over')
    if (entry.loop.outside.gap !== 0 && !isFresh)
      throw new CommandError(
        'CONFLICT',
        `the position of ${instance} differs and account ${key} is being compared with the venue: try again in a moment`,
      )
    if (!differences.isSettled(entry)) this.#refuseUnsettled(entry)
    differences.adopt(entry)
    differences.acknowledge(entry)
    guard.release()
  }

  /** A fill on its way may be what differs: taken over now, it would count twice. Whoever closes the position need not wait. */
  #refuseUnsettled(entry: InstanceEntry): never {
    const { reconciler, differences } = this.#parts
    const { instance } = entry.settings
    const { gap } = entry.loop.outside
    const waitMs = differences.settlesInMs(entry)
    reconciler.request('a difference may have settled', waitMs)
    throw new CommandError(
      'CONFLICT',
      `the venue holds ${gap > 0 ? '+' : ''}${gap} lots against the books of ${instance}, and a fill may still be on its way: it is taken over when it has stood for as long as the venue's answers may lag, say it again in ${Math.ceil(waitMs / 1000) + 1} s`,
    )
  }

  /** After a lost journal nothing raises risk before the account has been compared and its lost orders are gone. */
  #checkReleased(instance: string): void {
    const { open } = this.#parts.differences.lost
    if (this.#parts.reconciler.isDone && open.length === 0) return
    throw new CommandError(
      'REFUSED_RISK',
      `${instance} waits for account ${this.#parts.key} to be compared with the venue (${open.length} lost orders are open): arm it in a moment`,
    )
  }

  #forgetDamage(): void {
    const isOver = [...this.#parts.instances.all()].every(
      ({ loop }) => loop.risk.mode !== 'disarmed',
    )
    if (isOver) this.#parts.journal.forgetDamage()
  }

  /** The venue's own fresh word. @throws VenueError when it does not answer */
  prove(entry: InstanceEntry): Promise<FlatProof> {
    return proveFlat(this.#parts.venue, entry.instrument)
  }

  /** Takes what the fleet says; durable before the answer. @throws CommandError when the journal cannot be written */
  onFleet(word: FleetWord): GrantAnswer {
    const { key, guard, commit } = this.#parts
    guard.onFleet(word)
    if (!commit())
      throw new CommandError('SERVICE_UNAVAILABLE', `the journal of ${key} cannot be written`)
    return guard.report().grant
  }

  /** Says what a lost journal means; once at the start of the desk. */
  tellDamage(): void {
    const { damage } = this.#parts.journal
    if (damage === null) return
    const { file, reason } = damage
    this.#parts.logger.error(
      'journal',
      `the journal of ${this.#parts.key} was damaged (${reason}) and is kept as ${file}; a new one has begun: its instances are disarmed, what rests at the venue is withdrawn, positions are taken over as the venue tells them. Compare them, then release each: perpfleet arm ID`,
      { account: this.#parts.key },
    )
  }

  /** An order to kill that was given past the desk holds as if it had been given here. */
  obeyKillOrders(): void {
    const pending = this.#parts.killOrders?.pending() ?? []
    const ours = pending.flatMap((instance) => this.#parts.instances.entries.get(instance) ?? [])
    if (ours.length === 0) return
    for (const entry of ours) {
      this.#count(entry, 'kill')
      this.#parts.setMode(entry, 'killed', 'flatten', this.#orderOf(entry))
    }
    if (!this.#parts.commit()) return
    for (const { settings } of ours) this.#parts.killOrders?.taken(settings.instance)
  }

  /** It holds since it was given, not since a desk has read it. */
  #orderOf(entry: InstanceEntry): ModeCause | null {
    const cause = this.#causeOf(entry, 'kill_order')
    const at = this.#parts.killOrders?.orderedAt(entry.settings.instance) ?? null
    return cause === null || at === null ? cause : { ...cause, since: Math.min(at, cause.since) }
  }

  /** Its bot says that the strategy does not go on: it is halted as by a limit, until an operator has looked. */
  strategyFailed(entry: InstanceEntry, text: string): void {
    const { loop, settings, override } = entry
    const clause = text
      .replace(/\p{Cc}+/gu, ' ')
      .replace(/\.$/, '')
      .slice(0, FAILURE_TEXT_MAX)
    const now = { since: this.#parts.clock.wallMs(), marketAt: loop.at, limit: null }
    const mode = modeTable[loop.risk.mode].limit_halt ?? 'halted'
    const goesOn = override === 'released' ? null : override
    this.#parts.setMode(entry, mode, goesOn, { kind: 'strategy', ...now, text: clause })
    this.#parts.commit()
    const alert = { alert: 'StrategyFailed', severity: 'critical', bot: settings.instance }
    this.#parts.logger.error('desk', `${settings.instance} is ${mode}: ${clause}`, alert)
  }

  /** The journal misses what its own bot has booked: it is not what it was. */
  disarmBehind(entry: InstanceEntry, afterSeq: number): void {
    const { instance } = entry.settings
    const mode = entry.loop.risk.mode === 'killed' ? 'killed' : 'disarmed'
    this.#parts.setMode(entry, mode, null, this.#causeOf(entry, 'journal_behind'))
    this.#parts.logger.error(
      'journal',
      `${instance} has booked event ${afterSeq}, which the journal of ${this.#parts.key} does not hold: it was exchanged or has lost its end. ${instance} is disarmed; compare its position with the venue, then perpfleet arm ${instance}`,
    )
  }
}

/** What a bot says is shown to people and kept in the journal. */
const FAILURE_TEXT_MAX = 400

const CAUSES = ['pause', 'disarm', 'close', 'kill', 'kill_order', 'journal_behind'] as const

const isCause = (kind: string): kind is (typeof CAUSES)[number] =>
  (CAUSES as readonly string[]).includes(kind)

const isFlatProof = (proof: FlatProof): boolean => proof.is_flat
