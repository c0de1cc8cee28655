/**
 * Who may speak to the own port of an instance. On loopback GET is open to programs of this machine and POST needs the
 * control token, or that of a user who may act; a web page of elsewhere gets nothing: its Origin is foreign, and a name
 * that it rebinds to 127.0.0.1 stands in Host. Beyond loopback everything needs a token.
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

/** Who knows the tokens. */
export interface Door {
  /** The control token, null when there is none at the moment. */
  token(): string | null
  /**
   * What the control plane says of the bearer of another token.
   * @returns null: it does not know it; `unanswered`: it does not answer
   */
  roleOf(token: string): Promise<string | null>
}

/** What `roleOf` gives when nobody answers. */
export const UNANSWERED = 'unanswered'

/** Why a request is refused, null when it may pass. */
export async function refusalOf(
  head: RequestHead,
  isLoopbackOnly: boolean,
  door: Door,
): Promise<WebError | null> {
  const isRead = head.method === 'GET' || head.method === 'HEAD'
  return (
    (isLoopbackOnly ? hostRefusal(head.host) : null) ??
    originRefusal(head.origin, head.host) ??
    (isRead && isLoopbackOnly ? null : await tokenRefusal(head.authorization, isRead, door)) ??
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

/** Header, claims and signature: the token of a user; only such a one is worth a question. */
const USER_TOKEN = /^[\w-]{1,500}\.[\w-]{1,3000}\.[\w-]{1,500}$/

async function tokenRefusal(
  authorization: string | undefined,
  isRead: boolean,
  door: Door,
): Promise<WebError | null> {
  const token = door.token()
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
  const role = given !== undefined && USER_TOKEN.test(given) ? await door.roleOf(given) : null
  if (role === null)
    return {
      status: 401,
      code: 'UNAUTHORIZED',
      message:
        'This request needs the token of run/control.json, or that of a login, as Authorization: Bearer TOKEN.',
    }
  return roleRefusal(role, isRead)
}

function roleRefusal(role: string, isRead: boolean): WebError | null {
  if (role === UNANSWERED)
    return {
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      message:
        'The control plane, which knows the users, does not answer: perpfleet status shows whether it runs.',
    }
  if (role === 'operator' || role === 'admin' || (isRead && role !== '')) return null
  return forbidden(`This request needs the role operator, this user is ${role}.`)
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
