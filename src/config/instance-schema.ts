/** Every key of an instance file but those of its strategy. */

import { tradingModes } from '../domain/trading-mode.ts'
import { legsKey } from './leg-schema.ts'
import {
  accountName,
  anyText,
  decimal,
  flag,
  httpAddress,
  integer,
  label,
  listOfText,
  mapOfText,
  number,
  oneOf,
  path,
  proxyAddress,
  section,
  share,
  socketAddress,
  text,
  type ValueOf,
  venueName,
} from './schema.ts'
import { riskSection } from './trading-schema.ts'

export const INSTANCE_ID = /^[a-z0-9][a-z0-9_-]{0,47}$/

/** Ids that would clash with names of processes, folders and commands. */
export const RESERVED_IDS: readonly string[] = [
  'fleet',
  'control',
  'desk',
  'exchange',
  'account',
  'instances',
  'sandbox',
  'all',
]

const MONEY_MAX = 90_000_000
/** Spans of the supervision: it reads them anew at each look. */
const seconds = (standard: number, min: number, max: number, doc: string) =>
  number({ min, max }, { default: standard, unit: 's', isHot: true, doc })
const basisPoints = (standard: number, min: number, doc: string) =>
  number({ min, max: 1000 }, { default: standard, unit: 'basis points', doc })
const credential = (doc: string) => text(label, { default: null, isSecret: true, doc })

const metadataSection = section({
  name: text(label, { default: null, defaultText: 'the id', isHot: true, doc: 'name for people' }),
  instance_id: text(
    {
      allowed: 'small letters, digits, - and _, at most 48, beginning with a letter or digit',
      form: 'label',
    },
    {
      default: null,
      defaultText: 'file name without its ending',
      doc: 'id of the instance; --instance-id goes before it',
    },
  ),
  exchange: text(venueName, {
    default: null,
    defaultText: 'required',
    isRequired: true,
    doc: 'venue',
  }),
  symbol: text(anyText, {
    default: null,
    defaultText: 'required',
    isRequired: true,
    doc: 'contract, as the venue spells it (SOL_USDC_PERP) or as ccxt does (SOL/USDC:USDC)',
  }),
  market_type: oneOf(['perp', 'swap'], {
    default: 'perp',
    doc: 'perpetual futures, under either name',
  }),
  strategy: text(anyText, {
    default: null,
    defaultText: 'required',
    isRequired: true,
    doc: 'strategy, e.g. perp_grid, or the path of a TypeScript file (docs/guides/plug-ins.md)',
  }),
  version: text(label, { default: null, isHot: true, doc: 'version of the file, for people' }),
  tags: listOfText(anyText, {
    default: [],
    isHot: true,
    doc: 'words that commands select by (--tag)',
  }),
  autostart: flag({ default: true, doc: 'false: a new file starts as stopped' }),
})

const daemonSection = section({
  log_dir: text(path, { default: 'logs/{id}', doc: 'folder of its logs, below the home' }),
  db_path: text(path, { default: 'database/{id}.db', doc: 'its own database, below the home' }),
  web_port: integer(
    { min: 1, max: 65_535 },
    {
      default: null,
      defaultText: 'first free from 5001',
      doc: 'its own port; when taken the next free one up to 5999',
    },
  ),
  auto_restart: flag({
    default: true,
    isHot: true,
    doc: 'a bot that ended by itself is started again',
  }),
  restart_delay: seconds(
    60,
    0,
    86_400,
    'ceiling of the back-off: at once, then 0.5, 1, 2, 4 … s; cleared after 60 healthy seconds',
  ),
  max_restart_attempts: integer(
    { min: 0, max: 1_000_000 },
    {
      default: 3,
      unit: 'exits',
      isHot: true,
      doc: 'exits in a row that never reached running, then quarantine; 0 = without limit',
    },
  ),
  crash_loop: section({
    exits: integer(
      { min: 0, max: 1_000_000 },
      {
        default: 5,
        unit: 'exits',
        isHot: true,
        doc: 'exits within window_s, then quarantine; 0 = off',
      },
    ),
    window_s: seconds(300, 1, 86_400, 'span in which exits are counted'),
  }),
  health_check_interval: seconds(
    30,
    1,
    86_400,
    'how often its port is probed; the end of a bot is seen within 1 s',
  ),
  memory_limit_mb: integer(
    { min: 32, max: 1_048_576 },
    { default: 256, unit: 'MB', isHot: true, doc: 'memory; above it for 5 s: restarted' },
  ),
  cpu_limit_percent: number(
    { min: 0, max: 100, isAbove: true },
    {
      default: 80,
      unit: 'percent of one core',
      isHot: true,
      doc: 'processor time; above it on average of 20 s: restarted',
    },
  ),
  log_cleanup_interval: seconds(86_400, 60, 31_536_000, 'how often old log folders are removed'),
  log_retention_days: integer(
    { min: 1, max: 36_500 },
    { default: 2, unit: 'days', isHot: true, doc: 'log folders are kept' },
  ),
  environment: mapOfText({ default: {}, doc: 'variables of its process' }),
  bot_args: listOfText(label, {
    default: [],
    doc: 'older files: arguments that override the matching keys',
  }),
  python_path: text(label, { default: null, doc: 'older files: ignored' }),
  script_path: text(label, { default: null, doc: 'older files: ignored' }),
  working_dir: text(label, { default: null, doc: 'older files: ignored' }),
})

/** Read by older programs only. */
export const IGNORED_KEYS = ['python_path', 'script_path', 'working_dir'] as const

const FEED =
  /^(demo|live|replay:[a-z0-9][a-z0-9_-]*\/[A-Za-z0-9_:/.-]+\/[1-9]\d{0,3}[smhdw](@[0-9TZ:.+-]*\.\.[0-9TZ:.+-]*)?)$/

const exchangeSection = section({
  mode: oneOf(tradingModes, {
    default: 'paper',
    doc: 'simulated account, the venue’s test network, real money (also needs trading.live), or the sandbox of this home, which speaks the venue’s own protocol',
  }),
  feed: text(
    { allowed: 'demo, live or replay:venue/symbol/timeframe', pattern: FEED },
    {
      default: null,
      defaultText: 'demo',
      doc: 'where paper prices come from; --feed goes before it',
    },
  ),
  shadow: flag({
    default: false,
    doc: 'wants are logged with what would be sent, nothing is sent',
  }),
  account: text(accountName, {
    default: 'main',
    doc: 'account or sub-account; one instance per account and contract',
  }),
  capital: decimal(
    { min: 0, max: MONEY_MAX, isAbove: true },
    {
      default: null,
      defaultText: 'paper: initial_balance; else required',
      unit: 'settlement currency',
      doc: 'money the instance works with; base of drawdown and sizes',
    },
  ),
  margin_mode: oneOf(['isolated', 'cross'], {
    default: 'isolated',
    doc: 'margin of the position alone, or of the whole account',
  }),
  leverage: integer(
    { min: 1, max: 125 },
    {
      default: null,
      defaultText: 'strategy_config.leverage, else trading.default_leverage',
      unit: 'times',
      doc: 'notional per margin',
    },
  ),
  initial_position: oneOf(['open', 'adopt', 'none'], {
    default: 'open',
    doc: 'at the first start: open what the strategy wants, take over what is held, or start flat',
  }),
  trigger_by: oneOf(['mark', 'last', 'index'], {
    default: 'mark',
    doc: 'price that triggers stop and take-profit orders',
  }),
  on_bot_lost: oneOf(['cancel', 'keep'], {
    default: 'cancel',
    doc: 'orders that raise risk when the bot is not heard for 15 s',
  }),
  on_foreign: oneOf(['halt', 'adopt', 'ignore'], {
    default: 'halt',
    doc: 'orders and trades of others on the contract: take no new risk until an operator resumes, book them as the instance’s own, or only count them',
  }),
  accept_unverified: flag({
    default: false,
    doc: 'trade on a venue whose adapter is not verified; needed for every venue but okx, hyperliquid, backpack and aster',
  }),
  accept_main_key: flag({
    default: false,
    doc: 'take the key of a wallet itself, which can withdraw, where an agent key would do (Hyperliquid, Aster)',
  }),
  key: text(label, { default: null, doc: 'entry of the vault; not used on paper' }),
  api_key: credential('key; not used on paper'),
  secret_key: credential('secret of the key; not used on paper'),
  passphrase: credential('passphrase of the key; not used on paper'),
  wallet_address: text(label, {
    default: null,
    doc: 'wallet (venues on a chain); not used on paper',
  }),
  private_key: credential('key of the wallet; not used on paper'),
  base_url: text(httpAddress, {
    default: null,
    defaultText: 'the venue’s',
    doc: 'other address of the REST interface; not used on paper',
  }),
  ws_url: text(socketAddress, {
    default: null,
    defaultText: 'the venue’s',
    doc: 'other address of the streams; not used on paper',
  }),
  proxy: text(proxyAddress, { default: null, doc: 'proxy of this account; not used on paper' }),
  paper: section({
    initial_balance: decimal(
      { min: 0, max: MONEY_MAX, isAbove: true },
      {
        default: '10000',
        unit: 'settlement currency',
        doc: 'deposited once into the paper account',
      },
    ),
    maker_bps: basisPoints(2, -100, 'fee of resting orders; negative = rebate'),
    taker_bps: basisPoints(5, -100, 'fee of orders that take'),
    slippage_bps: basisPoints(0, 0, 'worse price of orders that take'),
    latency_ms: integer(
      { min: 0, max: 60_000 },
      { default: 0, unit: 'ms of market time', doc: 'delay until an order or cancel acts' },
    ),
    volume_share: share({
      default: 1,
      unit: 'share of a candle’s volume',
      doc: 'part of the traded volume that may fill own orders',
    }),
  }),
})

/** Credentials and addresses: on paper neither expanded nor used. */
const UNUSED_ON_PAPER: ReadonlySet<string> = new Set(
  [
    'key',
    'api_key',
    'secret_key',
    'passphrase',
    'wallet_address',
    'private_key',
    'base_url',
    'ws_url',
    'proxy',
  ].flatMap((name) => [`exchange_config.${name}`, `legs[].${name}`]),
)
export const isUnusedOnPaper = (key: string): boolean =>
  UNUSED_ON_PAPER.has(key.replace(/\[\d+\]/, '[]'))

export const instanceKeys = {
  metadata: metadataSection,
  daemon_config: daemonSection,
  exchange_config: exchangeSection,
  risk_config: riskSection,
  legs: legsKey(exchangeSection.keys),
} as const

export const instanceSection = section(instanceKeys)

/** An instance file, checked and complete, without its strategy's part. */
export type InstanceValues = ValueOf<typeof instanceSection>
