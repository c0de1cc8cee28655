/** Notifications and alerts; channels and thresholds that are not built yet are checked like any other key. */
import {
  anyText,
  flag,
  httpAddress,
  integer,
  label,
  listOfText,
  listOfWords,
  number,
  oneOf,
  section,
  share,
  text,
} from './schema.ts'

export const CHANNELS = [
  'telegram',
  'email',
  'slack',
  'discord',
  'dingtalk',
  'wecom',
  'mattermost',
  'pagerduty',
  'webhook',
] as const
const DESTINATIONS = [...CHANNELS, 'dashboard'] as const

/** Channels that have a sender. */
export const BUILT_CHANNELS: readonly string[] = ['telegram', 'webhook']

const enabled = (channel: string) =>
  flag({
    default: false,
    doc: `messages go to ${channel}`,
    notBuilt: (value) =>
      value === true && !BUILT_CHANNELS.includes(channel)
        ? `notifications by ${channel} are not built yet; set enabled to false`
        : null,
  })

const secret = (doc: string) => text(label, { default: null, isSecret: true, doc })

/** Channels that take one address of a room and nothing else. */
const room = (channel: string) =>
  section({
    enabled: enabled(channel),
    webhook_url: text(httpAddress, {
      default: null,
      isSecret: true,
      doc: 'address of the room, as the service shows it',
    }),
  })

const destinations = (level: string, standard: readonly (typeof DESTINATIONS)[number][]) =>
  listOfWords(DESTINATIONS, { default: standard, doc: `where ${level} messages go` })

export const notificationsSection = section({
  telegram: section({
    enabled: enabled('telegram'),
    bot_token: secret('token of the bot that writes'),
    chat_id: text(label, { default: null, doc: 'chat or group that reads' }),
    api_url: text(httpAddress, {
      default: null,
      defaultText: 'https://api.telegram.org',
      doc: 'another server of the Bot API',
    }),
  }),
  email: section({
    enabled: enabled('email'),
    provider: oneOf(['smtp', 'sendgrid'], {
      default: 'smtp',
      doc: 'own mail server or the SendGrid service',
    }),
    host: text(anyText, { default: null, doc: 'mail server (smtp)' }),
    port: integer({ min: 1, max: 65_535 }, { default: 587, doc: 'port of the mail server (smtp)' }),
    username: text(anyText, { default: null, doc: 'login at the mail server (smtp)' }),
    password: secret('password at the mail server (smtp)'),
    api_key: secret('key of the service (sendgrid)'),
    from: text({ allowed: 'a mail address', pattern: /@/ }, { default: null, doc: 'sender' }),
    to: listOfText({ allowed: 'mail addresses', pattern: /@/ }, { default: [], doc: 'receivers' }),
  }),
  slack: room('slack'),
  discord: room('discord'),
  dingtalk: section({
    enabled: enabled('dingtalk'),
    webhook_url: text(httpAddress, { default: null, isSecret: true, doc: 'address of the robot' }),
    secret: secret('signing secret of the robot'),
  }),
  wecom: room('wecom'),
  mattermost: room('mattermost'),
  pagerduty: section({
    enabled: enabled('pagerduty'),
    routing_key: secret('integration key of the service'),
  }),
  webhook: section({
    enabled: enabled('webhook'),
    url: text(httpAddress, { default: null, doc: 'address that gets each message as JSON' }),
    secret: secret('key of the signature that goes with each message'),
    timeout_s: number(
      { min: 0, max: 300, isAbove: true },
      { default: 5, unit: 's', doc: 'how long an answer is awaited' },
    ),
  }),
  routes: section({
    critical: destinations('critical', ['telegram', 'email']),
    warning: destinations('warning', ['email']),
    info: destinations('info', ['dashboard']),
  }),
})

const above = (standard: number, unit: string, doc: string) =>
  number({ min: 0, max: 1_000_000 }, { default: standard, unit, isHot: true, doc })
const below = (standard: number, doc: string) => share({ default: standard, isHot: true, doc })

export const alertingSection = section({
  mode: oneOf(['builtin', 'alertmanager'], {
    default: 'builtin',
    doc: 'who judges the rules and notifies: perpfleet itself or Prometheus Alertmanager; exactly one',
    notBuilt: (value) =>
      value === 'alertmanager' ? 'alerts by Alertmanager are not built yet; use builtin' : null,
  }),
  quiet_hours: listOfText(
    {
      allowed: 'spans like 23:00-07:00',
      pattern: /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    },
    { default: [], doc: 'spans in time_zone in which only critical messages are sent' },
  ),
  heartbeat_url: text(httpAddress, {
    default: null,
    doc: 'address that is called each minute while all is well (dead man’s switch)',
  }),
  thresholds: section({
    max_drawdown: below(0.1, 'HighDrawdown: drawdown above'),
    win_rate: below(0.4, 'LowWinRate: share of winning round trips below'),
    consecutive_losses: above(
      5,
      'round trips',
      'ConsecutiveLosses: losing round trips in a row above',
    ),
    api_latency_p99_s: above(0.5, 's', 'HighApiLatency: 99th percentile above'),
    api_latency_elevated_p99_s: above(0.1, 's', 'ApiLatencyElevated: 99th percentile above'),
    api_latency_mean_s: above(1, 's', 'ApiLatencyAverage: mean above'),
    heap_mb: above(500, 'MB', 'HighMemoryUsage: heap above'),
    memory_share: below(0.8, 'MemoryNearLimit: memory of a process against its limit above'),
    cpu_percent: above(80, 'percent of one core', 'HighCpu: above'),
    system_health: above(70, 'points of 100', 'SystemHealthLow: below'),
    positions: above(10, 'positions', 'TooManyPositions: open positions above'),
    capital_utilization_percent: above(80, 'percent', 'CapitalUtilizationHigh: above'),
    websocket_latency_p99_s: above(0.2, 's', 'WebSocketLatencyHigh: 99th percentile above'),
    order_latency_p99_s: above(0.5, 's', 'OrderLatencyHigh: 99th percentile above'),
    order_success_rate: below(0.9, 'OrderSuccessRateLow: accepted orders below'),
    order_count: integer(
      { min: 1, max: 1_000_000 },
      {
        default: 10,
        unit: 'orders',
        isHot: true,
        doc: 'OrderSuccessRateLow is judged from this many orders on',
      },
    ),
    error_rate: below(0.05, 'HighErrorRate: failed requests above'),
    database_error_rate: below(0.01, 'DatabaseErrors: failed queries above'),
    database_pool_waiting: above(
      5,
      'queries',
      'DatabasePoolWaiting: waiting for a connection above',
    ),
    database_pool_share: below(0.8, 'DatabasePoolBusy: used connections above'),
    cache_hit_rate: below(0.5, 'CacheHitRateLow: below'),
    bot_down_s: above(15, 's', 'BotDown: without a sign for'),
    desk_down_s: above(15, 's', 'DeskDown: without a sign for'),
    order_unknown_s: above(30, 's', 'OrderOutcomeUnknown: an order without known outcome for'),
    backup_age_h: above(26, 'h', 'BackupStale: latest backup older than'),
    disk_percent: above(90, 'percent', 'DiskFull (warning): used above'),
    disk_critical_percent: above(97, 'percent', 'DiskFull (critical): used above'),
    job_slow_s: above(30, 's', 'JobSlow: a job runs longer than'),
  }),
})
