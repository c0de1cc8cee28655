/** Every key of the fleet's configuration. */
import { arbitrageSection } from './arbitrage-schema.ts'
import { alertingSection, notificationsSection } from './notification-schema.ts'
import {
  accountName,
  anyText,
  flag,
  httpAddress,
  integer,
  label,
  listOf,
  listOfText,
  listOfWords,
  number,
  oneOf,
  path,
  proxyAddress,
  section,
  socketAddress,
  text,
  type ValueOf,
  venueName,
} from './schema.ts'
import { tradingSection } from './trading-schema.ts'

const seconds = (standard: number, max: number, doc: string, isHot = false) =>
  number({ min: 0, max, isAbove: true }, { default: standard, unit: 's', isHot, doc })
const milliseconds = (standard: number, doc: string) =>
  integer({ min: 1, max: 3_600_000 }, { default: standard, unit: 'ms', doc })
const days = (standard: number, min: number, doc: string) =>
  integer({ min, max: 36_500 }, { default: standard, unit: 'days', doc })
const count = (standard: number, min: number, max: number, doc: string, isHot = false) =>
  integer({ min, max }, { default: standard, isHot, doc })
const secret = (doc: string) => text(anyText, { default: null, isSecret: true, doc })

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const noTlsYet = (value: string | null): string | null =>
  value === null ? null : 'TLS is not built yet; leave it out, and put a proxy with TLS in front'

const apiSection = section({
  host: text(anyText, {
    default: '127.0.0.1',
    doc: 'address the control plane listens on; 0.0.0.0 opens it to the network',
  }),
  port: count(8080, 1, 65_535, 'port of dashboard and API'),
  workers: count(
    1,
    1,
    256,
    'processes that answer requests; one so far, another number has no effect yet',
  ),
  jwt_secret: text(
    { allowed: 'a secret of at least 32 bytes', test: (value) => Buffer.byteLength(value) >= 32 },
    {
      default: null,
      defaultText: 'made at the first start; required in production',
      isSecret: true,
      doc: 'key that signs sessions',
    },
  ),
  jwt_expiry_hours: number(
    { min: 0, max: 8760, isAbove: true },
    { default: 24, unit: 'h', doc: 'life of a session' },
  ),
  refresh_expiry_days: days(30, 1, 'life of a browser’s refresh token'),
  cors_origins: listOfText(httpAddress, {
    default: [],
    doc: 'other origins whose pages may call the API',
  }),
  trust_proxy: listOfText(anyText, {
    default: [],
    doc: 'addresses of proxies whose X-Forwarded-For is believed',
  }),
  tls: section({
    cert_file: text(path, {
      default: null,
      doc: 'certificate chain (PEM)',
      notBuilt: noTlsYet,
    }),
    key_file: text(path, {
      default: null,
      doc: 'private key of the certificate (PEM)',
      notBuilt: noTlsYet,
    }),
  }),
  metrics_token: secret('token that opens /metrics to a scraper that is not on this machine'),
  rate_limit: section({
    points: integer(
      { min: 1, max: 10_000_000 },
      {
        default: 100,
        unit: 'requests',
        isHot: true,
        doc: 'requests of one address without session, per duration',
      },
    ),
    duration: seconds(60, 86_400, 'span over which requests are counted', true),
    block_duration: seconds(60, 86_400, 'how long an address waits that had more', true),
    session_points: integer(
      { min: 1, max: 10_000_000 },
      {
        default: 3000,
        unit: 'requests',
        isHot: true,
        doc: 'requests of one session or token, per duration',
      },
    ),
    expensive_points: integer(
      { min: 1, max: 10_000_000 },
      {
        default: 5,
        unit: 'requests',
        isHot: true,
        doc: 'costly requests (backtests, reports) of one session, per duration; no request is costly yet',
      },
    ),
  }),
  shutdown_timeout_s: seconds(
    30,
    3600,
    'how long running requests and children may take at the end; has no effect yet',
  ),
})

const rate = (doc: string) =>
  number(
    { min: -0.01, max: 0.1 },
    { default: null, defaultText: 'the venue’s', unit: 'share of notional', isHot: true, doc },
  )

const exchangeSection = section({
  name: text(venueName, { default: null, defaultText: 'required', isRequired: true, doc: 'venue' }),
  account: text(accountName, {
    default: 'main',
    doc: 'name of the account or sub-account on this side',
  }),
  key: text(anyText, { default: null, doc: 'entry of the vault that holds its keys' }),
  testnet: flag({ default: true, doc: 'true forbids live trading on this account' }),
  max_connections: count(10, 1, 1000, 'connections to the venue at a time'),
  connection_timeout_ms: milliseconds(5000, 'how long a connection may take'),
  rest_url: text(httpAddress, {
    default: null,
    defaultText: 'the venue’s',
    doc: 'other address of its REST interface',
  }),
  ws_url: text(socketAddress, {
    default: null,
    defaultText: 'the venue’s',
    doc: 'other address of its streams',
  }),
  fallback_urls: listOfText(httpAddress, {
    default: [],
    doc: 'addresses tried when the first cannot be reached',
  }),
  proxy: text(proxyAddress, { default: null, doc: 'proxy for all its connections' }),
  ws_heartbeat_ms: integer(
    { min: 100, max: 600_000 },
    { default: null, defaultText: 'the venue’s', unit: 'ms', doc: 'how often a stream is probed' },
  ),
  rate_limit: number(
    { min: 0, max: 100_000, isAbove: true },
    {
      default: null,
      defaultText: 'the venue’s',
      unit: 'requests per second',
      isHot: true,
      doc: 'request budget of the account',
    },
  ),
  fees: section({
    maker: rate('fee of resting orders; negative = rebate'),
    taker: rate('fee of orders that take'),
  }),
})

const storeSection = section({
  kind: oneOf(['sqlite', 'postgres'], {
    default: 'sqlite',
    doc: 'where the fleet’s tables stand',
    notBuilt: (value) =>
      value === 'postgres' ? 'the PostgreSQL store is not built yet; use sqlite' : null,
  }),
  url: text(
    { allowed: 'an address like postgres://user@host/name', pattern: /^postgres(ql)?:\/\/\S+$/ },
    { default: null, isSecret: true, doc: 'address of the database (postgres)' },
  ),
  pool_min: count(5, 0, 1000, 'connections kept open'),
  pool_max: count(20, 1, 1000, 'connections at most'),
  idle_timeout_ms: milliseconds(30_000, 'idle connections beyond pool_min are closed after'),
  connection_timeout_ms: milliseconds(5000, 'how long a connection may take'),
  max_uses: count(7500, 1, 1_000_000_000, 'a connection is replaced after this many uses'),
  statement_timeout_ms: milliseconds(5000, 'how long a statement may take'),
  query_retries: count(
    3,
    0,
    20,
    'repetitions of a query that failed for a passing reason, after 2^n × 100 ms',
  ),
})

const redisSection = section({
  url: text(
    { allowed: 'an address like redis://host:6379', pattern: /^rediss?:\/\/\S+$/ },
    {
      default: null,
      defaultText: 'memory',
      isSecret: true,
      doc: 'address of the server; without it the cache is in memory',
      notBuilt: (value) =>
        value === null ? null : 'the Redis cache is not built yet; leave it out',
    },
  ),
  key_prefix: text(anyText, { default: 'perpfleet:', doc: 'start of every key' }),
  connect_timeout_ms: milliseconds(10_000, 'how long a connection may take'),
  max_retries_per_request: count(3, 0, 100, 'repetitions of a request'),
  retry_max_ms: milliseconds(2000, 'longest wait between attempts to connect'),
  cache_ttl_s: seconds(3600, 31_536_000, 'life of an entry'),
})

const jobsSection = section({
  kind: oneOf(['embedded', 'postgres'], {
    default: 'embedded',
    doc: 'where the queue stands',
    notBuilt: (value) =>
      value === 'postgres' ? 'jobs in PostgreSQL are not built yet; use embedded' : null,
  }),
  concurrency: integer(
    { min: 1, max: 1024 },
    { default: null, defaultText: 'number of cores', doc: 'jobs at a time' },
  ),
  max_retries: count(3, 0, 100, 'repetitions of a failed job; has no effect yet'),
  backoff_max_s: seconds(600, 86_400, 'longest wait before a repetition; has no effect yet'),
  slow_warning_s: seconds(30, 86_400, 'a job that runs longer is reported; has no effect yet'),
})

const clockTime = { allowed: 'times of day like 09:00', pattern: /^([01]\d|2[0-3]):[0-5]\d$/ }
const cron = /^(?:[\d*/,A-Za-z-]+\s+){4}[\d*/,A-Za-z#-]+$/

export const fleetSection = section({
  time_zone: text(
    { allowed: 'the name of a time zone like Europe/Berlin or UTC', test: isTimeZone },
    {
      default: null,
      defaultText: 'the system’s',
      doc: 'decides when a day starts: daily loss, log folders, reports, schedules',
    },
  ),
  api: apiSection,
  exchanges: listOf(exchangeSection),
  trading: tradingSection,
  store: storeSection,
  redis: redisSection,
  jobs: jobsSection,
  notifications: notificationsSection,
  alerting: alertingSection,
  logging: section({
    level: oneOf(['debug', 'info', 'warn', 'error'], {
      default: 'info',
      isHot: true,
      doc: 'least important lines that are written',
    }),
    format: oneOf(['json', 'text'], {
      default: 'json',
      doc: 'one JSON object a line, or plain text',
    }),
    retention_days: days(7, 1, 'log folders of the fleet are kept'),
    max_size_mb: integer(
      { min: 1, max: 1_000_000 },
      { default: 100, unit: 'MB', doc: 'size at which a log file is turned over' },
    ),
  }),
  retention: section({
    journal_days: days(0, 0, 'journal rows are kept; 0 = for ever'),
    fills_days: days(0, 0, 'fills are kept; 0 = for ever'),
    equity_days: days(400, 0, 'points of the equity curve are kept; 0 = for ever'),
  }),
  backup: section({
    schedule: text(
      { allowed: 'a schedule of five fields like "0 2 * * *"', pattern: cron },
      { default: '0 2 * * *', unit: 'cron, in time_zone', doc: 'when a backup is made' },
    ),
    retention_days: days(7, 1, 'backups are kept'),
    target: text(anyText, { default: 'backups/', doc: 'folder (below the home) or address' }),
    include: listOfWords(['database', 'config', 'vault', 'reports'], {
      default: ['database', 'config', 'vault', 'reports'],
      doc: 'what goes in',
    }),
    passphrase: secret('encrypts the backup'),
  }),
  ha: section({
    node_name: text(anyText, {
      default: null,
      defaultText: 'host name',
      doc: 'name of this machine among several',
    }),
    lease_ttl_s: seconds(6, 600, 'an account is free for another node after this silence'),
    lease_renew_s: seconds(1, 600, 'how often a lease is renewed'),
    emergency_reduce: flag({
      default: true,
      doc: 'a node without lease may still cancel and reduce',
    }),
  }),
  assistant: section({
    base_url: text(httpAddress, {
      default: null,
      doc: 'OpenAI-compatible endpoint; without it reports are made by rules',
    }),
    model: text(label, { default: null, doc: 'model at the endpoint' }),
    api_key: secret('key of the endpoint'),
    timeout_s: seconds(300, 3600, 'how long a report may take'),
    chat_timeout_s: seconds(30, 3600, 'how long an answer may take'),
    breaker: section({
      failures: count(5, 1, 1000, 'failures in a row that open the breaker'),
      open_s: seconds(60, 86_400, 'how long the endpoint is then left alone'),
      successes: count(2, 1, 1000, 'answers in a row that close it again'),
    }),
    report_times: listOfText(clockTime, {
      default: ['09:00', '15:00', '21:00'],
      unit: 'time_zone',
      doc: 'when reports are written',
    }),
  }),
  arbitrage: arbitrageSection,
})

/** The section of older files, read as exchanges[0]. */
export const olderExchangeSection = section({
  name: text(venueName, {
    default: null,
    defaultText: 'required',
    isRequired: true,
    doc: 'older form of exchanges[0].name',
  }),
  api_key: text(label, {
    default: null,
    isSecret: true,
    doc: 'older files: not read, keys belong into the vault',
  }),
  api_secret: text(label, {
    default: null,
    isSecret: true,
    doc: 'older files: not read, keys belong into the vault',
  }),
  testnet: flag({ default: true, doc: 'older form of exchanges[0].testnet' }),
})

/** The fleet's configuration, checked and complete. */
export type FleetConfiguration = ValueOf<typeof fleetSection>
