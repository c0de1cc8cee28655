/** What operators ask of instances; every command answers with what came of it. */
import { readFileSync } from 'node:fs'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { noSuchInstanceText } from '../config/suggestion.ts'
import type { InstanceMode } from '../domain/instance-mode.ts'
import type { Hold } from '../ports/fleet-store.ts'
import type { ActionResult, ApiErrorCode } from '../protocol/fleet-messages.ts'
import { heldOf } from './bot-report.ts'
import { gridText } from './config-edit.ts'
import type { DeskInstanceRow } from './desk-rows.ts'
import type { Fleet } from './fleet.ts'
import { type InstanceUnit, usualEnding } from './instance-unit.ts'
import { hasteText } from './leg-haste.ts'
import { isStill, LegsError, legRowsOf } from './leg-rows.ts'
import { stateShown } from './outside-view.ts'
import { deskRestraint, holdText } from './restraint.ts'
import { stoppedText } from './unhedged.ts'
import { stateOf } from './view.ts'

/** A command that was not carried out; the message is one sentence. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: ApiErrorCode
  /** Of an instance of several legs those that have not obeyed, by their names at their desks; null = all of it. */
  readonly legs: readonly string[] | null
  constructor(code: ApiErrorCode, text: string, legs: readonly string[] | null = null) {
    super(text)
    this.code = code
    this.legs = legs
  }
}

/** What kill and close-all end with. */
export const FLAT_TEXT = 'flat: the venue reports position 0 and no order'

const UNANSWERED: ApiErrorCode = 'SERVICE_UNAVAILABLE'

/** What a kill comes to that the desk did not take. @param problem what the desk said, or did not */
export const killLaterText = (id: string, problem: string): string =>
  `is not killed yet, ${problem}; the kill is remembered until the desk takes it up; perpfleet kill ${id} --direct does it at the venue now`

const unsettledText = (id: string, problem: string): string =>
  `its process has ended, but its orders are not settled and may still rest at the venue: ${problem}; the desk goes on trying, perpfleet close-all ${id} --direct does it at the venue now`

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What is still held, leg by leg. @param row null = a desk does not tell */
export function leftText(row: DeskInstanceRow | null): string {
  if (row === null) return 'a desk does not say what it holds'
  const texts = legRowsOf(row).map((leg) => {
    const { venue, base } = leg.instrument
    const orders = leg.orders_working === 0 ? 'no order' : `${leg.orders_working} orders open`
    return `${heldOf(leg)} ${base} and ${orders} at ${venue}`
  })
  return texts.join('; ')
}

/** What a pause has come to: it never opens a door that something stricter has closed. */
export const pausedText = (mode: InstanceMode): string =>
  mode === 'paused' ? 'paused' : `is ${mode}, which is stricter than paused, and stays so`

/** What a pause comes to while something keeps the process from running. */
export const pausedLaterText = (kind: Hold['kind']): string =>
  `is ${kind} now and will be paused when it runs`

/** What a pause comes to that a desk did not take. @param problem what the desk said, or did not */
export const pausedWhenHeardText = (problem: string): string =>
  `is not paused yet, ${problem}; it will be paused when its desk answers`

export interface StopOptions {
  readonly orders: 'cancel' | 'keep'
  readonly positions: 'keep' | 'close'
}

const START_WAIT_MS = 15_000
const STOP_WAIT_MS = 60_000
const FLAT_WAIT_MS = 30_000
const DESK_WAIT_MS = 5000
const LOOK_MS = 50

export class Commands {
  readonly #fleet: Fleet

  constructor(fleet: Fleet) {
    this.#fleet = fleet
  }

  /** @throws CommandError NOT_FOUND */
  unit(id: string): InstanceUnit {
    const unit = this.#fleet.units.get(id)
    if (unit) return unit
    throw new CommandError('NOT_FOUND', noSuchInstanceText(id, [...this.#fleet.units.keys()]))
  }

  async start(id: string): Promise<ActionResult> {
    this.#fleet.scan()
    const unit = this.unit(id)
    this.#configOf(unit)
    unit.release()
    unit.setDesired('running')
    this.#fleet.look()
    // A start ends a pause, and nothing that is stricter.
    const isPaused = this.#fleet.deskWatch.row(id)?.mode === 'paused'
    if (isPaused && unit.process.isAlive) await this.#ask(unit, 'resume')
    const started = await this.#untilStarted(unit, 'started')
    const held = started.ok ? this.#heldText(unit) : null
    if (held === null) return started
    return { ...started, ok: false, code: 'REFUSED_RISK', text: `is started and stays ${held}` }
  }

  async restart(id: string): Promise<ActionResult> {
    this.#fleet.scan()
    const unit = this.unit(id)
    this.#configOf(unit)
    if (unit.desired === 'stopped') unit.setDesired('running')
    if (unit.process.isAlive) {
      unit.ending = { kind: 'detach' }
      unit.isRestarting = true
    }
    unit.release()
    this.#fleet.look()
    await this.#until(STOP_WAIT_MS, () => !unit.isRestarting)
    const restarted = await this.#untilStarted(unit, 'restarted')
    const held = restarted.ok ? this.#heldText(unit) : null
    return held === null ? restarted : { ...restarted, text: `restarted; it stays ${held}` }
  }

  /** What the desk holds it down for, and the way out: `killed: …`; null = it may trade. */
  #heldText(unit: InstanceUnit): string | null {
    const row = this.#fleet.deskRow(unit.id)
    const restraint = deskRestraint(row)
    if (row === null || restraint === null) return null
    return `${stateShown(row).replace('_', ' ')}: ${restraint.why}; ${restraint.way_out}`
  }

  async stop(id: string, options: StopOptions): Promise<ActionResult> {
    const unit = this.unit(id)
    // Refused, quarantined or ended: nobody is there to end, and what it holds is closed by its desks all the same.
    const isLeft = options.positions === 'close' && !unit.process.isAlive
    unit.ending = { kind: 'stop', ...options }
    unit.unsettled = null
    unit.setDesired('stopped')
    if (unit.process.phase.kind === 'waiting') unit.release()
    this.#fleet.look()
    const hasEnded = await this.#until(STOP_WAIT_MS, () => !unit.process.isAlive)
    unit.ending = usualEnding
    if (isLeft) await this.#closeLeft(unit, options)
    // What it held in the end is what the next list shows.
    await this.#fleet.lookAtDesks().catch(() => {})
    if (hasEnded && unit.unsettled !== null)
      return { ...this.#result(unit, false, unsettledText(id, unit.unsettled)), code: UNANSWERED }
    if (hasEnded) return this.#result(unit, true, stoppedText(id, this.#fleet.deskWatch.row(id)))
    return this.#result(unit, false, `did not end within ${STOP_WAIT_MS / 1000} s`)
  }

  async #closeLeft(unit: InstanceUnit, options: StopOptions): Promise<void> {
    try {
      await this.#fleet.askDesk({ action: 'stop', instance: unit.id, ...options }, STOP_WAIT_MS)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : ''
      // An open account that does not know it holds nothing of it.
      if (code !== 'NOT_FOUND') unit.unsettled = textOf(error)
    }
  }

  async pause(id: string): Promise<ActionResult> {
    const unit = this.unit(id)
    if (unit.desired === 'stopped') throw stopped(id, 'paused')
    this.#fleet.pauses.begin(id)
    unit.setDesired('paused')
    try {
      if (unit.process.isAlive) await this.#ask(unit, 'pause')
    } catch (error) {
      if (!(error instanceof CommandError) || error.code === 'REFUSED_RISK') throw error
      return { ...this.#result(unit, false, pausedWhenHeardText(error.message)), code: UNANSWERED }
    }
    const { hold } = unit.record
    if (hold !== null) return this.#result(unit, true, pausedLaterText(hold.kind))
    const { mode = 'paused' } = this.#fleet.deskRow(id) ?? {}
    return this.#result(unit, true, pausedText(mode), mode)
  }

  async resume(id: string): Promise<ActionResult> {
    const unit = this.unit(id)
    if (unit.desired === 'stopped') throw stopped(id, 'resumed')
    const mode = this.#fleet.deskRow(id)?.mode
    if (mode === 'killed' || mode === 'disarmed') {
      throw new CommandError('REFUSED_RISK', `${id} stays ${this.#heldText(unit) ?? mode}`)
    }
    const { hold } = unit.record
    if (hold !== null) {
      throw new CommandError('CONFLICT', `${id} ${holdText(hold, id)}`)
    }
    unit.setDesired('running')
    if (unit.process.isAlive) await this.#ask(unit, 'resume')
    if (unit.config !== null) this.#fleet.risk.release(unit.config.settings.mode)
    const held = this.#heldText(unit)
    if (held !== null) throw new CommandError('REFUSED_RISK', `${id} stays ${held}`)
    return this.#result(unit, true, 'resumed', unit.process.isAlive ? 'running' : undefined)
  }

  /** Leaves killed and disarmed. A killed instance must be flat first. */
  async arm(id: string): Promise<ActionResult> {
    const unit = this.unit(id)
    await this.#ask(unit, 'arm')
    if (unit.config !== null) this.#fleet.risk.release(unit.config.settings.mode)
    if (unit.desired === 'paused') unit.setDesired('running')
    return this.#result(unit, true, 'armed')
  }

  /** It reconciles, cancels and reduces from now on, and raises no risk until it is armed. */
  async disarm(id: string): Promise<ActionResult> {
    const unit = this.unit(id)
    await this.#ask(unit, 'disarm')
    return this.#result(unit, true, 'disarmed')
  }

  close(id: string): Promise<ActionResult> {
    return this.#flatten(id, 'close')
  }
  kill(id: string): Promise<ActionResult> {
    return this.#flatten(id, 'kill')
  }

  /** Flattens and waits until the venue itself reports no position and no order. */
  async #flatten(id: string, action: 'close' | 'kill'): Promise<ActionResult> {
    const unit = this.unit(id)
    try {
      await this.#ask(unit, action)
    } catch (error) {
      if (action === 'close' || !(error instanceof CommandError)) throw error
      return this.#killLater(unit, error)
    }
    const isFlat = await this.#until(FLAT_WAIT_MS, async () => {
      const row = this.#fleet.deskWatch.row(id)
      if (row === null || !isStill(row)) {
        await this.#fleet.lookAtDesks().catch(() => {})
        return false
      }
      const question = { action: 'prove', instance: id }
      return isFlatProof(await this.#fleet.askDesk(question, 5000).catch(() => null))
    })
    const restraint = deskRestraint(this.#fleet.deskRow(id))
    const after = restraint === null ? '' : `; ${restraint.way_out}`
    if (isFlat) return this.#result(unit, true, `${FLAT_TEXT}${after}`)
    const left = leftText(this.#fleet.deskRow(id))
    const text = `not flat after ${FLAT_WAIT_MS / 1000} s, it goes on trying: ${left}`
    return this.#result(unit, false, text)
  }

  /** The desk is dead, silent, or has no venue yet: it finds the order, and obeys before anything trades. */
  #killLater(unit: InstanceUnit, { message: problem, legs }: CommandError): ActionResult {
    try {
      // Of several legs: those whose desks have not taken it.
      for (const leg of legs ?? [unit.id]) this.#fleet.parts.orderKill(leg)
    } catch (error) {
      const text = `is not killed (${problem}), and the order for later could not be written: ${textOf(error)}`
      return { ...this.#result(unit, false, text), code: 'INTERNAL' }
    }
    return { ...this.#result(unit, false, killLaterText(unit.id, problem)), code: UNANSWERED }
  }

  /** Moves the grid at once; unless temporary the range is written as a new version of the instance's file. */
  async adjustGrid(id: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    const unit = this.unit(id)
    const port = unit.record.webPort
    if (!unit.process.isAlive || port === null) {
      throw new CommandError(
        'PRECONDITION',
        `${id} does not run: perpfleet start ${id}, or edit its file`,
      )
    }
    const { author, ...request } = body
    const isWritten = body['dry_run'] !== true && body['temporary'] !== true
    const written = isWritten ? this.#rangeWritten(unit, request) : null
    const { links, reload } = this.#fleet.parts
    const answer = await links.postToBot(port, '/api/grid/adjust', request, 10_000)
    if (written !== null) {
      const name = typeof author === 'string' ? author.slice(0, 64) : 'operator'
      reload.record.write(id, written.file, written.text, 'grid adjust', name)
      this.#fleet.scan()
    }
    return answer
  }

  /** The file with the new range. @throws CommandError when it would be faulty */
  #rangeWritten(unit: InstanceUnit, body: Readonly<Record<string, unknown>>) {
    const { file } = this.#configOf(unit)
    const text = gridText(readFileSync(file, 'utf8'), file, body)
    const { faults } = this.#fleet.parts.reload.watch.resolve(file, text, null)
    if (faults.length === 0) return { file, text }
    throw new CommandError('VALIDATION', faults.map((fault) => fault.text).join(' '))
  }

  #configOf(unit: InstanceUnit): ResolvedInstance {
    if (unit.config !== null) return unit.config
    const faults = this.#fleet.faults.join('; ')
    throw new CommandError('CONFLICT', faults || `the file of ${unit.id} is gone`)
  }

  async #ask(unit: InstanceUnit, action: string): Promise<void> {
    try {
      await this.#fleet.askDesk({ action, instance: unit.id }, 5000)
      // Another desk that is silent takes nothing back of what this one has done.
      await this.#fleet.lookAtDesks().catch(() => {})
    } catch (error) {
      const text = textOf(error)
      const code = error instanceof Error && 'code' in error ? error.code : ''
      const legs = error instanceof LegsError ? error.legs : null
      if (code === 'REFUSED_RISK') throw new CommandError('REFUSED_RISK', text, legs)
      const kind = code === 'NOT_FOUND' ? 'PRECONDITION' : 'SERVICE_UNAVAILABLE'
      throw new CommandError(kind, text, legs)
    }
  }

  /** Running, or held, or still starting when the time is over: each is an answer. */
  async #untilStarted(unit: InstanceUnit, word: string): Promise<ActionResult> {
    const ended = ['running', 'held']
    await this.#until(START_WAIT_MS, () => ended.includes(unit.process.phase.kind))
    if (unit.process.phase.kind === 'running') await this.#untilDeskTells(unit)
    const { state, reason } = stateOf(this.#fleet, unit)
    if (unit.process.phase.kind === 'running') {
      const haste = this.#hasteOf(unit)
      return this.#result(unit, true, haste === null ? word : `${word}; ${haste}`)
    }
    if (unit.process.phase.kind !== 'held') {
      return this.#result(unit, true, `is ${state}${reason === null ? '' : ` (${reason})`}`)
    }
    const { hold } = unit.record
    const text = hold === null ? `is ${state} (${reason ?? ''})` : holdText(hold, unit.id)
    return { ...this.#result(unit, false, text), code: 'CONFLICT' }
  }

  /** Legs that the market of this home is too fast for. */
  #hasteOf({ id, config, logger }: InstanceUnit): string | null {
    const market = this.#fleet.exchangeStatus ?? this.#fleet.parts.choice
    const text = config === null ? null : hasteText(config, market)
    if (text !== null) logger.warn('supervision', text, { bot: id })
    return text
  }

  /** The desk says whether it may trade a moment after its process answers. */
  async #untilDeskTells({ id }: InstanceUnit): Promise<void> {
    await this.#until(DESK_WAIT_MS, async () => {
      if (this.#fleet.deskRow(id)?.is_bot_connected === true) return true
      await this.#fleet.lookAtDesks().catch(() => {})
      return this.#fleet.deskRow(id)?.is_bot_connected === true
    })
  }

  async #until(limitMs: number, isDone: () => boolean | Promise<boolean>): Promise<boolean> {
    const { clock } = this.#fleet.parts.tools
    const end = clock.monotonicMs() + limitMs
    while (!(await isDone())) {
      if (clock.monotonicMs() > end) return false
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
      this.#fleet.look()
    }
    return true
  }

  #result(
    unit: InstanceUnit,
    ok: boolean,
    text: string,
    state?: ActionResult['state'],
  ): ActionResult {
    const now = state ?? stateOf(this.#fleet, unit).state
    return { id: unit.id, ok, state: now, text, code: ok ? null : 'CONFLICT' }
  }
}

const stopped = (id: string, word: string): CommandError =>
  new CommandError('CONFLICT', `${id} is stopped and cannot be ${word}: perpfleet start ${id}`)

/** A desk's answer to `prove`. */
export const isFlatProof = (proof: unknown): boolean =>
  typeof proof === 'object' && proof !== null && 'is_flat' in proof && proof.is_flat === true
