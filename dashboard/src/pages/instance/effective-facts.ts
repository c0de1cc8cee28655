/** What holds for an instance (GET /config/:id/effective), by the keys and in the units of its file. Pure. */
import { formatDecimal } from '../../lib/format.ts'

export interface Fact {
  /** As in the file: `paper.maker_bps`. */
  readonly key: string
  readonly value: string
}

export interface FactGroup {
  readonly section: string
  readonly facts: readonly Fact[]
}

type Values = Readonly<Record<string, unknown>>
/** How the number of the core is written in the file. */
type Unit = 'plain' | 'money' | 'share' | 'basisPoints' | 'seconds'

const SCALE_PLACES = 8

/** Whole number of the core, `places` decimals to the left. */
function shifted(value: number, places: number): string {
  const digits = Math.abs(Math.round(value))
    .toString()
    .padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  const sign = value < 0 ? '-' : ''
  return formatDecimal(`${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`)
}

const WRITTEN: Readonly<Record<Unit, (value: number) => string>> = {
  plain: (value) => String(value),
  money: (value) => shifted(value, SCALE_PLACES),
  share: (value) => `${shifted(value, SCALE_PLACES)} (${shifted(value, SCALE_PLACES - 2)} %)`,
  basisPoints: (value) => shifted(value, SCALE_PLACES - 4),
  seconds: (value) => `${shifted(value, 3)} s`,
}

/** Section and key of the file for a path of the answer; what is not here is left out. */
const KEYS: readonly (readonly [section: string, key: string, path: string, unit?: Unit])[] = [
  ['exchange_config', 'mode', 'settings.mode'],
  ['exchange_config', 'feed', 'settings.feed'],
  ['exchange_config', 'account', 'settings.account'],
  ['exchange_config', 'capital', 'settings.capital', 'money'],
  ['exchange_config', 'leverage', 'settings.leverage'],
  ['exchange_config', 'margin_mode', 'settings.marginMode'],
  ['exchange_config', 'initial_position', 'initialPosition'],
  ['exchange_config', 'trigger_by', 'triggerBy'],
  ['exchange_config', 'on_bot_lost', 'settings.onBotLost'],
  ['exchange_config', 'shadow', 'settings.shadow'],
  ['exchange_config', 'paper.initial_balance', 'settings.paper.initialBalance', 'money'],
  ['exchange_config', 'paper.maker_bps', 'settings.paper.maker', 'basisPoints'],
  ['exchange_config', 'paper.taker_bps', 'settings.paper.taker', 'basisPoints'],
  ['exchange_config', 'paper.slippage_bps', 'settings.paper.slippage', 'basisPoints'],
  ['exchange_config', 'paper.latency_ms', 'settings.paper.latencyMs'],
  ['exchange_config', 'paper.volume_share', 'settings.paper.volumeShare', 'share'],
  ['risk_config', 'max_position_size', 'settings.limits.positionSizeMax', 'share'],
  ['risk_config', 'max_position_notional', 'settings.limits.positionNotionalMax', 'money'],
  ['risk_config', 'max_daily_loss', 'settings.limits.dailyLossMax', 'share'],
  ['risk_config', 'max_drawdown', 'settings.limits.drawdownMax', 'share'],
  ['risk_config', 'max_capital_utilization', 'settings.limits.capitalUtilizationMax', 'share'],
  ['risk_config', 'max_consecutive_losses', 'settings.limits.consecutiveLossesMax'],
  ['risk_config', 'on_breach', 'settings.limits.onBreach'],
  ['risk_config', 'order_rate_per_s', 'settings.limits.orderRatePerS'],
  ['risk_config', 'price_band_bps', 'settings.limits.priceBandBps'],
  // of several legs these are held on their sum
  ['risk_config', 'max_daily_loss', 'legsLimits.dailyLossMax', 'share'],
  ['risk_config', 'max_drawdown', 'legsLimits.drawdownMax', 'share'],
  ['daemon_config', 'web_port', 'webPort'],
  ['daemon_config', 'auto_restart', 'restart.isAutomatic'],
  ['daemon_config', 'restart_delay', 'restart.delayMaxMs', 'seconds'],
  ['daemon_config', 'max_restart_attempts', 'restart.attemptsMax'],
  ['daemon_config', 'crash_loop.exits', 'restart.crashLoop.exits'],
  ['daemon_config', 'crash_loop.window_s', 'restart.crashLoop.windowMs', 'seconds'],
  ['daemon_config', 'health_check_interval', 'healthCheckIntervalMs', 'seconds'],
  ['daemon_config', 'memory_limit_mb', 'memoryLimitMb'],
  ['daemon_config', 'cpu_limit_percent', 'cpuLimitPercent'],
  ['daemon_config', 'log_retention_days', 'log.retentionDays'],
  ['daemon_config', 'log_dir', 'logDir'],
  ['daemon_config', 'db_path', 'dbPath'],
  ['metadata', 'name', 'name'],
  ['metadata', 'exchange', 'settings.venue'],
  ['metadata', 'symbol', 'settings.symbol'],
  ['metadata', 'strategy', 'strategy'],
  ['metadata', 'autostart', 'isAutostart'],
  ['metadata', 'tags', 'tags'],
]

/** Off at the desk of each leg. */
const PER_LEG_OFF: ReadonlySet<string> = new Set([
  'settings.limits.dailyLossMax',
  'settings.limits.drawdownMax',
  'settings.limits.consecutiveLossesMax',
])

const LEG_KEYS: readonly (readonly [key: string, path: string, unit?: Unit])[] = [
  ['exchange', 'settings.venue'],
  ['symbol', 'settings.symbol'],
  ['account', 'settings.account'],
  ['capital', 'settings.capital', 'money'],
  ['leverage', 'settings.leverage'],
  ['margin_mode', 'settings.marginMode'],
  ['settle_rate', 'settleRate', 'money'],
]

const at = (values: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Values)[name] : undefined,
      values,
    )

function written(value: unknown, unit: Unit): string {
  if (value === null) return '–'
  if (typeof value === 'number') return WRITTEN[unit](value)
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Grouped as the file is, the strategy first. */
export function effectiveFacts(values: Values): FactGroup[] {
  const groups = new Map<string, Fact[]>()
  const add = (section: string, key: string, value: unknown, unit: Unit = 'plain') => {
    if (value === undefined) return
    const facts = groups.get(section) ?? []
    groups.set(section, facts)
    facts.push({ key, value: written(value, unit) })
  }
  for (const [key, value] of Object.entries((values['parameters'] ?? {}) as Values))
    add('strategy_config', key, value)
  const legs = values['legs']
  const further = Array.isArray(legs) ? (legs as readonly Values[]) : []
  for (const [section, key, path, unit] of KEYS) {
    const isPerLeg = further.length > 0 && PER_LEG_OFF.has(path)
    if (!isPerLeg) add(section, key, at(values, path), unit)
  }
  const all = further.length > 0 ? [values, ...further] : []
  for (const [index, leg] of all.entries())
    for (const [key, path, unit] of LEG_KEYS) add('legs', `[${index}].${key}`, at(leg, path), unit)
  return [...groups].map(([section, facts]) => ({ section, facts }))
}
