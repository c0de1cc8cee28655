/** Answers of the control plane's HTTP server: JSON, one shape for errors, headers that browsers respect. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiErrorCode } from '../protocol/fleet-messages.ts'
import { CommandError } from './commands.ts'

const STATUS_OF: Readonly<Record<ApiErrorCode, number>> = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  VALIDATION: 400,
  CONFLICT: 409,
  PRECONDITION: 412,
  REFUSED_RISK: 409,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL: 500,
}

const BODY_LENGTH_MAX = 65_536

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}

export function sendHtml(response: ServerResponse, html: string, policy: string): void {
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(html),
    'Content-Security-Policy': policy,
  })
  response.end(html)
}

/** `{error: {code, message, details, request_id}}`; codes of instances' own ports are passed on. */
export function sendError(response: ServerResponse, error: unknown, requestId: string): void {
  if (response.headersSent) return void response.destroy()
  const { status, code, message } = errorOf(error)
  // The rest of a body that nobody reads must not come in as the next request.
  response.setHeader('Connection', 'close')
  sendJson(response, status, { error: { code, message, details: null, request_id: requestId } })
}

function errorOf(error: unknown): { status: number; code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof CommandError)
    return { status: STATUS_OF[error.code], code: error.code, message }
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (typeof code === 'string' && Object.hasOwn(STATUS_OF, code)) {
    return { status: STATUS_OF[code as ApiErrorCode], code, message }
  }
  // The request was read, what it asks for has faults.
  if (code === 'FAULTY') return { status: 422, code: 'VALIDATION', message }
  return { status: 500, code: 'INTERNAL', message: `the request failed: ${message}` }
}

/** @throws CommandError VALIDATION when the body is no JSON object or too long */
export async function readBody(
  request: IncomingMessage,
): Promise<Readonly<Record<string, unknown>>> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_LENGTH_MAX) {
      throw new CommandError('VALIDATION', `the body is longer than ${BODY_LENGTH_MAX} characters`)
    }
  }
  if (text.trim() === '') return {}
  const body = parse(text)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Readonly<Record<string, unknown>>
  }
  throw new CommandError('VALIDATION', 'the body must be a JSON object')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandError('VALIDATION', 'the body is no JSON')
  }
}

/** Compares digests, so that the time taken tells nothing of the token. */
export function isToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

const LOOPBACK_ADDRESS = /^(::ffff:)?127\.|^::1$/

/** Asked on this machine, under a name of this machine. */
export const isFromHere = ({ headers, socket }: IncomingMessage): boolean =>
  LOOPBACK.test(headers.host ?? '') && LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '')

/**
 * A web page of elsewhere gets nothing: its Origin is foreign, and a name that it rebinds to this machine stands in Host.
 * @param isOpen other machines may ask by whatever name this one has: what is not open to all then needs the token
 * @throws CommandError FORBIDDEN
 */
export function refuseForeign(request: IncomingMessage, isOpen: boolean): void {
  const { host, origin } = request.headers
  if (!isOpen && !LOOPBACK.test(host ?? '')) {
    throw new CommandError('FORBIDDEN', 'this server answers to localhost and 127.0.0.1 only')
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new CommandError('FORBIDDEN', 'pages of another origin may not use this server')
  }
}
