/** The users of a home behind its control plane. */
import type { UserChange, UserView } from '../protocol/api-messages.ts'
import { type HttpRequest, type HttpTarget, request } from './http-client.ts'

const TIMEOUT_MS = 30_000

/** Every method may throw an HttpError. */
export class RemoteUsers {
  readonly #target: HttpTarget

  constructor(target: HttpTarget) {
    this.#target = target
  }

  async list(): Promise<readonly UserView[]> {
    const answer = await this.#ask('GET', '')
    return (answer as { readonly items: readonly UserView[] }).items
  }

  async add(username: string, role: string, password: string | null): Promise<UserChange> {
    return (await this.#ask('POST', '', { username, role, password })) as UserChange
  }

  async setPassword(username: string, password: string | null): Promise<UserChange> {
    return (await this.#ask('POST', `${pathOf(username)}/password`, { password })) as UserChange
  }

  async remove(username: string): Promise<void> {
    await this.#ask('DELETE', pathOf(username))
  }

  /** The password that the first start has made; null = there was none, or somebody was told before. */
  async takeFirstPassword(): Promise<string | null> {
    const answer = await request(this.#target, {
      method: 'POST',
      path: '/api/v1/auth/first-password',
      body: {},
      timeoutMs: TIMEOUT_MS,
    })
    return (answer as { readonly password: string | null }).password
  }

  close(): void {}

  #ask(method: HttpRequest['method'], path: string, body?: object): Promise<unknown> {
    const sent = body === undefined ? {} : { body }
    return request(this.#target, {
      method,
      path: `/api/v1/users${path}`,
      timeoutMs: TIMEOUT_MS,
      ...sent,
    })
  }
}

const pathOf = (username: string): string => `/${encodeURIComponent(username)}`
