/** The desks of a home: one for all paper accounts, one for each account at a real venue; together they answer as one. */
import {
  contractsOf,
  legsOf,
  type ResolvedInstance,
  type ResolvedLeg,
  type ResolvedSettings,
} from '../config/resolved-instance.ts'
import { RATIO_SCALE, type Ratio, ratio } from '../domain/money.ts'
import { deskAccountOf, deskNameOf } from '../domain/trading-mode.ts'
import type { ProcessRecord } from '../ports/fleet-store.ts'
import type { DeskLaunch } from '../protocol/launch.ts'
import { type DeskAccount, isDeskStatus } from './desk-rows.ts'
import { DeskWatch, type ModeChange } from './desk-watch.ts'
import { readJson, textAfter } from './files.ts'
import { KeptProcess, type ProcessTools } from './kept-process.ts'
import { settledLegs } from './leg-rows.ts'
import {
  accessHash,
  keptDesk,
  keptLiveDesk,
  PAPER_DESK,
  type ServiceAddress,
  type ServiceParts,
  serviceAddress,
  servicePidFile,
} from './services.ts'

export interface DesksParts {
  readonly service: ServiceParts
  readonly tools: ProcessTools
  /** The home is not going down as far as its desks. */
  isWanted(): boolean
  /** The exchange that paper and sandbox accounts trade at. */
  hasExchange(): boolean
  /** As configured now. */
  instances(): readonly ResolvedInstance[]
  ask(desk: ServiceAddress, question: unknown, timeoutMs: number): Promise<unknown>
  /** A desk has told something new. */
  onTold(changes: readonly ModeChange[]): void
}

const STATUS_TIMEOUT_MS = 2000

/** Of the account of an instance, or of a leg of one. */
export const deskOf = ({ settings }: Pick<ResolvedInstance, 'settings'>): string =>
  deskNameOf(settings.mode, settings.venue, settings.account)

/** Of the accounts of all legs, each once. */
export const desksOf = (instance: ResolvedInstance): readonly string[] => [
  ...new Set(legsOf(instance).map(deskOf)),
]

/** `arb_1 (okx BTC/USDT:USDT)`: a leg as sentences call it. */
export const legTitle = (instance: string, { venue, symbol }: ResolvedSettings): string =>
  `${instance} (${venue} ${symbol})`

/** Whether a process of the registry is a desk. */
export const isDeskName = (name: string): boolean =>
  name === PAPER_DESK || deskAccountOf(name) !== null

/** `{mode}-{venue}-{account}` of a desk's report; all paper accounts are at one desk. */
export const deskOfAccount = (account: string): string =>
  account.startsWith('paper-') ? PAPER_DESK : `desk-${account}`

export class Desks {
  readonly watch: DeskWatch
  readonly #parts: DesksParts
  readonly #processes = new Map<string, KeptProcess>()
  /** What the process of a desk was started with. */
  readonly #started = new Map<
    string,
    { readonly pid: number | null; readonly hash: string | null }
  >()
  /** With how many each desk has been told to share its address. */
  readonly #shares = new Map<string, number>()

  constructor(parts: DesksParts) {
    this.#parts = parts
    this.watch = new DeskWatch((instance) => this.#ratesOf(instance))
    this.#add(PAPER_DESK)
  }

  get all(): readonly KeptProcess[] {
    return [...this.#processes.values()]
  }
  get isAlive(): boolean {
    return this.all.some((one) => one.isAlive)
  }
  /** Every desk that is wanted runs. */
  get areRunning(): boolean {
    return this.all.every(
      (one) => one.phase.kind === 'running' || (!one.kept.isWanted() && !one.isAlive),
    )
  }

  isRunning(name: string): boolean {
    return this.#processes.get(name)?.phase.kind === 'running'
  }
  isAccountReached(account: string): boolean {
    return this.isRunning(deskOfAccount(account))
  }

  #add(name: string): KeptProcess {
    const { tools } = this.#parts
    const process = new KeptProcess(this.#kept(name), tools, 0)
    this.#processes.set(name, process)
    return process
  }

  #kept(name: string) {
    const { service, isWanted, hasExchange } = this.#parts
    const hooks = {
      probe: () => this.#lookAt(name),
      onHold: () => {},
      // A process that begins believes to be alone behind its address.
      onRunning: () => void this.#shares.delete(name),
    }
    const account = deskAccountOf(name)
    if (account === null) return keptDesk(service, { ...hooks, isWanted, canStart: hasExchange })
    return keptLiveDesk(service, name, account, () => this.#legOf(name), {
      ...hooks,
      isWanted: () => isWanted() && this.#legOf(name) !== null && !this.#isOutdated(name),
      canStart: () => account.mode !== 'sandbox' || hasExchange(),
    })
  }

  #legs(): readonly ResolvedLeg[] {
    return this.#parts.instances().flatMap(legsOf)
  }

  /** The first leg, or instance, of the account says how its desk reaches the venue. */
  #legOf(name: string): ResolvedLeg | null {
    return this.#legs().find((one) => deskOf(one) === name) ?? null
  }

  #ratesOf(id: string): readonly Ratio[] {
    const instance = this.#parts.instances().find((one) => one.id === id)
    // Of an instance whose file is gone: its desks know its legs.
    if (instance === undefined) return this.watch.namesOf(id).map(() => ratio(RATIO_SCALE))
    return legsOf(instance).map(({ settleRate }) => settleRate)
  }

  /** It was started with other keys or addresses than its instance names now: it ends, and begins with those. */
  #isOutdated(name: string): boolean {
    const access = this.#legOf(name)?.access ?? null
    if (access === null || this.#processes.get(name)?.isAlive !== true) return false
    const started = this.#startedWith(name)
    return started !== null && started !== accessHash(access)
  }

  /** Read once for each process: the file is written anew with the next one. */
  #startedWith(name: string): string | null {
    const pid = this.#processes.get(name)?.identity?.pid ?? null
    const known = this.#started.get(name)
    if (known?.pid === pid) return known.hash
    const launch = readJson(this.#parts.service.home.launchFile(name)) as Partial<DeskLaunch> | null
    const hash = launch?.live?.accessHash ?? null
    this.#started.set(name, { pid, hash })
    return hash
  }

  /** What the desk of an instance said when it ended last; null = its desks run, or said nothing. */
  failureOf(instance: ResolvedInstance): string | null {
    return desksOf(instance).reduce<string | null>((told, name) => told ?? this.#said(name), null)
  }

  #said(name: string): string | null {
    const process = this.#processes.get(name)
    if (process === undefined || process.isAlive || process.stderr === null) return null
    const said = textAfter(process.stderr.path, process.stderr.from).trim().split('\n').at(-1) ?? ''
    // A stack of our own is for the log.
    return said === '' ? null : said.replace(/^\w*Error: /, '').replace(/\.$/, '')
  }

  /** A desk for every account that instances name. */
  #complete(): void {
    for (const leg of this.#legs()) if (!this.#processes.has(deskOf(leg))) this.#add(deskOf(leg))
  }

  /** Takes a process of an earlier control plane over; @returns false when it is no desk */
  adopt(record: ProcessRecord): boolean {
    if (!isDeskName(record.name)) return false
    const process = this.#processes.get(record.name) ?? this.#add(record.name)
    process.adopt(record, servicePidFile(this.#parts.service.home, record.name))
    return true
  }

  look(): void {
    this.#complete()
    for (const process of this.all) process.look()
  }

  close(): void {
    for (const process of this.all) process.close()
  }

  #address(name: string): ServiceAddress {
    return serviceAddress(this.#parts.service, name)
  }

  async #lookAt(name: string): Promise<boolean> {
    const answer = await this.#parts.ask(
      this.#address(name),
      { action: 'status' },
      STATUS_TIMEOUT_MS,
    )
    this.#parts.onTold(this.watch.take(answer, name))
    await this.#share(name)
    return true
  }

  /** Desks that speak to one venue from one address divide its limits on requests. */
  async #share(name: string): Promise<void> {
    const place = this.#placeOf(name)
    if (place === null) return
    const desks = this.all.filter((one) => one.isAlive && this.#placeOf(one.kept.name) === place)
    const count = Math.max(1, desks.length)
    if ((this.#shares.get(name) ?? 1) === count) return
    await this.#parts.ask(
      this.#address(name),
      { action: 'address_share', desks: count },
      STATUS_TIMEOUT_MS,
    )
    this.#shares.set(name, count)
  }

  /** Where the venue sees a desk come from; null = it speaks to none. */
  #placeOf(name: string): string | null {
    const account = deskAccountOf(name)
    if (account === null) return null
    const proxy = this.#legOf(name)?.access?.proxy ?? ''
    return `${account.mode} ${account.venue} ${proxy}`
  }

  /** Takes in what every desk that runs says now; rejects when one of them does not answer. */
  async refresh(): Promise<void> {
    await Promise.all(this.#running().map((name) => this.#lookAt(name)))
  }

  #running(): readonly string[] {
    return [...this.#processes.keys()].filter((name) => this.isRunning(name))
  }

  /** Accounts of the desks that run. */
  get accounts(): readonly DeskAccount[] {
    return this.watch.accounts.filter(({ account }) => this.isAccountReached(account))
  }

  /**
   * Asks the desk of the instance or account that the question names; what names neither is asked of every desk, and the
   * answers are put together. Of an instance of several legs every leg is asked, each at its desk.
   * @throws LegsError when the desks of some legs have not done it
   */
  ask(question: unknown, timeoutMs: number): Promise<unknown> {
    const { instance, account } = namedIn(question)
    if (account !== null)
      return this.#parts.ask(this.#address(deskOfAccount(account)), question, timeoutMs)
    if (instance !== null) return this.#askInstance(instance, question, timeoutMs)
    return this.#askAll(question, timeoutMs)
  }

  async #askInstance(id: string, question: unknown, timeoutMs: number): Promise<unknown> {
    const found = this.#parts.instances().find((one) => one.id === id)
    const names =
      found === undefined
        ? this.watch.namesOf(id)
        : contractsOf(found).map(({ instance }) => instance)
    if (names.length === 1)
      return this.#parts.ask(this.#address(this.#deskOf(id)), question, timeoutMs)
    const outcomes = await Promise.allSettled(
      names.map((instance) =>
        this.#parts.ask(
          this.#address(this.#deskOf(instance)),
          { ...(question as object), instance },
          timeoutMs,
        ),
      ),
    )
    const told = outcomes.map((outcome, index) => {
      const leg = names[index] ?? id
      const contract = this.#legs().find(({ settings }) => settings.instance === leg)
      return { leg, title: contract ? legTitle(id, contract.settings) : leg, outcome }
    })
    const isStop = namedIn(question).action === 'stop'
    return settledLegs(told, isStop ? NOTHING_LEFT : null)
  }

  /** Where an instance, or a leg, is attached now, else where its file sends it. */
  #deskOf(name: string): string {
    const seen = this.watch.deskOf(name)
    if (seen !== null && this.isRunning(seen)) return seen
    const found = this.#legs().find(({ settings }) => settings.instance === name)
    return found === undefined ? PAPER_DESK : deskOf(found)
  }

  async #askAll(question: unknown, timeoutMs: number): Promise<unknown> {
    const names = this.#running()
    const asked = names.length === 0 ? [PAPER_DESK] : names
    const answers = await Promise.all(
      asked.map((name) => this.#parts.ask(this.#address(name), question, timeoutMs)),
    )
    return joined(answers)
  }
}

/** What the stop of a leg comes to that its desk does not know: it holds nothing of it. */
export const NOTHING_LEFT = { orders_canceled: 0, position: 0 }

function namedIn(
  question: unknown,
): Readonly<Record<'action' | 'instance' | 'account', string | null>> {
  const fields = new Map(Object.entries(typeof question === 'object' ? (question ?? {}) : {}))
  const textOf = (name: string): string | null => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : null
  }
  return { action: textOf('action'), instance: textOf('instance'), account: textOf('account') }
}

/** The answers of several desks as one: their lists one behind the other. */
export function joined(answers: readonly unknown[]): unknown {
  if (answers.length === 1) return answers[0]
  if (answers.every(isDeskStatus)) return { accounts: answers.flatMap(({ accounts }) => accounts) }
  const items = answers.flatMap((answer) =>
    typeof answer === 'object' &&
    answer !== null &&
    'items' in answer &&
    Array.isArray(answer.items)
      ? (answer.items as unknown[])
      : [],
  )
  return { items }
}
