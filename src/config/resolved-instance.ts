/** What the fleet needs to run an instance: everything checked, defaults filled in, in the units of the core. */
import type { AccountLimits } from '../domain/account-risk.ts'
import { type Money, RATIO_SCALE, type Ratio, ratio } from '../domain/money.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { Json } from '../domain/strategy.ts'
import type { TradingMode } from '../domain/trading-mode.ts'
import type { StrategyFile } from './strategy-file.ts'
import type { ParameterSchemas } from './strategy-parameters.ts'
import type { VenueAccess } from './venue-access.ts'

const AT_PAR = ratio(RATIO_SCALE)

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
  /** Levels of the order book that the strategy asks for; absent = none. */
  readonly bookDepth?: number
}

/** A further leg of an instance; `settings.instance` is its name at its desk (domain/leg-name.ts). */
export interface ResolvedLeg {
  readonly settings: ResolvedSettings
  /** Null on paper. */
  readonly access: VenueAccess | null
  /** Worth of one unit of its settlement currency in that of the first leg, 1e-8. */
  readonly settleRate: Ratio
}

/** Limits on the sum of all legs, kept by the bot: one leg of a hedge loses what the other earns. */
export type LegsLimits = Pick<RiskLimits, 'dailyLossMax' | 'drawdownMax' | 'onBreach'>

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
  /** The further legs, in order; empty = it trades one contract. The first stands in `settings` and `access`. */
  readonly legs: readonly ResolvedLeg[]
  /** Null = it trades one contract, and its limits stand in `settings`. */
  readonly legsLimits: LegsLimits | null
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

/** What each leg trades, the first one first; of an instance of one contract its settings alone. */
export const contractsOf = (
  instance: Pick<ResolvedInstance, 'settings' | 'legs'>,
): readonly ResolvedSettings[] => [
  instance.settings,
  ...instance.legs.map(({ settings }) => settings),
]

/** Every leg with its way to its venue, the first one first. */
export const legsOf = ({
  settings,
  access,
  legs,
}: Pick<ResolvedInstance, 'settings' | 'access' | 'legs'>): readonly ResolvedLeg[] => [
  { settings, access, settleRate: AT_PAR },
  ...legs,
]
