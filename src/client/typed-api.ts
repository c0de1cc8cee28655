/** The HTTP API with the types of its own description: what is asked for must exist, what is answered is known. */
import type { paths } from './api-types.ts'
import { type HttpTarget, request } from './http-client.ts'

type Method = 'get' | 'post'

interface JsonAnswer<Body> {
  readonly responses: { readonly 200: { readonly content: { readonly 'application/json': Body } } }
}

/** Paths of the description that answer a method with JSON. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [Key in M]: JsonAnswer<unknown> } ? P : never
}[keyof paths]

export type AnswerOf<P extends keyof paths, M extends Method> = paths[P] extends {
  readonly [Key in M]: JsonAnswer<infer Body>
}
  ? Body
  : never

export interface AskedOf {
  /** Values for `{name}` in the path; names that would change the path are the caller's to refuse. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: URLSearchParams
  readonly body?: unknown
  readonly timeoutMs: number
}

/** Answers are taken as they are described; an earlier version may leave out what is newer. @throws HttpError */
export class TypedApi {
  readonly #target: HttpTarget

  constructor(target: HttpTarget) {
    this.#target = target
  }

  async get<P extends PathOf<'get'>>(path: P, asked: AskedOf): Promise<AnswerOf<P, 'get'>> {
    return (await this.#ask('GET', path, asked)) as AnswerOf<P, 'get'>
  }

  async post<P extends PathOf<'post'>>(path: P, asked: AskedOf): Promise<AnswerOf<P, 'post'>> {
    return (await this.#ask('POST', path, asked)) as AnswerOf<P, 'post'>
  }

  #ask(method: 'GET' | 'POST', path: string, { path: names = {}, query, ...rest }: AskedOf) {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(names[name] ?? ''),
    )
    const text = query === undefined || query.size === 0 ? '' : `?${query}`
    return request(this.#target, { method, path: `${filled}${text}`, ...rest })
  }
}
