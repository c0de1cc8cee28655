/** What the fleet needs to run an instance: everything checked, defaults filled in, in the units of the core. */
import type { AccountLimits } from '../domain/account-risk.ts'
import type { Money } from '../domain/money.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { Json } from '../domain/strategy.ts'
import type { TradingMode } from '../domain/trading-mode.ts'
import type { StrategyFile } from './strategy-file.ts'
import type { ParameterSchemas } from './strategy-parameters.ts'
import type { VenueAccess } from './venue-access.ts'

/** The part that goes to the desk as it is (protocol/desk-messages.ts, DeskInstanceSettings). */
export interface ResolvedSettings {
  readonly instance: string
  readonly venue: string
  readonly account: string
  readonly mode: TradingMode
  /** ccxt's unified symbol. */
  readonly symbol: string
  readonly capital: Money
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly onBotLost: 'cancel' | 'keep'
  readonly limits: RiskLimits
  readonly timeZone: string
  readonly paper: PaperTerms | null
  /** As the file says; null = none named: `--feed`, else demo. */
  readonly feed: string | null
  /** Of the whole account, from `trading`. */
  readonly accountLimits: AccountLimits
  readonly shadow: boolean
  readonly initialPosition: 'open' | 'adopt' | 'none'
  /** What orders and positions of others on the account do to the instance. */
  readonly onForeign: 'halt' | 'adopt' | 'ignore'
}

export interface RestartPolicy {
  readonly isAutomatic: boolean
  /** Ceiling of the back-off. */
  readonly delayMaxMs: number
  /** Exits in a row that never reached running; 0 = without limit. */
  readonly attemptsMax: number
  /** `exits: 0` = off. */
  readonly crashLoop: { readonly exits: number; readonly windowMs: number }
}

export interface InstanceLogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly format: 'json' | 'text'
  readonly retentionDays: number
  readonly cleanupIntervalMs: number
  readonly sizeMaxBytes: number
}

export interface ResolvedInstance {
  readonly id: string
  readonly name: string
  /** Absolute path of its file. */
  readonly file: string
  /** SHA-256 of the text of its file, hex: tells whether it changed. */
  readonly fileHash: string
  readonly version: string | null
  readonly tags: readonly string[]
  readonly isAutostart: boolean
  /** The id of the strategy, shipped or of a file of its own. */
  readonly strategy: string
  /** Absent = a shipped strategy. */
  readonly strategyFile?: StrategyFile
  /** Of a strategy in a file of its own. */
  readonly strategySchemas?: ParameterSchemas
  /** Checked by the strategy's schema, defaults filled in; decimals as texts; keys without value left out. */
  readonly parameters: { readonly [key: string]: Json | undefined }
  readonly settings: ResolvedSettings
  /** How its desk reaches the venue and proves who it is; null on paper. */
  readonly access: VenueAccess | null
  readonly initialPosition: 'open' | 'adopt' | 'none'
  readonly triggerBy: 'mark' | 'last' | 'index'
  /** Below the home unless absolute, as in the file. */
  readonly logDir: string
  readonly dbPath: string
  /** null = the first free from 5001. */
  readonly webPort: number | null
  readonly restart: RestartPolicy
  readonly healthCheckIntervalMs: number
  readonly memoryLimitMb: number
  readonly cpuLimitPercent: number
  readonly environment: Readonly<Record<string, string>>
  readonly log: InstanceLogSettings
}
