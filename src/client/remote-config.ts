/** The configuration files of another machine, behind its control plane: what the config commands ask for. */
import type {
  ConfigValidation,
  ConfigVersionRow,
  CreatedConfig,
  ShownConfig,
  WrittenConfig,
} from '../protocol/config-messages.ts'
import { presentUser } from './fleet-access.ts'
import { HttpError, type HttpTarget, request } from './http-client.ts'

const TIMEOUT_MS = 30_000
const FAULTY_STATUS = 422

/** Every method may throw an HttpError; its code is FAULTY when the configuration has faults. */
export class RemoteConfig {
  readonly #target: HttpTarget

  constructor(target: HttpTarget) {
    this.#target = target
  }

  async history(id: string): Promise<readonly ConfigVersionRow[]> {
    const answer = await this.#get(`${pathOf(id)}/versions`)
    return (answer as { readonly items: readonly ConfigVersionRow[] }).items
  }

  async show(id: string, version: number | null): Promise<ShownConfig> {
    const { file, content } = (await this.#get(
      `${pathOf(id)}${version === null ? '' : `?version=${version}`}`,
    )) as ShownConfig
    return { file, version, content }
  }

  async effective(id: string): Promise<object> {
    return (await this.#get(`${pathOf(id)}/effective`)) as object
  }

  async difference(id: string, a: number, b: number | null): Promise<readonly string[]> {
    const answer = await this.#get(`${pathOf(id)}/diff?a=${a}${b === null ? '' : `&b=${b}`}`)
    return (answer as { readonly lines: readonly string[] }).lines
  }

  async rollback(id: string, version: number): Promise<WrittenConfig> {
    return (await this.#post(`${pathOf(id)}/rollback`, { version })) as WrittenConfig
  }

  async create(template: string, id: string): Promise<CreatedConfig> {
    return (await this.#post('/instances', { template, id })) as CreatedConfig
  }

  async archive(id: string): Promise<string> {
    const answer = await this.#post(`${pathOf(id)}/archive`, {})
    return (answer as { readonly file: string }).file
  }

  async validate(): Promise<ConfigValidation> {
    return (await this.#post('/config/validate', {})) as ConfigValidation
  }

  close(): void {}

  #get(path: string): Promise<unknown> {
    return this.#ask('GET', path)
  }

  #post(path: string, body: object): Promise<unknown> {
    return this.#ask('POST', path, { ...body, author: presentUser() })
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    try {
      const given = body === undefined ? {} : { body }
      const asked = { method, path: `/api/v1${path}`, timeoutMs: TIMEOUT_MS, ...given }
      return await request(this.#target, asked)
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== FAULTY_STATUS) throw error
      throw new HttpError('FAULTY', error.status, error.message, { cause: error })
    }
  }
}

/** `fleet` is an id as well. @throws HttpError NOT_FOUND for what would be another path */
function pathOf(id: string): string {
  if (/^[a-z0-9_-]+$/.test(id)) return `/config/${id}`
  throw new HttpError(
    'NOT_FOUND',
    0,
    `there is no file of ${id} there: an id has a-z, 0-9, _ and - only`,
  )
}
