/** The configuration files of another machine, behind its control plane: what the config commands ask for. */
import { presentUser } from './fleet-access.ts'
import { HttpError, type HttpTarget, request } from './http-client.ts'

const TIMEOUT_MS = 30_000
const FAULTY_STATUS = 422

interface VersionRow {
  readonly version: number
  /** Wall time, ms since 1970 UTC. */
  readonly at: number
  readonly author: string
  readonly origin: string
  readonly file: string
  readonly hash: string
}

interface Written {
  readonly id: string
  readonly file: string
  readonly version: number
}

interface Created extends Written {
  readonly autostart: boolean
  readonly same_contract: readonly string[]
  readonly own_account: string | null
}

interface Shown {
  readonly file: string
  readonly version: number | null
  readonly content: string
}

interface Validation {
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
  readonly instances: readonly string[]
}

/** Every method may throw an HttpError; its code is FAULTY when the configuration has faults. */
export class RemoteConfig {
  readonly #target: HttpTarget

  constructor(target: HttpTarget) {
    this.#target = target
  }

  async history(id: string): Promise<readonly VersionRow[]> {
    const answer = await this.#get(`${pathOf(id)}/versions`)
    return (answer as { readonly items: readonly VersionRow[] }).items
  }

  async show(id: string, version: number | null): Promise<Shown> {
    const { file, content } = (await this.#get(
      `${pathOf(id)}${version === null ? '' : `?version=${version}`}`,
    )) as Shown
    return { file, version, content }
  }

  async effective(id: string): Promise<object> {
    return (await this.#get(`${pathOf(id)}/effective`)) as object
  }

  async difference(id: string, a: number, b: number | null): Promise<readonly string[]> {
    const answer = await this.#get(`${pathOf(id)}/diff?a=${a}${b === null ? '' : `&b=${b}`}`)
    return (answer as { readonly lines: readonly string[] }).lines
  }

  async rollback(id: string, version: number): Promise<Written> {
    return (await this.#post(`${pathOf(id)}/rollback`, { version })) as Written
  }

  async create(template: string, id: string): Promise<Created> {
    return (await this.#post('/instances', { template, id })) as Created
  }

  async archive(id: string): Promise<string> {
    const answer = await this.#post(`${pathOf(id)}/archive`, {})
    return (answer as { readonly file: string }).file
  }

  async validate(): Promise<Validation> {
    return (await this.#post('/config/validate', {})) as Validation
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
