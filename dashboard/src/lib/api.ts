/** Requests to the control plane (docs/reference/http.md), with the token of the session. */
import createClient, { type FetchOptions } from 'openapi-fetch'
import type { paths } from '../../../src/client/api-types.ts'
import type { ApiErrorCode } from '../../../src/protocol/fleet-messages.ts'
import { accessToken, refresh, sessionEnded, sessionNow } from './session.ts'

/** Of the server, or `UNREACHABLE`: there was no answer. */
export type FaultCode = ApiErrorCode | 'TOO_MANY_REQUESTS' | 'UNREACHABLE'

/** An answer that is an error. `message` is the server's English sentence: show it through `useRelay()`. */
export class ApiFault extends Error {
  readonly code: FaultCode
  readonly status: number
  readonly details: unknown
  readonly requestId: string | null

  constructor(
    code: FaultCode,
    message: string,
    status: number,
    details: unknown = null,
    requestId: string | null = null,
  ) {
    super(message)
    this.code = code
    this.status = status
    this.details = details
    this.requestId = requestId
  }
}

/** Nobody is logged in here: the server would only refuse it. */
const nobody = () =>
  new ApiFault('UNAUTHORIZED', 'nobody is logged in here: this needs a login', 401)

/** @throws {ApiFault} UNAUTHORIZED, without asking, when the session has ended */
async function send(request: Request): Promise<Response> {
  const token = await accessToken()
  if (token === null) throw nobody()
  const copy = new Request(request)
  copy.headers.set('authorization', `Bearer ${token}`)
  return fetch(copy)
}

/** `fetch` as somebody: a token that is refused is renewed once; when that fails the session has ended. */
export async function authorizedFetch(input: Request): Promise<Response> {
  try {
    const first = await send(input.clone())
    // it may have ended while the answer was on its way
    if (first.status !== 401 || sessionNow().state === 'out') return first
    if (!(await refresh())) return first
    const second = await send(input)
    if (second.status === 401) sessionEnded()
    return second
  } catch (error) {
    if (error instanceof ApiFault) throw error
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFault('UNREACHABLE', 'the control plane does not answer', 0)
  }
}

interface ErrorBody {
  readonly error?: {
    readonly code?: FaultCode
    readonly message?: string
    readonly details?: unknown
    readonly request_id?: string
  }
}

function faultOf(body: ErrorBody | undefined, response: Response): ApiFault {
  const { code, message, details, request_id: id } = body?.error ?? {}
  return new ApiFault(
    code ?? 'INTERNAL',
    message ?? `${response.status} ${response.statusText}`,
    response.status,
    details ?? null,
    id ?? null,
  )
}

const described = createClient<paths>({ baseUrl: location.origin, fetch: authorizedFetch })

interface Readable {
  readonly get: {
    readonly responses: {
      readonly 200: { readonly content: { readonly 'application/json': unknown } }
    }
  }
}

type ReadPath = { [P in keyof paths]: paths[P] extends Readable ? P : never }[keyof paths]

/** What GET of a path answers, by the description of the API. */
type Answer<P extends ReadPath> = paths[P] extends Readable
  ? paths[P]['get']['responses'][200]['content']['application/json']
  : never

interface Told {
  readonly data?: unknown
  readonly error?: ErrorBody
  readonly response: Response
}

/** GET of a path that the description of the API knows, with its parameters: `read('/api/v1/fills', {params: {query}, signal})`. @throws {ApiFault} */
export async function read<P extends ReadPath>(
  path: P,
  options: FetchOptions<paths[P]['get']>,
): Promise<Answer<P>> {
  const told: Told = await described.GET(path as never, options as never)
  if (!told.response.ok) throw faultOf(told.error, told.response)
  return told.data as Answer<P>
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

function addressOf(path: string, query: Query): string {
  const words = Object.entries(query).flatMap(([name, value]) =>
    value == null ? [] : [[name, String(value)]],
  )
  const search = new URLSearchParams(words).toString()
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`
}

async function ask<T>(request: Request): Promise<T> {
  const response = await authorizedFetch(request)
  if (!response.ok) throw faultOf(await response.json().catch(() => undefined), response)
  return (await response.json()) as T
}

/** GET below /api/v1. @throws {ApiFault} */
export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> =>
  ask<T>(new Request(new URL(addressOf(path, query), location.origin), { signal: signal ?? null }))

/** POST below /api/v1, with a key that makes sending it twice the same as once. @throws {ApiFault} */
export const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  ask<T>(
    new Request(new URL(addressOf(path, {}), location.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': keyOf() },
      body: JSON.stringify(body),
    }),
  )

/** DELETE below /api/v1. @throws {ApiFault} */
export const remove = <T>(path: string): Promise<T> =>
  ask<T>(new Request(new URL(addressOf(path, {}), location.origin), { method: 'DELETE' }))

/** randomUUID is there in secure contexts only. */
const keyOf = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next_cursor: string | null
}
