/**
 * `kill --direct` and `close-all --direct`: speaks to the exchange of the home, or to the venue with the keys of the
 * account, by the files in run/ and config/active/ and the vault alone. Needs no control plane, no desk and no database.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SystemClock } from '../adapters/system/clock.ts'
import { KillOrderFolder } from '../adapters/system/kill-orders.ts'
import { PaperVenue } from '../adapters/venues/paper/paper-venue.ts'
import type { DirectResult, DirectRow } from '../cli/context.ts'
import { CliError } from '../cli/context.ts'
import {
  askDesk,
  askExchangeStatus,
  type ServiceAddress,
  ServiceError,
} from '../client/local-socket.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import {
  legsOf,
  type ResolvedInstance,
  type ResolvedSettings,
} from '../config/resolved-instance.ts'
import { type DirectFlattened, flattenDirect } from '../desk/direct-flatten.ts'
import { type InstrumentId, instrumentId } from '../domain/instrument.ts'
import { instanceOfLeg } from '../domain/leg-name.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { deskOf } from '../fleet/desks.ts'
import { readJson } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import { EXCHANGE, PAPER_DESK } from '../fleet/services.ts'
import { silentLogger } from '../ports/logger.ts'
import type { ServiceFile } from '../protocol/fleet-messages.ts'

const LIMIT_MS = 30_000
const CONNECT_LIMIT_MS = 5000
const DESK_LIMIT_MS = 2000

/** An instance of one contract, or one leg of several. */
type Leg = Pick<ResolvedInstance, 'settings' | 'access'>

const idOf = ({ settings }: Leg): string => instanceOfLeg(settings.instance)

export type DirectAction = 'close' | 'kill'

interface Target {
  /** `{venue}/{account}`. */
  readonly account: string
  /** null = all of it. */
  readonly instruments: ReadonlySet<InstrumentId> | null
  readonly instances: readonly string[]
}

export interface DirectParts {
  readonly home: Home
  readonly fleetConfig: string | null
  readonly complain: (text: string) => void
}

export class DirectSession {
  readonly #parts: DirectParts
  readonly #clock = new SystemClock()

  constructor(parts: DirectParts) {
    this.#parts = parts
  }

  /** @param ids null = every account that configuration or exchange know */
  async run(action: DirectAction, ids: readonly string[] | null): Promise<DirectResult> {
    const all = this.#configured()
    const known = all.map(({ id }) => id)
    const unknown = ids?.filter((id) => !known.includes(id)) ?? []
    const legs = all.flatMap(legsOf)
    const isMeant = (leg: Leg) => ids?.includes(idOf(leg)) ?? true
    const real = legs.filter((leg) => leg.access !== null && isMeant(leg))
    const paper = legs.filter(({ access }) => access === null).map(({ settings }) => settings)
    const others = ids?.filter((id) => !real.some((leg) => idOf(leg) === id)) ?? null
    const isPaperMeant = others === null ? real.length === 0 || this.#isUsed : others.length > 0
    if (isPaperMeant && !this.#isUsed) this.#assertNoHome()
    // First nothing new may come: the order to kill waits for a desk that is dead, and is told to one that lives.
    if (action === 'kill')
      this.#orderKills(legs.filter(isMeant).map(({ settings }) => settings.instance))
    // Each account at a venue by itself: an exchange of paper that is silent holds no real money up.
    const [realRows, paperRows] = await Promise.all([
      this.#runReal(action, real, ids === null),
      isPaperMeant ? this.#paperRows(action, paper, others, real.length > 0) : [],
    ])
    return { rows: [...realRows, ...paperRows], unknown, known }
  }

  /** @param isBeside there are real accounts too: what fails here is a row of its own */
  async #paperRows(
    action: DirectAction,
    configured: readonly ResolvedSettings[],
    ids: readonly string[] | null,
    isBeside: boolean,
  ): Promise<readonly DirectRow[]> {
    try {
      return await this.#runPaper(action, configured, ids)
    } catch (error) {
      if (!isBeside) throw error
      const instances = configured.map(({ instance }) => instance)
      const target = { account: 'paper', instruments: null, instances }
      return [rowOf(target, notDone(textOf(error)))]
    }
  }

  async #runPaper(
    action: DirectAction,
    configured: readonly ResolvedSettings[],
    ids: readonly string[] | null,
  ): Promise<readonly DirectRow[]> {
    const exchange = this.#address()
    if (exchange === null) throw silentExchange(action)
    const targets = await this.#targets(exchange, configured, ids).catch((error) => {
      const isSilent = error instanceof ServiceError && error.code === 'SERVICE_UNAVAILABLE'
      throw isSilent ? silentExchange(action) : error
    })
    const instances = targets.flatMap((target) => target.instances)
    const told = new Set(configured.map(({ instance }) => instance))
    if (action === 'kill') this.#orderKills(instances.filter((one) => !told.has(one)))
    await Promise.all(instances.map((one) => this.#tellDesk(PAPER_DESK, action, one)))
    const rows = targets.map(async (target) =>
      rowOf(target, await this.#flatten(action, exchange, target)),
    )
    return Promise.all(rows)
  }

  /** @param isWhole everything on each account is meant, not the contracts of the instances alone */
  #runReal(
    action: DirectAction,
    instances: readonly Leg[],
    isWhole: boolean,
  ): Promise<readonly DirectRow[]> {
    const accounts = [...Map.groupBy(instances, deskOf)]
    return Promise.all(
      accounts.map(async ([desk, own]) => {
        const ids = own.map(({ settings }) => settings.instance)
        await Promise.all(ids.map((id) => this.#tellDesk(desk, action, id)))
        const contracts = own.map(({ settings }) => instrumentId(settings.venue, settings.symbol))
        const instruments = isWhole ? null : new Set(contracts)
        const account = desk.replace(/^desk-([^-]+)-([^-]+)-/, '$1 $2/')
        const target = { account, instruments, instances: ids }
        return rowOf(target, await this.#flattenReal(own[0] as Leg, instruments))
      }),
    )
  }

  async #flattenReal(
    instance: Leg,
    instruments: ReadonlySet<InstrumentId> | null,
  ): Promise<DirectFlattened> {
    try {
      // Loaded when there is a real account: the adapters of venues are heavy.
      const { flattenLive } = await import('./direct-live.ts')
      const { home } = this.#parts
      return await flattenLive(instance, instruments, {
        home,
        clock: this.#clock,
        limitMs: LIMIT_MS,
      })
    } catch (error) {
      return notDone(textOf(error))
    }
  }

  /** Null = it has been ended in order. */
  #address(): ServiceAddress | null {
    const file = readJson(this.#parts.home.serviceFile(EXCHANGE)) as ServiceFile | null
    return file === null ? null : { name: EXCHANGE, socket: file.socket, token: file.token }
  }

  /** An exchange has run in this home. */
  get #isUsed(): boolean {
    return this.#address() !== null || existsSync(join(this.#parts.home.database, 'exchange.db'))
  }

  /** A home that is only mistaken for another one: no order to kill is left in it. */
  #assertNoHome(): never {
    const { home } = this.#parts
    throw new CliError(
      1,
      `${home.serviceFile(EXCHANGE)} is not there: no exchange was started in this home, so nothing can be held on paper; name another with --home`,
    )
  }

  /** What the files say; a file that is faulty leaves the others. */
  #configured(): readonly ResolvedInstance[] {
    const { home, fleetConfig } = this.#parts
    try {
      const loaded = loadFleetConfiguration({ home: home.root, fleetConfig })
      const { configuration, environment } = loaded
      const options = { environment, home: home.root }
      const { instances } = loadInstances(home.active, configuration, options)
      return instances
    } catch (error) {
      this.#parts.complain(`the configuration cannot be read: ${textOf(error)}`)
      return []
    }
  }

  async #targets(
    exchange: ServiceAddress,
    configured: readonly ResolvedSettings[],
    ids: readonly string[] | null,
  ): Promise<readonly Target[]> {
    if (ids !== null)
      return configured
        .filter(({ instance }) => ids.includes(instanceOfLeg(instance)))
        .map(targetOf)
    const known = new Map<string, Set<string>>()
    const add = (account: string, instances: readonly string[]): void => {
      const all = known.get(account) ?? new Set<string>()
      for (const instance of instances) all.add(instance)
      known.set(account, all)
    }
    for (const one of configured) add(`${one.venue}/${one.account}`, [one.instance])
    const status = await askExchangeStatus(exchange, CONNECT_LIMIT_MS)
    for (const { account, instances } of status.accounts) add(account, instances)
    return [...known].map(([account, instances]) => ({
      account,
      instruments: null,
      instances: [...instances],
    }))
  }

  #orderKills(instances: readonly string[]): void {
    const folder = new KillOrderFolder(join(this.#parts.home.run, 'kill'))
    const at = new Date(this.#clock.wallMs()).toISOString()
    for (const instance of instances) {
      try {
        folder.order(instance, at)
      } catch (error) {
        this.#parts.complain(
          `the order to kill ${instance} could not be written, a desk that starts again will not know it: ${textOf(error)}`,
        )
      }
    }
  }

  /** Best effort: a desk that lives stops placing orders; one that does not answer cannot be waited for. */
  async #tellDesk(name: string, action: DirectAction, instance: string): Promise<void> {
    const file = readJson(this.#parts.home.serviceFile(name)) as ServiceFile | null
    if (file === null) return
    const desk = { name, socket: file.socket, token: file.token }
    await askDesk(desk, { action, instance }, DESK_LIMIT_MS).catch(() => {})
  }

  async #flatten(
    action: DirectAction,
    exchange: ServiceAddress,
    target: Target,
  ): Promise<DirectFlattened> {
    const { socket, token } = exchange
    const clock = this.#clock
    const venue = new PaperVenue({
      socket,
      token,
      account: target.account,
      clock,
      logger: silentLogger,
    })
    const listener = {
      onAccount() {},
      onMarket() {},
      onStep() {},
      onGap() {},
      onReady() {},
    }
    const isConnected = await Promise.race([
      venue.connect(listener).then(() => true),
      new Promise<boolean>((resolve) => void clock.after(CONNECT_LIMIT_MS, () => resolve(false))),
    ])
    try {
      if (!isConnected) throw silentExchange(action)
      const { instruments } = target
      return await flattenDirect(venue, { instruments, clock, newId, limitMs: LIMIT_MS })
    } finally {
      await venue.close()
    }
  }
}

/** What could not even be asked. */
const notDone = (trouble: string): DirectFlattened => ({
  isFlat: false,
  ordersCanceled: 0,
  ordersLeft: 0,
  positionsLeft: [],
  trouble,
})

/** Starting it would start what trades: what is told is what happens before that. */
function silentExchange(action: DirectAction): CliError {
  const text =
    action === 'kill'
      ? 'the exchange does not answer and nothing is closed yet; the kill is remembered and closes it at the next start, before anything trades'
      : 'the exchange does not answer and nothing is closed; perpfleet kill is remembered and closes it at the next start, before anything trades'
  return new CliError(1, text)
}

/** `pfd` and 12 digits of chance: no desk gives out such an id. */
const newId = (): ClientOrderId => `pfd${randomBytes(6).toString('hex')}` as ClientOrderId

const targetOf = (one: ResolvedSettings): Target => ({
  account: `${one.venue}/${one.account}`,
  instruments: new Set([instrumentId(one.venue, one.symbol)]),
  instances: [one.instance],
})

function rowOf({ account, instances }: Target, done: DirectFlattened): DirectRow {
  const { isFlat, ordersCanceled, ordersLeft, positionsLeft, trouble } = done
  return {
    account,
    instances: [...new Set(instances.map(instanceOfLeg))],
    is_flat: isFlat,
    orders_canceled: ordersCanceled,
    orders_left: ordersLeft,
    positions_left: positionsLeft.map(
      ({ instrument, quantity }) => `${instrument} ${quantity} lots`,
    ),
    trouble,
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
