/** The sockets of a desk and an exchange that still run in a home without a control plane. */
import {
  askDesk,
  askExchangeStatus,
  type DeskQuestion,
  type ServiceAddress,
  ServiceError,
} from '../client/local-socket.ts'
import { type DeskInstanceRow, type DeskStatus, isDeskStatus } from '../fleet/desk-watch.ts'
import { readJson } from '../fleet/files.ts'
import { EXCHANGE, PAPER_DESK } from '../fleet/services.ts'
import { feedViewOf } from '../fleet/view.ts'
import type { FeedView, ServiceFile } from '../protocol/fleet-messages.ts'
import type { OfflineRegistry } from './offline-registry.ts'

const STATUS_TIMEOUT_MS = 3000

export class OfflineServices {
  readonly #registry: OfflineRegistry

  constructor(registry: OfflineRegistry) {
    this.#registry = registry
  }

  get hasDesk(): boolean {
    return this.#registry.process(PAPER_DESK) !== null
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

  /** @throws ServiceError when no desk runs, or it refuses, or does not answer in time */
  ask(question: DeskQuestion, timeoutMs: number): Promise<unknown> {
    const desk = this.#address(PAPER_DESK)
    if (desk !== null) return askDesk(desk, question, timeoutMs)
    return Promise.reject(new ServiceError('SERVICE_UNAVAILABLE', 'no desk runs here'))
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
