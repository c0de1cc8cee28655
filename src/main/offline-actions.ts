/** What operators ask of instances where no control plane runs: by the desk, else by what the next start will obey. */
import type { ActionName, StopOptions } from '../client/fleet-access.ts'
import { ServiceError } from '../client/local-socket.ts'
import { contractsOf, legsOf } from '../config/resolved-instance.ts'
import { FLAT_TEXT, isFlatProof } from '../fleet/commands.ts'
import type { DeskInstanceRow } from '../fleet/desk-rows.ts'
import { isDeskName, NOTHING_LEFT } from '../fleet/desks.ts'
import { isStill, LegsError, namesAmong, rowAmong } from '../fleet/leg-rows.ts'
import { holdText } from '../fleet/restraint.ts'
import { EXCHANGE, SCANNER } from '../fleet/services.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type { ActionResult } from '../protocol/fleet-messages.ts'
import { killOrdersOf, type OfflineMemory } from './offline-memory.ts'
import {
  type AtRest,
  closeAtRest,
  done,
  forgotten,
  killedAtRest,
  killUnanswered,
  NO_CONTROL_PLANE,
  notDone,
  notEnded,
  OfflineError,
  pausedAtRest,
  pausedNow,
  refusedAtRest,
  stoppedAtRest,
  wayOutOf,
} from './offline-outcomes.ts'
import type { Known, OfflineRegistry } from './offline-registry.ts'
import type { OfflineServices } from './offline-services.ts'

const COMMAND_TIMEOUT_MS = 5000
const SETTLE_TIMEOUT_MS = 20_000
const END_WAIT_MS = 30_000
const FLAT_WAIT_MS = 30_000
const LOOK_MS = 100

export interface OfflineParts {
  readonly registry: OfflineRegistry
  readonly services: OfflineServices
  readonly memory: OfflineMemory
}

export class OfflineActions {
  readonly #registry: OfflineRegistry
  readonly #services: OfflineServices
  readonly #memory: OfflineMemory

  constructor({ registry, services, memory }: OfflineParts) {
    this.#registry = registry
    this.#services = services
    this.#memory = memory
  }

  async act(action: ActionName, id: string): Promise<ActionResult> {
    const known = this.#registry.find(id)
    const { record } = known
    if (action === 'start' || action === 'restart')
      throw new OfflineError('CONFLICT', NO_CONTROL_PLANE)
    if ((action === 'pause' || action === 'resume') && record.desired === 'stopped')
      throw new OfflineError('CONFLICT', `${id} is stopped: perpfleet start ${id}`)
    if (action === 'resume' && record.hold !== null)
      throw new OfflineError('CONFLICT', `${id} ${holdText(record.hold, id)}`)
    if (!this.#services.hasDesk) return this.#atRest(action, known)
    try {
      await this.#services.askLegs(await this.#namesOf(known), { action }, COMMAND_TIMEOUT_MS)
    } catch (error) {
      // A desk whose venue does not answer knows none of its instances yet.
      const isLost = codeOf(error) === 'SERVICE_UNAVAILABLE' || isUnknown(error)
      if (action !== 'kill' || !isLost) throw error
      const legs = error instanceof LegsError ? error.legs : null
      return this.#killLater(known, textOf(error), legs)
    }
    const desired = action === 'pause' ? 'paused' : action === 'resume' ? 'running' : null
    const fault = desired === null ? null : this.#registry.remember(record, desired)
    if (fault !== null) return forgotten(id, desired ?? action, fault)
    if (action === 'close' || action === 'kill') return this.#untilFlat(known)
    if (action === 'pause') return pausedNow(record, (await this.#rowOf(known))?.mode ?? null)
    const word = { resume: 'resumed', arm: 'armed', disarm: 'disarmed' }[action]
    return done(id, word, null)
  }

  /** Of its legs at their desks: as its file says, else as desks tell. */
  async #namesOf({ record: { id }, config }: Known): Promise<readonly string[]> {
    if (config !== null) return contractsOf(config).map(({ instance }) => instance)
    return namesAmong((await this.#services.deskRows()).keys(), id)
  }

  async #rowOf({ record: { id }, config }: Known): Promise<DeskInstanceRow | null> {
    const rates = config === null ? [] : legsOf(config).map(({ settleRate }) => settleRate)
    return rowAmong(await this.#services.deskRows(), id, rates)
  }

  /** Of an instance of whose account no desk runs. */
  #restOf(known: Known): AtRest {
    return {
      record: known.record,
      mode: this.#memory.kept(known)?.mode ?? null,
      held: this.#memory.held(known),
      isExchangeUp: this.#services.hasExchange,
    }
  }

  #atRest(action: ActionName, known: Known): ActionResult {
    const { record } = known
    if (action === 'close') return closeAtRest(this.#restOf(known))
    if (action === 'kill') return this.#killLater(known)
    if (action !== 'pause') throw refusedAtRest(action, record.id)
    const fault = this.#registry.remember(record, 'paused')
    return fault === null
      ? pausedAtRest(this.#restOf(known))
      : notDone(record.id, `is not paused: ${fault}`, 'CONFLICT')
  }

  /**
   * A desk takes the order up before it is reconciled with the venue, and places nothing until then.
   * @param problem of a desk that runs and did not take the kill
   * @param legs that have not been killed, by their names at their desks; null = all
   */
  #killLater(
    known: Known,
    problem: string | null = null,
    legs: readonly string[] | null = null,
  ): ActionResult {
    const { id } = known.record
    const { config } = known
    const all = config === null ? [id] : contractsOf(config).map(({ instance }) => instance)
    const at = new Date().toISOString()
    try {
      for (const name of legs ?? all) killOrdersOf(this.#registry.home).order(name, at)
    } catch (error) {
      const text = 'is not killed, and the order for the next start could not be written'
      return notDone(id, `${text}: ${textOf(error)}`, 'INTERNAL')
    }
    return problem === null ? killedAtRest(this.#restOf(known)) : killUnanswered(id, problem)
  }

  async #untilFlat(known: Known): Promise<ActionResult> {
    const { id } = known.record
    const names = await this.#namesOf(known)
    const end = performance.now() + FLAT_WAIT_MS
    for (;;) {
      const row = await this.#rowOf(known)
      const isCounted = row !== null && isStill(row)
      const proof = isCounted
        ? await this.#services
            .askLegs(names, { action: 'prove' }, COMMAND_TIMEOUT_MS)
            .catch(() => null)
        : null
      if (isCounted && isFlatProof(proof)) return done(id, `${FLAT_TEXT}${wayOutOf(row)}`, row.mode)
      if (performance.now() > end) {
        const text = `not flat after ${FLAT_WAIT_MS / 1000} s, the desk goes on trying`
        return notDone(id, text, 'CONFLICT', row?.mode ?? null)
      }
      await sleep(LOOK_MS)
    }
  }

  // --- ends -------------------------------------------------------------------------------------

  async stop(id: string, options: StopOptions): Promise<ActionResult> {
    const known = this.#registry.find(id)
    const fault = this.#registry.remember(known.record, 'stopped')
    const living = this.#registry.living()
    // While the exchange runs, orders may rest that nobody has settled.
    const names = [...living.keys()]
    if (!names.some((name) => isDeskName(name) || [EXCHANGE, `bot-${id}`].includes(name)))
      return fault === null
        ? stoppedAtRest(this.#restOf(known), options)
        : notDone(id, `cannot be kept from starting: ${fault}`, 'CONFLICT')
    const problem = await this.#endBot(id, await this.#namesOf(known), options)
    if (problem !== null) return notEnded(this.#restOf(known), problem, this.#services.hasDesk)
    return fault === null ? done(id, 'stopped', 'stopped') : forgotten(id, 'stopped', fault)
  }

  /** @returns null, or what went wrong */
  async #endBot(
    id: string,
    names: readonly string[],
    options: StopOptions,
  ): Promise<string | null> {
    const identity = this.#registry.process(`bot-${id}`)
    const settled = await this.#services
      .askLegs(names, { action: 'stop', ...options }, SETTLE_TIMEOUT_MS, NOTHING_LEFT)
      .then(
        () => null,
        (error: unknown) =>
          isUnknown(error) ? null : `its orders were not settled: ${textOf(error)}`,
      )
    if (identity === null) return settled
    return (await this.#endProcess(`bot-${id}`, identity)) ? settled : 'it did not end'
  }

  async #endProcess(name: string, identity: ProcessIdentity): Promise<boolean> {
    const { host } = this.#registry
    host.signal(identity, 'SIGTERM')
    const end = performance.now() + END_WAIT_MS
    while (host.isAlive(identity)) {
      if (performance.now() > end) return false
      await sleep(LOOK_MS)
    }
    this.#registry.forgetProcess(name)
    return true
  }

  /** Bots, desk, exchange, scanner; desired states stay. @returns what did not end, or was not settled */
  async stopEverything(): Promise<string[]> {
    const names = [...this.#registry.living().keys()]
    const bots = names.filter((name) => name.startsWith('bot-'))
    const usual: StopOptions = { orders: 'cancel', positions: 'keep' }
    const { instances } = this.#registry.known()
    const problems = await Promise.all(
      bots.map(async (name) => {
        const id = name.slice('bot-'.length)
        const known = instances.find(({ record }) => record.id === id)
        const legs = known === undefined ? [id] : await this.#namesOf(known)
        const problem = await this.#endBot(id, legs, usual)
        return problem === null ? [] : [`${name}: ${problem}`]
      }),
    )
    const left = problems.flat()
    for (const name of [...names.filter(isDeskName), EXCHANGE, SCANNER]) {
      const identity = this.#registry.process(name)
      if (identity !== null && !(await this.#endProcess(name, identity)))
        left.push(`${name} did not end`)
    }
    return left
  }
}

const codeOf = (error: unknown): string | null =>
  error instanceof ServiceError || error instanceof LegsError ? error.code : null

const isUnknown = (error: unknown): boolean => codeOf(error) === 'NOT_FOUND'

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
