/** Talks to the control plane and to the own ports of instances over HTTP. */
import type { ApiErrorCode } from '../protocol/fleet-messages.ts'

/** The other side answered with an error, or not at all (SERVICE_UNAVAILABLE). */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly code: ApiErrorCode | string
  readonly status: number
  constructor(code: string, status: number, text: string, options?: ErrorOptions) {
    super(text, options)
    this.code = code
    this.status = status
  }
}

export interface HttpTarget {
  /** e.g. http://127.0.0.1:8080 */
  readonly url: string
  readonly token: string | null
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly timeoutMs: number
}

interface ErrorDetails {
  readonly code?: string | undefined
  readonly message?: string | undefined
}

interface ErrorBody {
  readonly error?: ErrorDetails | string
}

/** Sends a request and gives the parsed JSON answer. @throws HttpError */
export async function request(target: HttpTarget, asked: HttpRequest): Promise<unknown> {
  const response = await send(target, asked)
  const text = await response.text()
  const body = parse(text)
  if (response.ok) return body
  const error = (body as ErrorBody | null)?.error
  const details: ErrorDetails = typeof error === 'object' ? error : { message: error }
  const fallback = `${target.url}${asked.path} answered ${response.status}`
  throw new HttpError(details.code ?? 'INTERNAL', response.status, details.message ?? fallback)
}

async function send(target: HttpTarget, asked: HttpRequest): Promise<Response> {
  try {
    return await fetch(`${target.url}${asked.path}`, {
      method: asked.method,
      headers: {
        ...(target.token === null ? {} : { authorization: `Bearer ${target.token}` }),
        ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      signal: AbortSignal.timeout(asked.timeoutMs),
      redirect: 'error',
    })
  } catch (cause) {
    throw new HttpError('SERVICE_UNAVAILABLE', 0, `${target.url} does not answer`, { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
