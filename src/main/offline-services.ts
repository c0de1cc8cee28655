/** The sockets of a desk and an exchange that still run in a home without a control plane. */
import {
  askDesk,
  askExchangeStatus,
  type DeskQuestion,
  type ServiceAddress,
  ServiceError,
} from '../client/local-socket.ts'
import { type DeskInstanceRow, type DeskStatus, isDeskStatus } from '../fleet/desk-rows.ts'
import { isDeskName, joined } from '../fleet/desks.ts'
import { readJson } from '../fleet/files.ts'
import { settledLegs } from '../fleet/leg-rows.ts'
import { EXCHANGE } from '../fleet/services.ts'
import { feedViewOf } from '../fleet/view.ts'
import type { FeedView, ServiceFile } from '../protocol/fleet-messages.ts'
import type { OfflineRegistry } from './offline-registry.ts'

const STATUS_TIMEOUT_MS = 3000

const isNotKnown = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === 'NOT_FOUND'

export class OfflineServices {
  readonly #registry: OfflineRegistry

  constructor(registry: OfflineRegistry) {
    this.#registry = registry
  }

  get hasDesk(): boolean {
    return this.#desks().length > 0
  }
  get hasExchange(): boolean {
    return this.#registry.process(EXCHANGE) !== null
  }

  #address(name: string): ServiceAddress | null {
    const { home } = this.#registry
    const file = readJson(home.serviceFile(name)) as ServiceFile | null
    if (file === null || this.#registry.process(name) === null) return null
    return { name, socket: file.socket, token: file.token }
  }

  #desks(): readonly ServiceAddress[] {
    const names = [...this.#registry.living().keys()].filter(isDeskName)
    return names.flatMap((name) => this.#address(name) ?? [])
  }

  /**
   * Asks every desk; a question about an instance is answered by the one that knows it.
   * @throws ServiceError when no desk runs, or it refuses, or does not answer in time
   */
  async ask(question: DeskQuestion, timeoutMs: number): Promise<unknown> {
    const desks = this.#desks()
    if (desks.length === 0) throw new ServiceError('SERVICE_UNAVAILABLE', 'no desk runs here')
    const isOfOne = 'instance' in question && question.instance !== null
    const asked = desks.map((desk) => askDesk(desk, question, timeoutMs))
    if (!isOfOne) return joined(await Promise.all(asked))
    const outcomes = await Promise.allSettled(asked)
    const done = outcomes.find(({ status }) => status === 'fulfilled')
    if (done?.status === 'fulfilled') return done.value
    const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    throw reasons.find((reason) => !isNotKnown(reason)) ?? reasons[0]
  }

  /**
   * Asks for each leg of an instance, whose names at their desks are given.
   * @throws ServiceError or LegsError, as ask
   */
  async askLegs(
    names: readonly string[],
    question: { readonly action: string },
    timeoutMs: number,
    unknown: unknown = null,
  ): Promise<unknown> {
    const asked = names.map((instance) => ({ ...question, instance }) as DeskQuestion)
    const [only] = asked
    if (asked.length === 1 && only !== undefined) return this.ask(only, timeoutMs)
    const outcomes = await Promise.allSettled(asked.map((one) => this.ask(one, timeoutMs)))
    const told = outcomes.map((outcome, index) => {
      const leg = names[index] ?? ''
      return { leg, title: leg, outcome }
    })
    return settledLegs(told, unknown)
  }

  /** null = no desk tells. */
  async deskStatus(): Promise<DeskStatus | null> {
    const answer = await this.ask({ action: 'status' }, STATUS_TIMEOUT_MS).catch(() => null)
    return isDeskStatus(answer) ? answer : null
  }

  async deskRows(): Promise<ReadonlyMap<string, DeskInstanceRow>> {
    const { accounts } = (await this.deskStatus()) ?? { accounts: [] }
    return new Map(accounts.flatMap(({ instances }) => instances.map((row) => [row.instance, row])))
  }

  /** Null = no exchange runs, so no market moves. */
  async feed(): Promise<FeedView | null> {
    const exchange = this.#address(EXCHANGE)
    if (exchange === null) return null
    const status = await askExchangeStatus(exchange, STATUS_TIMEOUT_MS).catch(() => null)
    return status === null ? null : feedViewOf(status, status)
  }
}
