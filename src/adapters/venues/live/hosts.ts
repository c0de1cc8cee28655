/** Which hosts a venue may be reached at: keys and signatures go nowhere else, whatever a package or a setting says. */
import { NotSentError } from './errors.ts'

/** By venue, from its documentation. A testnet stands beside the real one. */
export const VENUE_HOSTS: Readonly<Record<string, readonly string[]>> = {
  okx: [
    'www.okx.com',
    'eea.okx.com',
    'us.okx.com',
    'ws.okx.com',
    'wseea.okx.com',
    'wsus.okx.com',
    'wspap.okx.com',
  ],
  hyperliquid: ['api.hyperliquid.xyz', 'api.hyperliquid-testnet.xyz'],
  backpack: ['api.backpack.exchange', 'ws.backpack.exchange'],
  aster: [
    'fapi.asterdex.com',
    'fapi3.asterdex.com',
    'sapi.asterdex.com',
    'fstream.asterdex.com',
    'sstream.asterdex.com',
  ],
}

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether a URL stays on this machine, as that of a sandbox does. */
export const isLoopback = (url: string): boolean =>
  URL.canParse(url) && LOOPBACK.test(new URL(url).hostname)

export class HostGuard {
  readonly #venue: string
  readonly #hosts: ReadonlySet<string>

  /** @param more hosts of a venue that has no list of its own */
  constructor(venue: string, more: readonly string[] = []) {
    this.#venue = venue
    this.#hosts = new Set([...(VENUE_HOSTS[venue] ?? []), ...more])
  }

  /**
   * Lets a URL pass: loopback, or a listed host over TLS.
   * @throws NotSentError `rejected` naming the host
   */
  check(url: string): void {
    let parsed: URL
    try {
      parsed = new URL(url)
    } catch {
      throw this.#refused('a text that is no URL')
    }
    if (LOOPBACK.test(parsed.hostname)) return
    if (parsed.protocol !== 'https:' && parsed.protocol !== 'wss:')
      throw this.#refused(`${parsed.protocol}//${parsed.hostname}, which is not encrypted`)
    if (parsed.username !== '' || (parsed.port !== '' && parsed.port !== '8443'))
      throw this.#refused(`${parsed.host} with an unusual port or user`)
    if (!this.#hosts.has(parsed.hostname)) throw this.#refused(parsed.hostname)
  }

  #refused(found: string): NotSentError {
    const allowed = [...this.#hosts].join(', ')
    return new NotSentError(
      'rejected',
      'host_not_allowed',
      `${this.#venue} may not be reached at ${found}: allowed are loopback${allowed === '' ? '' : ` and ${allowed}`}.`,
    )
  }
}

/** Every host that a nested table of URLs names. @param hostname takes the place of `{hostname}` */
export function hostsOf(urls: unknown, hostname = ''): readonly string[] {
  if (typeof urls === 'string') {
    const url = urls.replace('{hostname}', hostname)
    return URL.canParse(url) ? [new URL(url).hostname] : []
  }
  if (typeof urls !== 'object' || urls === null) return []
  return Object.values(urls).flatMap((one) => hostsOf(one, hostname))
}
