/** The desks of a home: one for all paper accounts, one for each account at a real venue; together they answer as one. */
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { deskAccountOf, deskNameOf } from '../domain/trading-mode.ts'
import type { ProcessRecord } from '../ports/fleet-store.ts'
import type { DeskLaunch } from '../protocol/launch.ts'
import { type DeskAccount, DeskWatch, isDeskStatus, type ModeChange } from './desk-watch.ts'
import { readJson, textAfter } from './files.ts'
import { KeptProcess, type ProcessTools } from './kept-process.ts'
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

/** Of the instance's account. */
export const deskOf = ({ settings }: Pick<ResolvedInstance, 'settings'>): string =>
  deskNameOf(settings.mode, settings.venue, settings.account)

/** Whether a process of the registry is a desk. */
export const isDeskName = (name: string): boolean =>
  name === PAPER_DESK || deskAccountOf(name) !== null

/** `{mode}-{venue}-{account}` of a desk's report; all paper accounts are at one desk. */
export const deskOfAccount = (account: string): string =>
  account.startsWith('paper-') ? PAPER_DESK : `desk-${account}`

export class Desks {
  readonly watch = new DeskWatch()
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
    return keptLiveDesk(service, name, account, () => this.#instanceOf(name), {
      ...hooks,
      isWanted: () => isWanted() && this.#instanceOf(name) !== null && !this.#isOutdated(name),
      canStart: () => account.mode !== 'sandbox' || hasExchange(),
    })
  }

  /** The first instance of the account says how its desk reaches the venue. */
  #instanceOf(name: string): ResolvedInstance | null {
    return this.#parts.instances().find((one) => deskOf(one) === name) ?? null
  }

  /** It was started with other keys or addresses than its instance names now: it ends, and begins with those. */
  #isOutdated(name: string): boolean {
    const access = this.#instanceOf(name)?.access ?? null
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

  /** What the desk of an instance said when it ended last; null = it runs, or said nothing. */
  failureOf(instance: ResolvedInstance): string | null {
    const process = this.#processes.get(deskOf(instance))
    if (process === undefined || process.isAlive || process.stderr === null) return null
    const said = textAfter(process.stderr.path, process.stderr.from).trim().split('\n').at(-1) ?? ''
    // A stack of our own is for the log.
    return said === '' ? null : said.replace(/^\w*Error: /, '').replace(/\.$/, '')
  }

  /** A desk for every account that instances name. */
  #complete(): void {
    for (const instance of this.#parts.instances())
      if (!this.#processes.has(deskOf(instance))) this.#add(deskOf(instance))
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
    const proxy = this.#instanceOf(name)?.access?.proxy ?? ''
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
   * answers are put together.
   */
  ask(question: unknown, timeoutMs: number): Promise<unknown> {
    const { instance, account } = namedIn(question)
    if (account !== null)
      return this.#parts.ask(this.#address(deskOfAccount(account)), question, timeoutMs)
    if (instance !== null)
      return this.#parts.ask(this.#address(this.#deskOf(instance)), question, timeoutMs)
    return this.#askAll(question, timeoutMs)
  }

  /** Where it is attached now, else where its file sends it. */
  #deskOf(instance: string): string {
    const seen = this.watch.deskOf(instance)
    if (seen !== null && this.isRunning(seen)) return seen
    const found = this.#parts.instances().find(({ id }) => id === instance)
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

function namedIn(question: unknown): { instance: string | null; account: string | null } {
  const fields = new Map(Object.entries(typeof question === 'object' ? (question ?? {}) : {}))
  const textOf = (name: string): string | null => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : null
  }
  return { instance: textOf('instance'), account: textOf('account') }
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
