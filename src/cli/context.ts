/** What the commands need from outside; src/main/cli.ts brings it. */
import type { FleetAccess } from '../client/fleet-access.ts'
import type { OpportunityRow, PairRow, UnreachableRow } from '../protocol/arbitrage-messages.ts'
import type { DoctorCheck, DoctorOptions } from '../protocol/doctor-report.ts'
import type { SandboxKeysFile, SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'
import type { NameKind } from './completion.ts'
import type { Awaitable, ConfigOperations } from './config-operations.ts'
import type { GridPreview } from './grid-preview.ts'
import type { KeyOperations } from './key-operations.ts'
import type { LogFilter } from './log-line.ts'
import { type Sentence, sentenceIn } from './speech.ts'
import type { UserOperations } from './user-operations.ts'

export interface UpOptions {
  /** Null = as configured. */
  readonly port: number | null
  readonly feed: string | null
  readonly speed: number | null
  readonly seed: number | null
  readonly pace: 'free' | 'lockstep' | null
  readonly isDetached: boolean
}

export interface LogPlace {
  readonly id: string
  /** Folder that holds one folder a day. */
  readonly folder: string
  /** On another machine: what gives its lines. */
  readonly open?: (stream: string) => LineSource
}

/** Where lines come from, oldest first. */
export interface LineSource {
  /** The last so many of the lines that pass; `more` goes on behind them. */
  last(count: number, filter: LogFilter): Awaitable<readonly string[]>
  /** Whole lines added since the last call. */
  more(filter: LogFilter): Awaitable<readonly string[]>
}

/** Lines that come one after the other. */
export interface NewLines {
  /** Those that no earlier call gave, oldest first. */
  next(): Iterable<string>
}

export interface ValidationResult {
  /** One sentence each. */
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
  /** Ids of the instances that may run. */
  readonly instances: readonly string[]
}

/** One account after kill or close-all with --direct, as the venue reported it last. */
export interface DirectRow {
  /** `{venue}/{account}`. */
  readonly account: string
  readonly instances: readonly string[]
  readonly is_flat: boolean
  readonly orders_canceled: number
  readonly orders_left: number
  readonly positions_left: readonly string[]
  readonly trouble: string | null
}

/** What --direct did. */
export interface DirectResult {
  readonly rows: readonly DirectRow[]
  /** Ids that were given and stand in no file; the others were done all the same. */
  readonly unknown: readonly string[]
  /** The ids that could have been given. */
  readonly known: readonly string[]
}

/** What `arbitrage scan` asks for; null = as configured. */
export interface ScanWish {
  readonly venues: readonly string[] | null
  readonly symbols: readonly string[] | null
}

export interface ScanView {
  readonly items: readonly OpportunityRow[]
  readonly pairs: readonly PairRow[]
  /** Venues that are not compared; absent = an older control plane does not say. */
  readonly unreachable?: readonly UnreachableRow[]
}

/** A scanner that runs in the fleet, or one of this command alone. */
export interface ScanSource {
  /** False: this command looks at the books itself, and needs a moment until they have come. */
  readonly isFleet: boolean
  /** The books are those of this home's sandbox: nothing of it is real. Absent = not known, e.g. from elsewhere. */
  readonly isSandbox?: boolean
  look(): Promise<ScanView>
  close(): Promise<void>
}

export interface CliContext {
  /** Absolute path of the home. */
  readonly home: string
  print(text: string): void
  complain(text: string): void
  /** Columns of the terminal; null = no terminal. */
  readonly columns: number | null
  /** The control plane when one answers, else the files. */
  open(): Promise<FleetAccess>
  /** Like open; starts a detached control plane when none runs. */
  openStarted(): Promise<FleetAccess>
  /** @returns the exit code */
  up(options: UpOptions): Promise<number>
  down(withBots: boolean): Promise<number>
  /** Copies an instance file into config/active/, or links it from there. @returns its id */
  addInstance(file: string, instanceId: string | null, isCopied: boolean): string
  logPlaces(): Awaitable<readonly LogPlace[]>
  /** What the desk wrote down of an instance, as log lines. */
  journal(id: string): NewLines
  /** Wall time, ms since 1970 UTC, and the zone (IANA name) in which the fleet counts days. */
  wallClock(): { readonly nowMs: number; readonly timeZone: string }
  /** Names that this home knows. */
  names(kind: NameKind): readonly string[]
  doctor(options: DoctorOptions): Promise<readonly DoctorCheck[]>
  /** Null = every file of config/active/ and the fleet's own. */
  validate(file: string | null): Awaitable<ValidationResult>
  /**
   * The configuration files of this home and their versions; to be closed.
   * @param makesHome false: a home that does not exist is an error
   */
  configFiles(makesHome: boolean): Awaitable<ConfigOperations>
  /** Sends a test to a receiver of notifications. @throws Error with one sentence when it is not taken */
  notifyTest(channel: string): Promise<void>
  /** Keys of venue accounts. @throws Error with one sentence when their vault cannot be read */
  keys(): KeyOperations
  /** Asks the exchange of this home about its sandbox. @throws Error with one sentence when it cannot */
  sandbox(request: SandboxRequest): Promise<SandboxState>
  /** run/sandbox.json. @throws CliError 3 when no sandbox runs */
  sandboxKeys(): SandboxKeysFile
  /** Who may log in; to be closed. */
  users(): Awaitable<UserOperations>
  /** Makes what a home needs. @returns what was made */
  init(withDemo: boolean): readonly string[]
  /** An instance's id or a file. */
  previewGrid(target: string): Promise<GridPreview>
  /** Drives the venue itself; null = every account. */
  direct(action: 'close' | 'kill', ids: readonly string[] | null): Promise<DirectResult>
  /** @throws CliError 2 when nothing can be compared, 3 when the sandbox that is meant does not run */
  scan(wish: ScanWish): Promise<ScanSource>
  wait(ms: number): Promise<void>
  /** Asks the person at the terminal; where there is none, the answer is no. */
  confirm(question: string): Promise<boolean>
  /** Asks the person at the terminal and shows nothing of what is typed. */
  askSecret(question: string): Promise<string>
  /** The first line of standard input, without its end. */
  readLine(): Promise<string>
  /** There is a terminal with a person at it. */
  readonly canAsk: boolean
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}

/** An error whose message is one sentence, with its exit code: 1 failed, 2 wrong usage, 3 not found, 4 refused. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: 1 | 2 | 3 | 4
  /** What it says in every language; null = English alone. */
  readonly sentence: Sentence | null
  constructor(exitCode: 1 | 2 | 3 | 4, said: string | Sentence, options?: ErrorOptions) {
    super(typeof said === 'string' ? said : sentenceIn('en', said), options)
    this.exitCode = exitCode
    this.sentence = typeof said === 'string' ? null : said
  }
}

const EXIT_OF: Readonly<Record<string, 1 | 2 | 3 | 4>> = {
  NOT_FOUND: 3,
  VALIDATION: 2,
  CONFLICT: 4,
  PRECONDITION: 4,
  REFUSED_RISK: 4,
  REFUSED: 4,
  FORBIDDEN: 4,
  UNAUTHORIZED: 4,
  EXISTS: 4,
  WRONG_KEY: 4,
  PERMISSION: 4,
}

/** The exit code of any error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return EXIT_OF[code] ?? 1
}
