import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstanceFile, loadInstances } from '../config/instances.ts'
import { ConfigFiles, initHome } from './config-files.ts'
import { resolvedDifferences } from './config-import.ts'
import { Home } from './home.ts'

const root = join(import.meta.dirname, '..', '..')
const homes: string[] = []
after(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

const loadFleet = (home: Home) =>
  loadFleetConfiguration({
    home: home.root,
    environment: {},
    systemFile: join(home.root, 'none'),
  })

function makeHome() {
  const home = new Home(mkdtempSync(join(tmpdir(), 'config-files-')))
  homes.push(home.root)
  mkdirSync(home.active, { recursive: true })
  mkdirSync(home.database)
  const store = new SqliteConfigStore(home.fleetDatabase)
  let now = Date.UTC(2026, 0, 1)
  const files = new ConfigFiles({
    home,
    templates: join(root, 'config', 'templates'),
    store,
    author: 'ann',
    loadFleet: () => loadFleet(home),
    wallMs: () => (now += 1000),
  })
  const path = (name: string) => join(home.active, name)
  const { configuration } = loadFleet(home)
  const resolved = (file: string) => {
    const { instance, faults } = loadInstanceFile(file, configuration, { environment: {} })
    assert.deepEqual(
      faults.map(({ text }) => text),
      [],
    )
    assert.ok(instance)
    return instance
  }
  return { home, files, store, path, resolved }
}

const withCode = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === code && text.test(error.message)

describe('configuration commands', () => {
  it('make an instance of a template, with comments, under its own id', () => {
    const { files, path, resolved } = makeHome()
    const written = files.create('demo_sol_01', 'mine')
    const file = 'config/active/mine.json'
    const told = { autostart: true, same_contract: [], own_account: null }
    assert.deepEqual(written, { id: 'mine', file, version: 1, ...told })
    assert.deepEqual(files.create('grid_long', 'third').same_contract, [])
    assert.equal(files.effective('third').isAutostart, false)
    const text = readFileSync(path('mine.json'), 'utf8')
    assert.match(text, /^\/\/ A neutral grid on SOL/)
    assert.match(text, /lines, one more than intervals/)
    const instance = resolved(path('mine.json'))
    assert.deepEqual([instance.id, instance.name, instance.webPort], ['mine', 'mine', null])
    assert.throws(() => files.create('demo_sol_01', 'mine'), withCode('CONFLICT', /exists already/))
    assert.throws(() => files.create('demo_sol', 'x'), withCode('NOT_FOUND', /demo_sol_01/))
    assert.throws(() => files.create('demo_sol_01', 'all'), withCode('FAULTY', /reserved/))
    assert.deepEqual(readdirSync(join(path('.'))), ['mine.json', 'third.json'])
  })

  it('give a new instance a paper account of its own where its contract is taken, so that both can trade', () => {
    const { home, files, path, resolved } = makeHome()
    initHome(home, root, true)
    for (const template of ['grid_neutral', 'grid_long', 'demo_sol_01', 'demo_eth_01']) {
      const id = `${template}_2`
      const { own_account: account, same_contract: same } = files.create(template, id)
      assert.deepEqual([account, same], [id, []], template)
      assert.equal(resolved(path(`${id}.json`)).settings.account, id)
    }
    const { instances, warnings } = loadInstances(home.active, loadFleet(home).configuration)
    assert.deepEqual([instances.length, warnings], [6, []])
    // What was one instance before is never made another one.
    const older = join(home.root, 'older.json')
    writeFileSync(older, readFileSync(path('demo_sol_01.json'), 'utf8'))
    const imported = files.import(older, 'older')
    assert.deepEqual([imported.same_contract, imported.own_account], [['demo_sol_01'], null])
  })

  it('tell of an id without a file what was meant, or how its last one comes back', () => {
    const { files } = makeHome()
    files.create('demo_sol_01', 'mine')
    for (const run of [
      () => files.rollback('mien', 3),
      () => files.difference('mien', 1, null),
      () => files.show('mien', null),
      () => files.history('mien'),
      () => files.archive('mien'),
    ])
      assert.throws(run, withCode('NOT_FOUND', /no file of mien .*mean mine\?\); known: mine$/))
    assert.throws(() => files.rollback('mine', 9), withCode('NOT_FOUND', /version 9; known: 1$/))
    files.archive('mine')
    assert.throws(
      () => files.archive('mine'),
      withCode('NOT_FOUND', /config\/active\/: perpfleet config rollback mine 1 brings/),
    )
    assert.equal(files.rollback('mine', 1).file, 'config/active/mine.json')
  })

  it('keep versions, compare them and bring one back; secrets are never shown', () => {
    const { files, path, store } = makeHome()
    files.create('demo_sol_01', 'mine')
    const first = readFileSync(path('mine.json'), 'utf8')
    const second = first
      .replace('160,', '165,')
      .replace('"mode": "paper",', '"mode": "paper", "api_key": "s3cret-key",')
    writeFileSync(path('mine.json'), second)
    assert.equal(files.show('mine', null).content.includes('s3cret-key'), false)
    const difference = files.difference('mine', 1, null)
    assert.deepEqual(
      difference.filter((line) => /^[-+] .*price/.test(line)),
      ['-    "grid_upper_price": 160,', '+    "grid_upper_price": 165,'],
    )
    assert.ok(difference.includes('# exchange_config.api_key differs; secrets are not shown'))
    assert.equal(difference.join('\n').includes('s3cret'), false)
    store.add({
      instance: 'mine',
      at: 1,
      author: 'bob',
      origin: 'edited',
      file: 'config/active/mine.json',
      content: second,
    })
    assert.equal(files.rollback('mine', 1).version, 3)
    assert.equal(readFileSync(path('mine.json'), 'utf8'), first)
    assert.deepEqual(
      files.history('mine').map(({ author, origin }) => `${author} ${origin}`),
      ['ann new', 'bob edited', 'ann rollback'],
    )
    assert.deepEqual(files.difference('mine', 1, 3), [])
    assert.throws(() => files.rollback('mine', 9), withCode('NOT_FOUND', /known: 1 to 3/))
    assert.throws(() => files.history('nobody'), withCode('NOT_FOUND', /no file of nobody/))
  })

  it('refuse a version that is faulty today and leave no trace of the attempt', () => {
    const { files, path, store } = makeHome()
    files.create('demo_sol_01', 'mine')
    const entry = { instance: 'mine', at: 1, author: 'x', file: 'config/active/mine.json' } as const
    store.add({ ...entry, origin: 'edited', content: '{"metadata": {}}' })
    const before = readFileSync(path('mine.json'), 'utf8')
    assert.throws(() => files.rollback('mine', 2), withCode('FAULTY', /is missing/))
    assert.equal(readFileSync(path('mine.json'), 'utf8'), before)
    assert.equal(files.history('mine').length, 2)
  })

  it('archive a file, twice under one name, and bring it back', () => {
    const { files, home, path } = makeHome()
    files.create('demo_sol_01', 'mine')
    assert.equal(files.archive('mine'), 'config/archived/mine.json')
    assert.equal(existsSync(path('mine.json')), false)
    assert.equal(files.rollback('mine', 1).file, 'config/active/mine.json')
    assert.match(files.archive('mine'), /^config\/archived\/mine\.\d{8}T\d{6}\.json$/)
    assert.equal(readdirSync(join(home.root, 'config', 'archived')).length, 2)
  })

  it('show what holds, with variables of the process hidden', () => {
    const { files, path } = makeHome()
    files.create('demo_sol_01', 'mine')
    const text = readFileSync(path('mine.json'), 'utf8')
    const daemon = '"daemon_config": {"environment": {"A": "hidden"}},\n  "exchange_config"'
    writeFileSync(
      path('mine.json'),
      text.replace('"exchange_config"', daemon).replace(/"daemon_config": \{\s*\},/, ''),
    )
    const effective = files.effective('mine')
    assert.equal(effective.memoryLimitMb, 256)
    assert.deepEqual(effective.environment, { A: '***' })
    assert.match(files.show('fleet', null).content, /^api\.port: 8080$/m)
  })
})

/** Older forms: arguments in both spellings, ignored keys, comments, YAML, a symbol in ccxt's spelling. */
const older: Readonly<Record<string, string>> = {
  'args.json': `// my first grid
{
  "metadata": { "name": "Old", "exchange": "backpack", "symbol": "SOL_USDC_PERP", "strategy": "perp_grid" },
  "daemon_config": {
    "python_path": ".venv/bin/python3", /* gone soon */
    "bot_args": ["--grid-lower=140", "--grid-upper", "160.50", "--grid-num", "20", "--max-position", "10"],
    "working_dir": ".", // last
  },
  "exchange_config": { "api_key": "\${KEY}", "secret_key": "\${SECRET}" },
  "strategy_config": { "grid_lower_price": 130, // overridden
    "boundary_action": "emergency_close" }
}
`,
  'bare.json': `{"metadata": {"instance_id": "bare_1"}, "daemon_config": {"bot_args": ["--exchange", "aster",
    "--symbol", "ETH_USDT_PERP", "--strategy", "perp_grid", "--grid-lower", "2800", "--grid-upper", "3200",
    "--grid-num", "15", "--max-position", "5", "--duration", "86400", "--interval", "60"], "script_path": "run.py"}}`,
  'plain.yml':
    '# yaml\nmetadata:\n  exchange: okx\n  symbol: SOL/USDC:USDC # ccxt\n  strategy: perp_grid\ndaemon_config:\n  script_path: run.py\n  bot_args: [--grid-num, "21"]\nstrategy_config:\n  grid_lower_price: 140\n  grid_upper_price: 160\n  max_position: 2\n',
}

describe('older files', () => {
  const data = process.env['MARKET_DATA']
  const folder = data === undefined ? '' : join(data, 'instances')
  const shipped = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')])
    : []

  for (const [name, text] of [...Object.entries(older), ...shipped]) {
    it(`${name} is taken over as the same instance, in today's form`, () => {
      const { home, files, resolved } = makeHome()
      const source = join(home.root, name)
      writeFileSync(source, text)
      const before = resolved(source)
      const { file, id } = files.import(source, null)
      const target = join(home.root, file)
      assert.deepEqual(resolvedDifferences(before, resolved(target)), [])
      const modern = readFileSync(target, 'utf8')
      assert.doesNotMatch(modern, /bot_args|python_path|script_path|working_dir/)
      for (const comment of text.match(/(\/\/|\/\*|#) ?[a-z][^\n*]*/g) ?? [])
        assert.ok(modern.includes(comment), comment)
      assert.equal(id, before.id)
      assert.equal(readFileSync(source, 'utf8'), text)
    })
  }

  it('with faults are refused with every sentence; secrets in plain text make a file for its owner alone', () => {
    const { home, files } = makeHome()
    const source = join(home.root, 'bad.json')
    const good = older['args.json'] ?? ''
    writeFileSync(
      source,
      good.replace('--grid-num', '--grid-nun').replace('perp_grid', 'perp_gird'),
    )
    assert.throws(
      () => files.import(source, null),
      withCode('FAULTY', /--grid-num\?[\s\S]*perp_grid\?/),
    )
    assert.deepEqual(readdirSync(home.active), [])
    writeFileSync(source, good.replace('${KEY}', 'plain-key'))
    const { file } = files.import(source, 'other')
    assert.equal(basename(file), 'other.json')
    assert.equal(statSync(join(home.root, file)).mode & 0o777, 0o600)
    assert.throws(
      () => files.import(join(home.root, 'none'), null),
      withCode('NOT_FOUND', /no file/),
    )
  })

  it('show what holds without the credentials, of every leg', () => {
    const { files, path } = makeHome()
    files.create('demo_sol_01', 'mine')
    const text = readFileSync(path('mine.json'), 'utf8')
    const access = `"mode": "testnet", "capital": 50000, "accept_unverified": true, "private_key": "hidden-key",
      "wallet_address": "0xhidden", "proxy": "http://user:hidden@host:1",`
    const changed = text
      .replace('"mode": "paper",', access)
      .replace(/"exchange": "\w+"/, '"exchange": "hyperliquid"')
    writeFileSync(path('mine.json'), changed)
    const effective = files.effective('mine')
    const credential = { kind: 'given', values: { wallet_address: '***', private_key: '***' } }
    assert.deepEqual(effective.access?.credential, credential)
    assert.equal(effective.access?.proxy, 'http://***@host:1')
    assert.doesNotMatch(JSON.stringify(effective), /hidden/)
  })
})

it('a home is made once and never overwritten', () => {
  const home = new Home(join(mkdtempSync(join(tmpdir(), 'config-init-')), 'new'))
  homes.push(home.root)
  const made = initHome(home, root, false)
  assert.ok(made.includes('config/local.yml') && made.includes('.env'))
  assert.equal(statSync(join(home.root, '.env')).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(home.active), [])
  writeFileSync(join(home.root, 'config', 'local.yml'), 'mine')
  assert.deepEqual(initHome(home, root, true), [
    'config/active/demo_eth_01.json',
    'config/active/demo_sol_01.json',
  ])
  assert.equal(readFileSync(join(home.root, 'config', 'local.yml'), 'utf8'), 'mine')
  const loaded = loadFleetConfiguration({ home: initHomeAgain().root, environment: {} })
  assert.deepEqual(loaded.faults, [])
})

function initHomeAgain(): Home {
  const home = new Home(mkdtempSync(join(tmpdir(), 'config-init-')))
  homes.push(home.root)
  initHome(home, root, false)
  return home
}
