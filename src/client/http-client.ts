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
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly timeoutMs: number
}

interface ErrorDetails {
  readonly code?: unknown
  readonly message?: unknown
}

interface ErrorBody {
  readonly error?: ErrorDetails | string
}

/** Faults of several lines fit; what another program answers may be of any length. */
const MESSAGE_LENGTH_MAX = 4000

/** Sends a request and gives the parsed JSON answer. @throws HttpError */
export async function request(target: HttpTarget, asked: HttpRequest): Promise<unknown> {
  const response = await send(target, asked)
  if (response.status >= 300 && response.status < 400) {
    const text = `${target.url} answers with a redirection, which is not followed: name the address it points to`
    throw new HttpError('SERVICE_UNAVAILABLE', response.status, text)
  }
  const body = parse(await textOf(response, target))
  if (response.ok) return body
  if (response.status === 401 && target.token !== null) {
    const text = `${target.url} does not know this token: take the one of run/control.json there, which is new at each start`
    throw new HttpError('UNAUTHORIZED', response.status, text)
  }
  const error = (body as ErrorBody | null)?.error
  const details: ErrorDetails = typeof error === 'object' ? error : { message: error }
  const said = typeof details.message === 'string' ? shown(details.message, target) : ''
  const fallback = `${target.url}${asked.path} answered ${response.status}`
  const code = typeof details.code === 'string' ? details.code : 'INTERNAL'
  throw new HttpError(code, response.status, said === '' ? fallback : said)
}

/** What the other side said, without anything that steers a terminal, and never our own token. */
function shown(text: string, { token }: HttpTarget): string {
  const plain = [...text].filter((sign) => sign === '\n' || !/\p{Cc}/u.test(sign)).join('')
  const masked = token === null || token === '' ? plain : plain.replaceAll(token, '***')
  return masked.slice(0, MESSAGE_LENGTH_MAX).trim()
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
      // A token goes to the address that was named and to no other.
      redirect: 'manual',
    })
  } catch (cause) {
    throw unanswered(target, asked.timeoutMs, cause)
  }
}

async function textOf(response: Response, target: HttpTarget): Promise<string> {
  try {
    return await response.text()
  } catch (cause) {
    const text = `${target.url} broke off in the middle of its answer`
    throw new HttpError('SERVICE_UNAVAILABLE', response.status, text, { cause })
  }
}

const WHY_UNANSWERED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'no machine has that name',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no way to that network',
  UND_ERR_SOCKET: 'the connection was cut',
}

function unanswered({ url }: HttpTarget, timeoutMs: number, error: unknown): HttpError {
  const cause = error instanceof Error ? error.cause : undefined
  const code = codeOf(cause)
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  const text = isLate
    ? `${url} does not answer within ${timeoutMs / 1000} s`
    : `${url} does not answer (${WHY_UNANSWERED[code] ?? whyOf(code)})`
  return new HttpError('SERVICE_UNAVAILABLE', 0, text, { cause: error })
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  if (cause.name === 'HTTPParserError') return 'HPE_'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

function whyOf(code: string): string {
  if (/CERT|SIGNATURE|SIGNED|ALTNAME|TLS|SSL/.test(code))
    return `its certificate is refused: ${code}`
  if (code.startsWith('HPE_')) return 'what answers speaks no HTTP'
  return code === '' ? 'the connection failed' : code
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
