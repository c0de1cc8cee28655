/**
 * Mutated configuration files: never a crash, never a half start, always a named fault. A text is either a whole
 * instance (or configuration of the fleet), every number of it finite and every key of it known, whose strategy judges
 * and begins it without an exception; or it is refused with sentences that name file, line and key, and whatever was
 * accepted before runs on. `node test/drills/config-fuzz.ts [--mutations 50000] [--seed 1]`
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ConfigurationNode, parseConfiguration } from '../../src/config/document.ts'
import type { Fault } from '../../src/config/fault.ts'
import { loadFleetConfiguration } from '../../src/config/fleet-configuration.ts'
import type { ResolvedInstance } from '../../src/config/resolved-instance.ts'
import { describedKeys } from '../../src/config/schema-keys.ts'
import { maskedText } from '../../src/config/secrets.ts'
import { type Instrument, instrumentId, linearMoneyPerUnit } from '../../src/domain/instrument.ts'
import { money, price, quantity, ratio } from '../../src/domain/money.ts'
import type { StrategyContext } from '../../src/domain/strategy.ts'
import { InstanceEngine } from '../../src/engine/instance.ts'
import { ConfigWatch, type WatchedConfiguration } from '../../src/fleet/config-watch.ts'
import { Home } from '../../src/fleet/home.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { Random } from '../support/random.ts'
import { type Mutation, mutations } from './config-mutations.ts'

export interface FuzzFigures {
  readonly mutations: number
  readonly accepted: number
  readonly refused: number
  /** Accepted by the files, refused by the strategy itself with a sentence. */
  readonly objected: number
  /** What must not be: each with the mutation, the seed of its text, and what went wrong. */
  readonly failures: readonly string[]
  readonly rows: readonly (readonly [
    name: string,
    tried: number,
    accepted: number,
    refused: number,
  ])[]
  readonly seconds: number
}

const ROOT = join(import.meta.dirname, '..', '..')
const FLEET_SHARE = 0.3
const SECRET = 'bmV2ZXItdG8tYmUtc2Vlbi1pbi1hbnktc2VudGVuY2Utb3ItbG9n'
const ENVIRONMENT = { A: 'a', KEY: SECRET }

const OLDER = `{
  "metadata": { "name": "Old", "instance_id": "old_1", "exchange": "backpack", "symbol": "SOL_USDC_PERP",
    "strategy": "perp_grid", "tags": ["a", "b"] },
  "daemon_config": {
    "python_path": ".venv/bin/python3", "log_dir": "logs/old_1", "web_port": 5001, "memory_limit_mb": 512,
    "bot_args": ["--grid-lower", "140", "--grid-upper=160", "--grid-num", "20", "--max-position", "10",
      "--duration", "86400", "--interval", "60"] // of the older program
  },
  "exchange_config": { "api_key": "\${KEY}", "secret_key": "${SECRET}", "base_url": "https://api.example.com" },
  "risk_config": { "max_daily_loss": 0.02, "max_drawdown": 0.05, "on_breach": "halt" },
  "strategy_config": { "grid_lower_price": 140, "grid_upper_price": 160, "grid_num": 20 }
}
`
const YAML = `# a grid that follows the price
metadata:
  exchange: okx
  symbol: SOL/USDC:USDC
  strategy: perp_grid
  autostart: false
exchange_config:
  mode: paper
  leverage: 2
  feed: demo
  paper: { initial_balance: "5000.50", maker_bps: -1, latency_ms: 20, volume_share: 0.5 }
risk_config:
  max_position_notional: 4000
strategy_config:
  auto_price: true
  price_range: 5
  grid_intervals: 40
  grid_type: long
  grid_mode: geometric
  total_margin: 1000
  stop_loss: 300
  trailing_up: false
  boundary_action: pause
  open_orders_max: 10
`
const LOCAL = `time_zone: Europe/Berlin
api:
  port: 8090
  jwt_secret: ${SECRET}-0123456789
  cors_origins: [https://a.example]
  rate_limit: { points: 200 }
exchanges:
  - { name: hyperliquid, account: main, key: vault, testnet: true, fees: { maker: 0.0001, taker: 0.0004 } }
  - { name: okx, account: sub-1, proxy: "http://user:${SECRET}@proxy:3128" }
trading:
  max_daily_loss: 0.03
  max_leverage: 5
  on_breach: flatten
notifications:
  telegram: { enabled: false, bot_token: "\${KEY}", chat_id: -100200 }
logging:
  level: debug
  retention_days: 14
`

interface Source {
  readonly file: string
  readonly text: string
}

function sources(): { readonly instances: readonly Source[]; readonly fleet: readonly Source[] } {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
  return {
    instances: [
      { file: 'demo.json', text: read('config/templates/demo_sol_01.json') },
      { file: 'replay.json', text: read('examples/instances/btc-binance-replay.json') },
      { file: 'old.json', text: OLDER },
      { file: 'yaml.yml', text: YAML },
    ],
    fleet: [
      { file: 'local.yml', text: LOCAL },
      { file: 'base.yml', text: read('config/base.yml') },
      {
        file: '.env',
        text: `# mine\nPERPFLEET_API_PORT=8090\nexport KEY="${SECRET}"\nA='b' # c\n`,
      },
    ],
  }
}

/** A home whose files are written and looked at, on a clock that is moved by hand. */
class FuzzHome {
  readonly home = new Home(mkdtempSync(join(tmpdir(), 'config-fuzz-')))
  readonly watch: ConfigWatch
  #now = 0

  constructor() {
    mkdirSync(this.home.active, { recursive: true })
    const clock = {
      monotonicMs: () => this.#now,
      wallMs: () => this.#now,
      after: () => () => {},
      every: () => () => {},
    }
    this.watch = new ConfigWatch(
      { home: this.home, clock, loadFleet: () => this.loadFleet() },
      this.loadFleet(),
    )
    this.watch.read()
  }

  loadFleet() {
    const systemFile = join(this.home.root, 'none')
    return loadFleetConfiguration({ home: this.home.root, environment: ENVIRONMENT, systemFile })
  }

  /** What the watch makes of the files once they have stood still. */
  settled(): WatchedConfiguration | null {
    let last: WatchedConfiguration | null = null
    for (let looks = 0; looks < 4; looks += 1) {
      this.#now += 400
      last = this.watch.poll() ?? last
    }
    return last
  }

  write(path: string, bytes: string | Buffer): void {
    writeFileSync(join(this.home.root, path), bytes, { mode: 0o600 })
  }

  close(): void {
    rmSync(this.home.root, { recursive: true, force: true })
  }
}

class Broken extends Error {}

function demand(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Broken(what)
}

/** A secret written under another key is none that anybody could know. */
let isSecretMoved = false

function demandSecrecy(text: string): void {
  demand(isSecretMoved || !text.includes(SECRET), `a secret is shown: ${text}`)
}

function checkFaults(faults: readonly Fault[], file: string): void {
  for (const fault of faults) {
    const where = fault.line > 0 ? `${fault.file}:${fault.line}: ` : `${fault.file}: `
    demand(fault.file.endsWith(file), `the fault names ${fault.file}: ${fault.text}`)
    demand(
      fault.text.startsWith(where),
      `the sentence does not begin with its place: ${fault.text}`,
    )
    demand(
      fault.text.length < 1500 && !/\p{Cc}/u.test(fault.text),
      `an unfit sentence: ${fault.text}`,
    )
    const isWhole = ['syntax', 'unreadable', 'permission', 'wrong_value'].includes(fault.code)
    demand(fault.key !== '' || isWhole || fault.found === '', `no key is named: ${fault.text}`)
    demandSecrecy(fault.text)
  }
}

/** Every number finite, every text without control characters but those of JSON. */
function checkWhole(value: unknown, path: string): void {
  if (typeof value === 'number') demand(Number.isFinite(value), `${path} is ${value}`)
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) checkWhole(item, `${path}.${key}`)
  else demand(typeof value !== 'undefined' && typeof value !== 'function', `${path} is no data`)
}

const KNOWN_KEYS: ReadonlySet<string> = new Set(
  describedKeys().flatMap(({ group, keys }) =>
    group === 'fleet' ? [] : keys.map(({ key }) => key),
  ),
)

/** By a walk of its own: nothing that nobody reads was taken in. */
function checkKeys(node: ConfigurationNode, path: string): void {
  if (node.kind !== 'map' || path === 'daemon_config.environment') return
  for (const [name, { node: child }] of node.entries) {
    const full = path === '' ? name : `${path}.${name}`
    const isSection = [...KNOWN_KEYS].some((key) => key.startsWith(`${full}.`))
    demand(isSection || KNOWN_KEYS.has(full), `the unknown key ${full} was accepted`)
    if (isSection) checkKeys(child, full)
  }
}

function instrumentOf({ settings: { venue, symbol } }: ResolvedInstance): Instrument {
  const [base = '', quote = ''] = symbol.split(/[/:]/)
  const maintenanceRate = ratio(2_500_000)
  return {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    base,
    quote,
    settle: quote,
    kind: 'linear',
    priceDecimals: 2,
    priceRule: { kind: 'tick', tick: 1 },
    quantityDecimals: 2,
    lotSize: 1,
    moneyPerUnit: linearMoneyPerUnit(2, 2, 1),
    quantityMin: quantity(1),
    notionalMin: money(0),
    makerFee: ratio(20_000),
    takerFee: ratio(50_000),
    liquidationFee: ratio(500_000),
    marginTiers: [
      { notionalFloor: money(0), maintenanceRate, maintenanceAmount: money(0), leverageMax: 125 },
    ],
    fundingIntervalMs: 28_800_000,
  }
}

/** What the bot would do at its first start. @returns whether the strategy takes it */
function begin(instance: ResolvedInstance): boolean {
  const strategy = strategyById(instance.strategy)
  demand(strategy !== null, `there is no strategy ${instance.strategy}`)
  if (strategy === null) return false
  const { settings } = instance
  const context: StrategyContext = {
    at: 1_700_000_000_000,
    instruments: [instrumentOf(instance)],
    prices: [{ last: price(15_000), mark: price(15_000) }],
    capital: settings.capital,
    leverage: settings.leverage,
    marginMode: settings.marginMode,
    fees: [{ maker: ratio(20_000), taker: ratio(50_000) }],
    positions: [quantity(0)],
    initialPosition: instance.initialPosition,
  }
  const objections = strategy.check(instance.parameters, context)
  for (const { text } of objections) demand(text.length > 10, 'an objection says nothing')
  if (objections.length > 0) return false
  const engine = InstanceEngine.start(strategy, instance.parameters, context)
  engine.wants()
  return true
}

type Outcome = 'accepted' | 'refused' | 'objected'

function judge(
  instance: ResolvedInstance | null,
  faults: readonly Fault[],
  source: Source,
): Outcome {
  checkFaults(faults, source.file)
  demand((instance === null) === faults.length > 0, 'neither a whole instance nor a fault')
  if (instance === null) return 'refused'
  checkWhole(JSON.parse(JSON.stringify(instance)), 'instance')
  demand(/^[a-z0-9][a-z0-9_-]{0,47}$/.test(instance.id), `the id is ${instance.id}`)
  return begin(instance) ? 'accepted' : 'objected'
}

/** One instance text through the files, as an edit of one that runs. */
function tryInstance(home: FuzzHome, source: Source, bytes: string | Buffer): Outcome {
  const path = join(home.home.active, source.file)
  home.write(join('config', 'active', source.file), bytes)
  const watched = home.settled()
  const seen =
    home.watch.poll()?.files.get(path) ??
    watched?.files.get(path) ??
    home.watch.read().files.get(path)
  demand(seen !== undefined, 'the file was not seen')
  if (seen === undefined) return 'refused'
  const { instance, faults, text } = seen.loaded
  if (instance !== null) checkKeys(parseConfiguration(text ?? '', source.file).root ?? NOTHING, '')
  if (text !== null) demandSecrecy(maskedText(text, source.file, source.text))
  return judge(instance, faults, source)
}

const NOTHING: ConfigurationNode = { kind: 'map', place: { file: '', line: 0 }, entries: new Map() }

/** One instance text without the detour by files. */
function tryText(home: FuzzHome, source: Source, bytes: string | Buffer): Outcome {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('utf8')
  const path = join(home.home.active, source.file)
  const { instance, faults } = home.watch.resolve(path, text, null)
  if (instance !== null) checkKeys(parseConfiguration(text, source.file).root ?? NOTHING, '')
  return judge(instance, faults, source)
}

function tryFleet(home: FuzzHome, source: Source, bytes: string | Buffer): Outcome {
  const path = source.file === '.env' ? source.file : join('config', source.file)
  home.write(path, bytes)
  const { configuration, faults } = home.loadFleet()
  rmSync(join(home.home.root, path))
  for (const fault of faults) {
    demandSecrecy(fault.text)
    demand(fault.text.startsWith(fault.file), `no place: ${fault.text}`)
  }
  // Whatever is faulty, what is handed out can be used.
  checkWhole(JSON.parse(JSON.stringify(configuration)), 'fleet')
  const { trading, api } = configuration
  demand(trading.max_daily_loss > 0 && trading.max_daily_loss <= 1, 'max_daily_loss is no share')
  demand(Number.isInteger(api.port) && api.port > 0 && api.port < 65_536, `port ${api.port}`)
  return faults.length === 0 ? 'accepted' : 'refused'
}

function tryOne(home: FuzzHome, mutation: Mutation, random: Random): Outcome {
  const { instances, fleet } = SOURCES
  const isFleet = random.chance(FLEET_SHARE)
  const source = random.pick(isFleet ? fleet : instances)
  const bytes = mutation.mutate(source.text, random)
  if (isFleet) return tryFleet(home, source, bytes)
  return random.chance(0.2) ? tryInstance(home, source, bytes) : tryText(home, source, bytes)
}

const SOURCES = sources()

/** Runs so many mutations; every failure is named with the seed that makes it again. */
export function fuzzConfiguration(count: number, seed: number): FuzzFigures {
  const home = new FuzzHome()
  const began = performance.now()
  const failures: string[] = []
  const tally = new Map(mutations.map(({ name }) => [name, { tried: 0, accepted: 0, refused: 0 }]))
  let objected = 0
  for (let number = 0; number < count; number += 1) {
    const textSeed = seed * 1_000_003 + number
    const random = new Random(textSeed)
    const mutation = mutations[number % mutations.length] as Mutation
    const row = tally.get(mutation.name)
    if (row) row.tried += 1
    isSecretMoved = mutation.name === 'value of another key'
    try {
      const outcome = tryOne(home, mutation, random)
      if (outcome === 'objected') objected += 1
      if (row) row[outcome === 'refused' ? 'refused' : 'accepted'] += 1
      demand(mutation.name !== 'unchanged' || outcome !== 'refused', 'a good file is refused')
    } catch (error) {
      const what =
        error instanceof Broken ? error.message : error instanceof Error ? error.stack : error
      failures.push(`${mutation.name}, seed ${textSeed}: ${what}`)
    }
  }
  home.close()
  const rows = [...tally].map(
    ([name, row]) => [name, row.tried, row.accepted, row.refused] as const,
  )
  const sum = (index: 2 | 3) => rows.reduce((total, row) => total + row[index], 0)
  return {
    mutations: count,
    accepted: sum(2),
    refused: sum(3),
    objected,
    failures,
    rows,
    seconds: (performance.now() - began) / 1000,
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      mutations: { type: 'string', default: '50000' },
      seed: { type: 'string', default: '1' },
    },
  })
  const [count, seed] = [Number(values.mutations), Number(values.seed)]
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
    console.error('perpfleet: --mutations and --seed must be whole numbers')
    process.exit(2)
  }
  const figures = fuzzConfiguration(count, seed)
  console.log('mutation               tried  accepted  refused')
  for (const [name, ...numbers] of figures.rows) {
    const [tried, accepted, refused] = numbers.map(String)
    console.log(
      `${name.padEnd(22)}${tried?.padStart(6)}${accepted?.padStart(10)}${refused?.padStart(9)}`,
    )
  }
  for (const failure of figures.failures.slice(0, 20)) console.log(`✗ ${failure}`)
  const { accepted, objected, refused, failures, seconds } = figures
  console.log(
    `${count} mutated files in ${seconds.toFixed(0)} s, seed ${seed}: ${refused} refused with named faults, ${accepted} whole (${objected} of them refused by their strategy)`,
  )
  console.log(`${count - failures.length} passed, ${failures.length} failed, 0 skipped`)
  process.exit(failures.length > 0 ? 1 : 0)
}
