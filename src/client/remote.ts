/** A control plane on another machine: its address, and whether it is one that this command line can speak to. */
import { API_PROTOCOL, type VersionReport } from '../protocol/fleet-messages.ts'
import { HttpError, type HttpTarget, request } from './http-client.ts'

/** The address cannot be used; `code` VALIDATION: it is written wrong. Nothing was sent. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  readonly code: 'VALIDATION' | 'REFUSED' | 'SERVICE_UNAVAILABLE'
  constructor(code: RemoteError['code'], text: string) {
    super(text)
    this.code = code
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i
const HELLO_TIMEOUT_MS = 5000

/**
 * Reads `--url` or PERPFLEET_URL. Sentences name the address without what may be secret in it.
 * @throws RemoteError VALIDATION
 */
export function remoteTarget(text: string, token: string | null): HttpTarget {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const text = '--url (PERPFLEET_URL) must be an address like https://fleet.example:8080'
    throw new RemoteError('VALIDATION', text)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    const text = `--url (PERPFLEET_URL) takes host, port and path only, no user, password or query: write ${url.origin} and put the token into PERPFLEET_TOKEN`
    throw new RemoteError('VALIDATION', text)
  }
  if (token === null) {
    const text = `${url.origin} asks for a token: put the one of run/control.json there into PERPFLEET_TOKEN`
    throw new RemoteError('VALIDATION', text)
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new RemoteError('VALIDATION', 'PERPFLEET_TOKEN holds blanks or signs that no token has')
  }
  return { url: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), token }
}

/** One sentence when the token travels where others can read it, else null. */
export function clearTextWarning({ url }: HttpTarget): string | null {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || LOOPBACK.test(hostname)) return null
  return `warning: the token travels to ${hostname} in clear: use https, or a tunnel (ssh -L 8080:127.0.0.1:8080 ${hostname}) and --url http://127.0.0.1:8080`
}

/**
 * Makes sure that a control plane of our kind answers, before it is told the token.
 * @throws HttpError when nothing answers, RemoteError when it is another program or version
 */
export async function assertControlPlane({ url }: HttpTarget): Promise<void> {
  const asked = { method: 'GET', path: '/version', timeoutMs: HELLO_TIMEOUT_MS } as const
  const answer = await request({ url, token: null }, asked).catch((error: unknown) => {
    // An answer that is an error is an answer: of another program.
    if (error instanceof HttpError && error.status >= 400) return null
    throw error
  })
  const { name, version, node, protocol } = (answer ?? {}) as Partial<VersionReport>
  const isOlder = name === undefined && typeof version === 'string' && typeof node === 'string'
  if (name !== 'perpfleet' && !isOlder) {
    const text = `another program answers at ${url}: --url (PERPFLEET_URL) must name a control plane of perpfleet`
    throw new RemoteError('SERVICE_UNAVAILABLE', text)
  }
  if (protocol === API_PROTOCOL) return
  const age = typeof protocol === 'number' && protocol > API_PROTOCOL ? 'newer' : 'older'
  const text = `the control plane at ${url} is of an ${age} version, which this command line cannot steer: install the same version on both machines`
  throw new RemoteError('REFUSED', text.replace('an newer', 'a newer'))
}
