import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { loadFleetConfiguration } from './fleet-configuration.ts'

const homes: string[] = []
after(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

/** A home with these files; names ending in `!` are readable by others. */
function homeWith(files: Record<string, string>): string {
  const home = mkdtempSync(join(tmpdir(), 'perpfleet-config-'))
  homes.push(home)
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, name.replace('!', ''))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    chmodSync(path, name.endsWith('!') ? 0o644 : 0o600)
  }
  return home
}

/** Loads with nothing but the given files and variables. */
function load(files: Record<string, string>, environment: Record<string, string> = {}) {
  const home = homeWith(files)
  const nowhere = join(home, 'nowhere')
  return loadFleetConfiguration({
    home,
    environment,
    packageRoot: nowhere,
    systemFile: join(nowhere, 'x.json'),
  })
}

const sentences = (loaded: ReturnType<typeof load>) => loaded.faults.map(({ text }) => text)

test('config/base.yml says the defaults and nothing else', () => {
  const home = homeWith({})
  const shipped = loadFleetConfiguration({ home, environment: {} })
  assert.deepEqual(shipped.faults, [])
  assert.equal(shipped.files.length, 1)
  assert.deepEqual(shipped.configuration, load({}).configuration)
})

test('later layers win key by key', () => {
  const files = {
    'config/base.yml':
      'api: {port: 1, workers: 1, host: a, shutdown_timeout_s: 1}\nlogging: {level: debug}\n',
    'config/production.yml': 'api: {port: 2, workers: 2, host: b, shutdown_timeout_s: 2}\n',
    'config/local.yml': 'api: {port: 3, workers: 3, host: c}\n',
    'more.json': '{ // comment\n "api": {"port": 4, "workers": 4,},}',
    '.env': `PERPFLEET_API_WORKERS=5\nPERPFLEET_API_PORT="5" # comment\nPERPFLEET_API_JWT_SECRET='${'s'.repeat(32)}'\n`,
  }
  const environment = {
    PERPFLEET_ENV: 'production',
    PERPFLEET_CONFIG: 'more.json',
    PERPFLEET_API_PORT: '6',
  }
  const loaded = load(files, environment)
  assert.deepEqual(sentences(loaded), [])
  const { port, workers, host, shutdown_timeout_s } = loaded.configuration.api
  assert.deepEqual(
    { port, workers, host, shutdown_timeout_s },
    { port: 6, workers: 5, host: 'c', shutdown_timeout_s: 2 },
  )
  assert.equal(loaded.configuration.logging.level, 'debug')
  assert.equal(loaded.environmentName, 'production')
  assert.equal(loaded.files.length, 5)
})

test('the environment sets lists, entries of lists and nested keys', () => {
  const files = {
    'config/local.yml': 'exchanges:\n  - {name: okx}\n  - {name: backpack, proxy: "http://a:1"}\n',
  }
  const loaded = load(files, {
    PERPFLEET_API_RATE_LIMIT_POINTS: '7',
    PERPFLEET_API_CORS_ORIGINS: 'https://a.example, https://b.example',
    PERPFLEET_EXCHANGES_0_PROXY: 'socks5://127.0.0.1:1080',
    PERPFLEET_EXCHANGES_1_FEES_MAKER: '-0.0001',
    PERPFLEET_EXCHANGES_2_NAME: 'aster',
    PERPFLEET_TRADING_LIVE: 'true',
    PERPFLEET_TRADING_MAX_POSITION_NOTIONAL: '1e5',
    PERPFLEET_API_WORKERS: '',
    PERPFLEET_URL: 'http://localhost:8080',
    PERPFLEET_ADMIN_PASSWORD: 'x',
    OTHER: 'ignored',
  })
  assert.deepEqual(sentences(loaded), [])
  const { api, exchanges, trading } = loaded.configuration
  assert.equal(api.rate_limit.points, 7)
  assert.deepEqual(api.cors_origins, ['https://a.example', 'https://b.example'])
  assert.deepEqual(
    exchanges.map(({ name, proxy, fees }) => [name, proxy, fees.maker]),
    [
      ['okx', 'socks5://127.0.0.1:1080', null],
      ['backpack', 'http://a:1', -0.0001],
      ['aster', null, null],
    ],
  )
  assert.equal(trading.live, true)
  assert.equal(trading.max_position_notional, '100000')
})

test('a list of sections in a later file replaces the earlier list', () => {
  const loaded = load({
    'config/base.yml': 'exchanges: [{name: okx}, {name: aster}]\n',
    'config/local.yml': 'exchanges: [{name: backpack}]\n',
  })
  assert.deepEqual(
    loaded.configuration.exchanges.map(({ name }) => name),
    ['backpack'],
  )
})

test('variables are expanded from .env and environment, the environment goes before', () => {
  const files = {
    '.env': 'LEVEL=warn\nFORMAT=text\n',
    'config/local.yml!':
      'logging: {level: "${LEVEL}", format: "${FORMAT}", retention_days: "${DAYS:-9}"}\nassistant: {api_key: "${FORMAT}"}\n',
  }
  const loaded = load(files, { LEVEL: 'error' })
  assert.deepEqual(sentences(loaded), [])
  const { level, format, retention_days } = loaded.configuration.logging
  assert.deepEqual([level, format, retention_days], ['error', 'text', 9])
  assert.equal(loaded.environment.FORMAT, 'text')
})

test('the older section exchange is read as exchanges[0] with one warning', () => {
  const text =
    'exchange:\n  name: backpack\n  api_key: ${NO_SUCH}\n  api_secret: s\n  testnet: false\n'
  const loaded = load({ 'config/local.yml': text })
  assert.deepEqual(sentences(loaded), [])
  const { name, account, testnet } = loaded.configuration.exchanges[0] ?? {}
  assert.deepEqual([name, account, testnet], ['backpack', 'main', false])
  assert.deepEqual(
    loaded.warnings.map(({ text }) => text),
    [
      'config/local.yml:1: exchange is an older section and is read as exchanges[0]; its api_key and api_secret are not used',
    ],
  )
})

test('the system decides time zone and concurrency where nobody else does', () => {
  const { configuration } = load({})
  assert.equal(configuration.time_zone, Intl.DateTimeFormat().resolvedOptions().timeZone)
  assert.ok(configuration.jobs.concurrency >= 1)
})

/** One line of config/local.yml or one variable → the sentence. */
const BAD_LINES: readonly (readonly [yaml: string, sentence: string])[] = [
  ['api: {prot: 1}', 'config/local.yml:1: api.prot is not a known key; did you mean port?'],
  ['apis: {port: 1}', 'config/local.yml:1: apis is not a known key; did you mean api?'],
  [
    'redis: {colour: 1}',
    'config/local.yml:1: redis.colour is not a known key; known here: url, key_prefix, connect_timeout_ms, max_retries_per_request, retry_max_ms, cache_ttl_s',
  ],
  [
    'api: {port: 80a}',
    'config/local.yml:1: api.port must be a whole number between 1 and 65535, found "80a"',
  ],
  [
    'api: {port: "8080"}',
    'config/local.yml:1: api.port must be a whole number between 1 and 65535, found "8080"; write 8080 without quotes',
  ],
  [
    'api: {port: 80.5}',
    'config/local.yml:1: api.port must be a whole number between 1 and 65535, found 80.5',
  ],
  [
    'api: {port: .nan}',
    'config/local.yml:1: api.port must be a whole number between 1 and 65535, found .nan',
  ],
  [
    'api: {port: [1]}',
    'config/local.yml:1: api.port must be a whole number between 1 and 65535, found a list',
  ],
  [
    'api: {port: }',
    'config/local.yml:1: api.port must be a whole number between 1 and 65535, found nothing',
  ],
  ['api: 8080', 'config/local.yml:1: api must be a section with keys, found 8080'],
  ['exchanges: okx', 'config/local.yml:1: exchanges must be a list of sections, found "okx"'],
  ['exchanges: [{account: a}]', 'config/local.yml:1: exchanges[0].name is missing'],
  [
    'exchanges: [{name: okx}, {name: okx}]',
    'config/local.yml:1: exchanges[0] and exchanges[1] both are account main of okx; give one another account',
  ],
  [
    'exchange: {name: okx}\nexchanges: []',
    'config/local.yml:1: exchange is the older form of exchanges and both are given; keep exchanges',
  ],
  [
    'trading: {max_daily_loss: 5}',
    'config/local.yml:1: trading.max_daily_loss must be a share above 0 and at most 1, found 5; for 5 percent write 0.05',
  ],
  [
    'trading: {max_drawdown: 12.5%}',
    'config/local.yml:1: trading.max_drawdown must be a share above 0 and at most 1, found "12.5%"; for 12.5 percent write 0.125',
  ],
  [
    'trading: {max_position_size: -1}',
    'config/local.yml:1: trading.max_position_size must be a share above 0 and at most 1, found -1',
  ],
  [
    'trading: {live: yes}',
    'config/local.yml:1: trading.live must be true or false, found "yes"; did you mean true?',
  ],
  [
    'trading: {live: "true"}',
    'config/local.yml:1: trading.live must be true or false, found "true"; write true without quotes',
  ],
  [
    'trading: {on_breach: flaten}',
    'config/local.yml:1: trading.on_breach must be one of reduce_only, halt, flatten, found "flaten"; did you mean flatten?',
  ],
  [
    'trading: {default_leverage: 20}',
    'config/local.yml:1: trading.default_leverage must be at most trading.max_leverage, which is 10 (the default), found 20',
  ],
  [
    'trading: {max_position_notional: 1.123456789}',
    'config/local.yml:1: trading.max_position_notional must be a number above 0 and at most 90000000 with at most 8 decimals, found 1.123456789',
  ],
  [
    'time_zone: Mars/Phobos',
    'config/local.yml:1: time_zone must be the name of a time zone like Europe/Berlin or UTC, found "Mars/Phobos"',
  ],
  [
    'api: {cors_origins: https://a.example}',
    'config/local.yml:1: api.cors_origins must be a list of addresses like https://host, found "https://a.example"; write ["https://a.example"]',
  ],
  [
    'backup: {include: [databse]}',
    'config/local.yml:1: backup.include must be a list of words among database, config, vault, reports, found ["databse"]; did you mean database?',
  ],
  [
    'backup: {schedule: daily}',
    'config/local.yml:1: backup.schedule must be a schedule of five fields like "0 2 * * *", found "daily"',
  ],
  [
    'api: {tls: {cert_file: a.pem}}',
    'config/local.yml:1: api.tls.cert_file "a.pem": TLS is not built yet; leave it out, and put a proxy with TLS in front',
  ],
  [
    'api: {tls: {key_file: a.pem}}',
    'config/local.yml:1: api.tls.key_file "a.pem": TLS is not built yet; leave it out, and put a proxy with TLS in front',
  ],
  [
    'api: {jwt_secret: short}',
    'config/local.yml:1: api.jwt_secret must be a secret of at least 32 bytes, found a value that is not shown',
  ],
  [
    'logging: {level: "${NO_SUCH}"}',
    'config/local.yml:1: logging.level names the variable NO_SUCH, which is not set; set it in the environment or in .env, or write ${NO_SUCH:-default}',
  ],
  [
    'logging: {level: "${NO_SUCH"}',
    'config/local.yml:1: logging.level must be a text with variables written ${NAME} or ${NAME:-default}, found a ${ without its variable',
  ],
  [
    'api: {port: 1}\napi: {port: 2}',
    'config/local.yml:2: api stands twice in this file, first in line 1; keep one',
  ],
  [
    'store: {kind: postgres}',
    'config/local.yml:1: store.kind "postgres": the PostgreSQL store is not built yet; use sqlite',
  ],
  [
    'jobs: {kind: postgres}',
    'config/local.yml:1: jobs.kind "postgres": jobs in PostgreSQL are not built yet; use embedded',
  ],
  [
    'redis: {url: "redis://h:1"}',
    'config/local.yml:1: redis.url: the Redis cache is not built yet; leave it out',
  ],
  [
    'alerting: {mode: alertmanager}',
    'config/local.yml:1: alerting.mode "alertmanager": alerts by Alertmanager are not built yet; use builtin',
  ],
  [
    'notifications: {slack: {enabled: true}}',
    'config/local.yml:1: notifications.slack.enabled true: notifications by slack are not built yet; set enabled to false',
  ],
]

test('each bad line of a file gets its sentence, and only this one', () => {
  for (const [yaml, sentence] of BAD_LINES) {
    assert.deepEqual(sentences(load({ 'config/local.yml': `${yaml}\n` })), [sentence], yaml)
  }
})

const BAD_VARIABLES: readonly (readonly [name: string, value: string, sentence: string])[] = [
  [
    'PERPFLEET_API_PROT',
    '1',
    'environment: PERPFLEET_API_PROT names no key of the configuration; did you mean PERPFLEET_API_PORT?',
  ],
  [
    'PERPFLEET_HOMES',
    '1',
    'environment: PERPFLEET_HOMES names no key of the configuration; did you mean PERPFLEET_HOME?',
  ],
  [
    'PERPFLEET_SOMETHING_ELSE_ENTIRELY',
    '1',
    'environment: PERPFLEET_SOMETHING_ELSE_ENTIRELY names no key of the configuration',
  ],
  [
    'PERPFLEET_EXCHANGES_0_PROXI',
    '1',
    'environment: PERPFLEET_EXCHANGES_0_PROXI names no key of the configuration; did you mean PERPFLEET_EXCHANGES_0_PROXY?',
  ],
  [
    'PERPFLEET_API_PORT',
    'x',
    'environment: PERPFLEET_API_PORT (api.port) must be a whole number between 1 and 65535, found "x"',
  ],
  [
    'PERPFLEET_TRADING_MAX_DAILY_LOSS',
    '5',
    'environment: PERPFLEET_TRADING_MAX_DAILY_LOSS (trading.max_daily_loss) must be a share above 0 and at most 1, found "5"; for 5 percent write 0.05',
  ],
  [
    'PERPFLEET_ENV',
    'prod',
    'environment: PERPFLEET_ENV must be one of development, production, test, found "prod"',
  ],
  [
    'PERPFLEET_ENV',
    'prodution',
    'environment: PERPFLEET_ENV must be one of development, production, test, found "prodution"; did you mean production?',
  ],
  [
    'PERPFLEET_ENV',
    'production',
    'configuration: api.jwt_secret is missing; production needs a secret of at least 32 bytes, e.g. PERPFLEET_API_JWT_SECRET in .env',
  ],
  ['PERPFLEET_CONFIG', 'gone.yml', 'gone.yml: the file cannot be read: it does not exist'],
]

test('each bad variable gets its sentence', () => {
  for (const [name, value, sentence] of BAD_VARIABLES) {
    assert.deepEqual(sentences(load({}, { [name]: value })), [sentence], name)
  }
})

test('syntax faults name their line; .env lines are never shown', () => {
  const cases: [Record<string, string>, string][] = [
    [
      { 'config/local.yml': 'api:\n  port: [1\n' },
      'config/local.yml:3: this is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      { 'more.json': '{\n "api": {"port": NaN}\n}' },
      'more.json:2: api.port must be a number, a text in double quotes, true, false or null, found NaN',
    ],
    [
      { 'more.json': '{\n "api": {\n "port": 1\n "host": "a"}\n}' },
      'more.json:4: this is no valid JSON: a comma is expected between two entries, found "\\"host\\""',
    ],
    [
      { '.env': 'A=1\nsecret\n' },
      '.env:2: a line must be NAME=value, with both quotes where the value is quoted',
    ],
    [
      { '.env': 'A="secret\n' },
      '.env:1: a line must be NAME=value, with both quotes where the value is quoted',
    ],
    [
      { '.env!': 'A=1\n' },
      '.env: the file holds secrets but can be read by others (mode 644); run chmod 600 .env',
    ],
    [
      { 'config/local.yml!': `api: {jwt_secret: ${'s'.repeat(32)}}\n` },
      'config/local.yml: the file holds secrets but can be read by others (mode 644); run chmod 600 config/local.yml',
    ],
  ]
  for (const [files, sentence] of cases) {
    const environment: Record<string, string> =
      'more.json' in files ? { PERPFLEET_CONFIG: 'more.json' } : {}
    assert.deepEqual(sentences(load(files, environment)), [sentence])
  }
})

test('all faults of all layers are told at once and the rest keeps its value', () => {
  const loaded = load(
    {
      'config/base.yml': 'api: {port: 0, workers: 2}\n',
      'config/development.yml': 'logging:\n  level: loud\n',
      'config/local.yml': 'api:\n  port: 9\n  hots: x\n',
      '.env': 'PERPFLEET_API_WORKERS=many\n',
    },
    { PERPFLEET_API_PROT: '1' },
  )
  assert.deepEqual(
    loaded.faults.map(({ file, line, key }) => `${file}:${line} ${key}`),
    [
      'config/base.yml:1 api.port',
      'config/development.yml:2 logging.level',
      'config/local.yml:3 api.hots',
      '.env:1 api.workers',
      'environment:0 PERPFLEET_API_PROT',
    ],
  )
  assert.equal(loaded.configuration.api.port, 9)
  assert.equal(loaded.configuration.api.workers, 2)
  assert.equal(loaded.configuration.logging.level, 'info')
})

test('a fault carries found, allowed and suggestion apart from its sentence', () => {
  const [fault] = load({ 'config/local.yml': 'trading:\n  on_breach: hlat\n' }).faults
  assert.deepEqual(fault, {
    file: 'config/local.yml',
    line: 2,
    code: 'wrong_value',
    key: 'trading.on_breach',
    found: '"hlat"',
    allowed: 'one of reduce_only, halt, flatten',
    suggestion: 'halt',
    text: 'config/local.yml:2: trading.on_breach must be one of reduce_only, halt, flatten, found "hlat"; did you mean halt?',
  })
})

test('a receiver that no level names, and critical alerts that reach nobody, are warned of', () => {
  const of = (routes: string) =>
    load({
      'config/local.yml': `notifications: {webhook: {enabled: true, url: "http://a:1"}${routes}}\n`,
    }).warnings.map(({ text }) => text)
  const [unheard, nobody] = of('')
  assert.match(unheard ?? '', /no level names webhook, so it hears nothing; add it to critical/)
  assert.match(
    nobody ?? '',
    /critical names telegram, email, none of which is enabled: .* name webhook/,
  )
  assert.deepEqual(of(', routes: {critical: [webhook]}'), [])
})
