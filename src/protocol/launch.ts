/**
 * What the fleet hands to a process it starts: one JSON file (mode 0600) below run/, named on the command line.
 * The started process needs no configuration library: everything here is checked and resolved already.
 */
import type { ScanSettings } from '../domain/arbitrage/scan.ts'
import type { Money, Ratio } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { Json } from '../domain/strategy.ts'
import type { TradingMode } from '../domain/trading-mode.ts'
import type { DeskInstanceSettings } from './desk-messages.ts'
import type { SandboxVenue } from './sandbox-messages.ts'

export interface LogSettings {
  readonly dir: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly format: 'json' | 'text'
  readonly timeZone: string
  /** Greatest size of one log of a day, bytes; absent = without limit. */
  readonly sizeMaxBytes?: number
}

/** `run/bot-{id}.json`, read by dist/main/bot.js --launch FILE. */
export interface BotLaunch {
  readonly program: 'bot'
  /** Random, new for each spawn; proves to the fleet that a pid is this process. */
  readonly token: string
  readonly settings: DeskInstanceSettings
  readonly name: string
  readonly strategy: string
  /** Of a strategy in a file of its own: the checked copy that runs; absent = a shipped one. */
  readonly strategyFile?: {
    readonly path: string
    readonly sha256: string
    readonly copy: string
  }
  /** Checked by the strategy's schema, defaults filled in; decimals as strings. */
  readonly parameters: { readonly [key: string]: Json | undefined }
  readonly initialPosition: 'open' | 'adopt' | 'none'
  readonly deskSocket: string
  readonly deskToken: string
  /** The further legs, each at its own desk; absent or empty = the instance trades one contract. */
  readonly legs?: readonly LegLaunch[]
  /**
   * Limits on the sum of all legs, held by the bot (docs/decisions/0007-limits-of-an-instance-of-several-legs.md); the limits
   * in the settings of each leg say 0 (= off) for them. Absent = none.
   */
  readonly legsLimits?: LegsLimits | null
  readonly dbPath: string
  readonly pidFile: string
  /** `wished`: what the file named, null = nothing; so that a port that was taken then is kept while the file says the same. */
  readonly web: { readonly host: string; readonly port: number; readonly wished?: number | null }
  /** File with the control token that POST requests must carry; read again at each request. */
  readonly controlFile: string
  /** Its file: an adjustment of the own port is noted in run/adjusted-ID.json, and the fleet writes it there as a version. */
  readonly configFile: string | null
  /** Of daemon_config.environment as the process was given it; absent in what an earlier version started. */
  readonly environmentHash?: string
  /** An instance that finished by its own rule starts a new life (new state, new ledger); without it such a start ends with code 10. */
  readonly beginAnew?: boolean
  readonly log: LogSettings
}

/** Of the equity of all legs together, as for an instance of one contract. */
export type LegsLimits = Pick<RiskLimits, 'dailyLossMax' | 'drawdownMax' | 'onBreach'>

/** A further leg; its name at the desk is that of domain/leg-name.ts. */
export interface LegLaunch {
  readonly settings: DeskInstanceSettings
  readonly deskSocket: string
  readonly deskToken: string
  /** Worth of one unit of its settlement currency in that of the first leg, 1e-8. */
  readonly settleRate: Ratio
}

/**
 * How a bot process ends. `done`: by SIGTERM; `stopped`: its desk has ended it as an operator asked, by command or at its
 * own port; `failed`: restart it;
 * `refused`: it cannot run as configured, the sentences stand on standard error, a restart would not help; `finished`: by
 * the strategy's own rule (stop loss, take profit, duration …), the desired state becomes stopped; `portTaken`: choose
 * another web port.
 */
export const botExit = {
  done: 0,
  failed: 1,
  refused: 4,
  finished: 10,
  stopped: 11,
  portTaken: 98,
} as const

/** Beside its pid file a bot leaves how it ended: a control plane that adopted it is not told its exit code. */
export interface ExitNote {
  readonly pid: number
  readonly code: number
}

export const exitNotePath = (pidFile: string): string => pidFile.replace(/(\.pid)?$/, '.exit')

/** `run/desk-{name}.launch.json`, read by dist/main/desk.js. */
export interface DeskLaunch {
  readonly program: 'desk'
  readonly token: string
  readonly name: string
  readonly socket: string
  readonly pidFile: string
  readonly databaseDir: string
  readonly exchangeSocket: string
  readonly exchangeToken: string
  /** The one account at a venue that it speaks for; null or absent = all paper accounts. */
  readonly live?: LiveDeskLaunch | null
  readonly log: LogSettings
}

/** Variable in which a desk is given the credentials that an instance's file names: JSON, names as in the file. */
export const DESK_CREDENTIALS = 'PERPFLEET_DESK_CREDENTIALS'

export interface LiveDeskLaunch {
  readonly mode: Exclude<TradingMode, 'paper'>
  readonly venue: string
  readonly account: string
  /** null = the venue's own. */
  readonly restUrl: string | null
  readonly wsUrl: string | null
  readonly proxy: string | null
  readonly acceptsUnverified: boolean
  /** The key of a wallet itself is taken, which can withdraw. */
  readonly acceptsMainKey: boolean
  /** Of everything that it was started with, keys included: another one asks for a new process. */
  readonly accessHash: string
  /** Where its keys are; they themselves never stand here. */
  readonly credential:
    | { readonly kind: 'vault'; readonly entry: string; readonly file: string }
    | { readonly kind: 'environment' }
    | { readonly kind: 'sandbox'; readonly file: string }
}

/** `run/exchange.launch.json`, read by dist/main/exchange.js. */
export interface ExchangeLaunch {
  readonly program: 'exchange'
  readonly token: string
  readonly socket: string
  readonly pidFile: string
  readonly dbPath: string
  readonly historyDir: string
  /** `demo`, `live`, or `replay:venue/symbol/timeframe[@from..to]`. */
  readonly feed: string
  /** Live prices: other addresses than the venues' own, e.g. of a sandbox; absent = their own. */
  readonly liveUrls?: { readonly [venue: string]: { readonly rest: string; readonly ws: string } }
  readonly seed: number
  readonly speed: number
  readonly pace: 'free' | 'lockstep'
  /** Lockstep: the market starts when these instances are attached. */
  readonly expectedInstances: readonly string[]
  readonly fillRule: 'through' | 'touch'
  /** Machine time that a request waits before it acts and again before it is answered: for drills. */
  readonly wireLatencyMs: number
  /** Wire protocols of venues on loopback ports; absent or null = none. */
  readonly sandbox?: SandboxLaunch | null
  readonly log: LogSettings
}

/** `run/scanner.launch.json`, read by dist/main/scanner.js. */
export interface ScannerLaunch {
  readonly program: 'scanner'
  readonly token: string
  readonly socket: string
  readonly pidFile: string
  /** `opportunities.jsonl` is kept here. */
  readonly databaseDir: string
  readonly settings: ScanSettings
  readonly market: 'live' | 'sandbox'
  /** Addresses of the sandbox's venues; read when the market is `sandbox`. */
  readonly sandboxFile: string
  readonly log: LogSettings
}

/** The sandbox of an exchange (docs/concepts/sandbox.md); free pace only. */
export interface SandboxLaunch {
  /** `run/sandbox.json`: addresses and keys, written by the exchange with mode 0600. */
  readonly file: string
  /** The secret of which all keys are made; written at the first start, mode 0600. */
  readonly seedFile: string
  readonly dbPath: string
  /** There and back, ms of machine time. */
  readonly latencyMs: number
  readonly hasRateLimits: boolean
  /** 0 = the one of the last time when it is free, else any. */
  readonly panelPort: number
  readonly venues: readonly {
    readonly venue: SandboxVenue
    /** 0 as above. */
    readonly port: number
    /** At least one. */
    readonly accounts: readonly SandboxAccountLaunch[]
  }[]
}

export interface SandboxAccountLaunch {
  readonly name: string
  /** Paid in once, 1e-8 of the settlement currency. */
  readonly deposit: Money
  /** Until a client sets another. */
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly maker: Ratio
  readonly taker: Ratio
  /** Share of a candle's volume that the account may take: below 1e8 orders fill in parts. */
  readonly volumeShare: Ratio
}
