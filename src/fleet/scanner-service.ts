/** The scanner of opportunities as a process of this fleet: kept while two venues are named, asked over its socket. */
import type { ScanSettings } from '../domain/arbitrage/scan.ts'
import type { ProcessRecord } from '../ports/fleet-store.ts'
import type { ScannerQuestion, ScannerStatus } from '../protocol/arbitrage-messages.ts'
import type { ScannerLaunch } from '../protocol/launch.ts'
import { readJson, textAfter } from './files.ts'
import { KeptProcess, type ProcessTools } from './kept-process.ts'
import {
  keptScanner,
  SCANNER,
  type ServiceAddress,
  type ServiceParts,
  serviceAddress,
  servicePidFile,
} from './services.ts'

export interface ScannerServiceParts {
  readonly service: ServiceParts
  readonly tools: ProcessTools
  /** Null: fewer than two venues are named. */
  readonly settings: ScanSettings | null
  /** Whose books it looks at. */
  market(): 'live' | 'sandbox'
  /** The home is not going down. */
  isWanted(): boolean
  /** The exchange that serves the sandbox runs. */
  hasExchange(): boolean
  ask(scanner: ServiceAddress, question: ScannerQuestion, timeoutMs: number): Promise<unknown>
}

const TIMEOUT_MS = 3000

/** The scanner was asked and cannot answer; `code` as in docs/reference/http.md. */
export class ScannerError extends Error {
  override readonly name = 'ScannerError'
  readonly code: 'PRECONDITION' | 'SERVICE_UNAVAILABLE'
  constructor(code: ScannerError['code'], text: string) {
    super(text)
    this.code = code
  }
}

export class ScannerService {
  readonly process: KeptProcess
  readonly #parts: ScannerServiceParts
  #status: ScannerStatus | null = null

  constructor(parts: ScannerServiceParts) {
    const { service, tools, settings } = parts
    this.#parts = parts
    this.process = new KeptProcess(
      keptScanner(
        service,
        () => {
          if (settings === null) throw new Error('the scanner has nothing to compare')
          return { settings, market: parts.market() }
        },
        {
          isWanted: () => settings !== null && parts.isWanted() && !this.#isOutdated(),
          canStart: () => parts.market() === 'live' || parts.hasExchange(),
          probe: () => this.#probe(),
          onHold: () => {},
          onRunning: () => {},
        },
      ),
      tools,
      0,
    )
  }

  get isConfigured(): boolean {
    return this.#parts.settings !== null
  }

  /** What it said of itself last; null while it does not run. */
  get status(): ScannerStatus | null {
    return this.process.phase.kind === 'running' ? this.#status : null
  }

  look(): void {
    // A home without it has no process to look at, unless one is left from before.
    if (this.isConfigured || this.process.isAlive) this.process.look()
  }

  adopt(record: ProcessRecord): void {
    this.process.adopt(record, servicePidFile(this.#parts.service.home, SCANNER))
  }

  async #probe(): Promise<boolean> {
    const { service, ask } = this.#parts
    const address = serviceAddress(service, SCANNER)
    this.#status = (await ask(address, 'status', TIMEOUT_MS)) as ScannerStatus
    return true
  }

  /** It was started with other settings than those of now: it ends, and begins with these. */
  #isOutdated(): boolean {
    if (!this.process.isAlive) return false
    const { service, settings, market } = this.#parts
    const file = readJson(service.home.launchFile(SCANNER)) as Partial<ScannerLaunch> | null
    const wanted = JSON.stringify([settings, market()])
    return file !== null && JSON.stringify([file.settings, file.market]) !== wanted
  }

  /**
   * Asks it.
   * @throws ScannerError PRECONDITION when the configuration names no two venues, SERVICE_UNAVAILABLE when it does not answer
   */
  async ask(question: ScannerQuestion): Promise<unknown> {
    if (!this.isConfigured)
      throw new ScannerError(
        'PRECONDITION',
        'nothing is compared here: name two venues or more in arbitrage.venues',
      )
    const { service, ask } = this.#parts
    try {
      return await ask(serviceAddress(service, SCANNER), question, TIMEOUT_MS)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new ScannerError('SERVICE_UNAVAILABLE', this.#said() ?? `the scanner: ${text}`)
    }
  }

  /** Its last words, when it has ended. */
  #said(): string | null {
    const { isAlive, stderr } = this.process
    if (isAlive || stderr === null) return null
    const said = textAfter(stderr.path, stderr.from).trim().split('\n').at(-1) ?? ''
    return said === '' ? null : said
  }
}
