/**
 * Who may speak to the own port of an instance. On loopback GET is open to programs of this machine and POST needs the
 * control token; a web page of elsewhere gets nothing: its Origin is foreign, and a name that it rebinds to 127.0.0.1
 * stands in Host. Beyond loopback everything needs the token.
 */
import { readFileSync } from 'node:fs'

/** The parts of a request that decide. */
export interface RequestHead {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly contentType: string | undefined
  readonly authorization: string | undefined
}

/** The error object of every refusal (docs/reference/http.md). */
export interface WebError {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: unknown
}

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopbackAddress(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address)
}

/**
 * Why a request is refused, null when it may pass.
 * @param token the control token, null when there is none at the moment
 */
export function refusalOf(
  head: RequestHead,
  isLoopbackOnly: boolean,
  token: () => string | null,
): WebError | null {
  const isRead = head.method === 'GET' || head.method === 'HEAD'
  return (
    (isLoopbackOnly ? hostRefusal(head.host) : null) ??
    originRefusal(head.origin, head.host) ??
    (isRead && isLoopbackOnly ? null : tokenRefusal(head.authorization, token())) ??
    (isRead ? null : contentTypeRefusal(head.contentType))
  )
}

function hostRefusal(host: string | undefined): WebError | null {
  const name = host?.replace(/:\d+$/, '').toLowerCase() ?? ''
  if (loopbackNames.has(name)) return null
  return forbidden(`This port answers to localhost and 127.0.0.1, not to the host "${host ?? ''}".`)
}

function originRefusal(origin: string | undefined, host: string | undefined): WebError | null {
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`)
    return null
  return forbidden(`Pages of ${origin} may not use the port of an instance.`)
}

function tokenRefusal(authorization: string | undefined, token: string | null): WebError | null {
  if (token === null) {
    return {
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      message:
        'No control plane has written its token yet: start it with perpfleet up, then try again.',
    }
  }
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && isSameSecret(given, token)) return null
  return {
    status: 401,
    code: 'UNAUTHORIZED',
    message: 'This request needs the token of run/control.json as Authorization: Bearer TOKEN.',
  }
}

function contentTypeRefusal(contentType: string | undefined): WebError | null {
  const kind = contentType?.split(';')[0]?.trim().toLowerCase()
  if (kind === 'application/json') return null
  return {
    status: 415,
    code: 'VALIDATION',
    message: 'A POST to this port needs Content-Type: application/json.',
  }
}

const forbidden = (message: string): WebError => ({ status: 403, code: 'FORBIDDEN', message })

/** Compares digests, so that neither length nor content of the secret shows in the time taken. */
function isSameSecret(given: string, secret: string): boolean {
  // A static import of node:crypto costs every bot 3 MB; most are never asked with a token.
  const { createHash, timingSafeEqual } = process.getBuiltinModule('node:crypto')
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}

function readControl(controlFile: string): { readonly [key: string]: unknown } | null {
  try {
    const control: unknown = JSON.parse(readFileSync(controlFile, 'utf8'))
    return typeof control === 'object' && control !== null ? { ...control } : null
  } catch {
    return null
  }
}

/** The token in run/control.json, read anew at each call since each control plane writes its own; null when there is none. */
export function readControlToken(controlFile: string): string | null {
  const token = readControl(controlFile)?.['token']
  return typeof token === 'string' && token !== '' ? token : null
}

/** Where the control plane serves its dashboard; null when none runs. */
export function readControlUrl(controlFile: string): string | null {
  const url = readControl(controlFile)?.['url']
  return typeof url === 'string' && /^https?:\/\//.test(url) ? url : null
}
