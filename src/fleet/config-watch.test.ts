import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import type { Clock } from '../ports/clock.ts'
import { ConfigWatch, type WatchedConfiguration } from './config-watch.ts'
import { Home } from './home.ts'

const template = readFileSync(
  join(import.meta.dirname, '..', '..', 'config', 'templates', 'demo_sol_01.json'),
  'utf8',
)
const homes: string[] = []
after(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

/** A home that is looked at four times a second of a clock that stands between. */
class WatchedHome {
  readonly root = mkdtempSync(join(tmpdir(), 'config-watch-'))
  readonly active = join(this.root, 'config', 'active')
  #now = 0
  readonly #clock: Clock = {
    monotonicMs: () => this.#now,
    wallMs: () => this.#now,
    after: () => () => {},
    every: () => () => {},
  }
  readonly watch: ConfigWatch

  constructor(files: Readonly<Record<string, string>> = {}) {
    homes.push(this.root)
    mkdirSync(this.active, { recursive: true })
    for (const [name, text] of Object.entries(files)) this.write(name, text)
    const home = this.root
    const loadFleet = () =>
      loadFleetConfiguration({ home, environment: {}, systemFile: join(home, 'none') })
    this.watch = new ConfigWatch(
      { home: new Home(home), clock: this.#clock, loadFleet },
      loadFleet(),
    )
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.active, name), text)
  }

  /** What is taken within so many ms, with the time that it took. */
  within(ms: number): { readonly taken: WatchedConfiguration | null; readonly ms: number } {
    for (const end = this.#now + ms, begin = this.#now; this.#now < end; ) {
      this.#now += 250
      const taken = this.watch.poll()
      if (taken !== null) return { taken, ms: this.#now - begin }
    }
    return { taken: null, ms }
  }
}

const sol = (change: (text: string) => string = (text) => text) => change(template)
const ids = (configured: WatchedConfiguration | null) => configured?.instances.map(({ id }) => id)
const upper = (configured: WatchedConfiguration | null) =>
  configured?.instances[0]?.parameters['grid_upper_price']

describe('watched configuration', () => {
  it('is read at once at the start and then when a file changes, within a second', () => {
    const home = new WatchedHome({ 'sol.json': sol() })
    assert.deepEqual(ids(home.watch.read()), ['demo_sol_01'])
    assert.equal(home.within(2000).taken, null)
    home.write(
      'sol.json',
      sol((text) => text.replace('160', '165')),
    )
    const { taken, ms } = home.within(1000)
    assert.equal(upper(taken), '165')
    assert.ok(ms <= 500)
    assert.equal(home.within(2000).taken, null)
  })

  it('never takes a file between two steps of a writer', () => {
    const home = new WatchedHome({ 'sol.json': sol() })
    home.watch.read()
    const text = sol((all) => all.replace('160', '170'))
    home.write('sol.json', '')
    assert.equal(home.within(250).taken, null)
    home.write('sol.json', text.slice(0, 700))
    assert.equal(home.within(500).taken, null)
    appendFileSync(join(home.active, 'sol.json'), text.slice(700))
    const { taken } = home.within(1000)
    assert.deepEqual([taken?.faults, upper(taken)], [[], '170'])
  })

  it('takes no half of a YAML file for a whole one', () => {
    const yaml =
      'metadata:\n  exchange: okx\n  symbol: SOL_USDC_PERP\n  strategy: perp_grid\nstrategy_config:\n  grid_lower_price: 140\n  grid_upper_price: 160\n  grid_num: 21\n  max_position: 10\n'
    const home = new WatchedHome({ 'sol.yml': yaml })
    home.watch.read()
    home.write('sol.yml', `${yaml}  stop_price: 12`)
    assert.equal(home.within(250).taken, null)
    appendFileSync(join(home.active, 'sol.yml'), '0\n')
    assert.equal(home.within(1000).taken?.instances[0]?.parameters['stop_price'], '120')
  })

  it('is not disturbed by an editor that takes the file away before it writes it anew', () => {
    const home = new WatchedHome({ 'sol.json': sol() })
    home.watch.read()
    const path = join(home.active, 'sol.json')
    renameSync(path, `${path}~`)
    assert.equal(home.within(250).taken, null)
    home.write(
      'sol.json',
      sol((text) => text.replace('160', '155')),
    )
    assert.equal(upper(home.within(1000).taken), '155')
  })

  it('tells a fault within a second, and a file that is gone', () => {
    const home = new WatchedHome({ 'sol.json': sol() })
    home.watch.read()
    home.write(
      'sol.json',
      sol((text) => text.replace('grid_num', 'grid_nun')),
    )
    const { taken, ms } = home.within(1000)
    assert.match(taken?.faults[0] ?? '', /grid_nun is not a known key; did you mean grid_num\?/)
    const file = taken?.files.get(join(home.active, 'sol.json'))
    assert.deepEqual([file?.loaded.instance, file?.faults.length, ms <= 1000], [null, 1, true])
    rmSync(join(home.active, 'sol.json'))
    assert.deepEqual(ids(home.within(1000).taken), [])
  })

  it('keeps what it knows when the whole folder is gone', () => {
    const home = new WatchedHome({ 'sol.json': sol() })
    home.watch.read()
    renameSync(home.active, `${home.active}-away`)
    const { taken } = home.within(1000)
    assert.deepEqual(ids(taken), ['demo_sol_01'])
    assert.match(taken?.faults[0] ?? '', /the folder is gone/)
    renameSync(`${home.active}-away`, home.active)
    assert.deepEqual(home.within(1000).taken?.faults, [])
  })

  it('reads instances anew when the fleet’s configuration changes, and keeps it when that is faulty', () => {
    const home = new WatchedHome({ 'sol.json': sol() })
    home.watch.read()
    const local = join(home.root, 'config', 'local.yml')
    const loss = (configured: WatchedConfiguration | null) =>
      configured?.instances[0]?.settings.limits.dailyLossMax
    const before = loss(home.watch.read())
    writeFileSync(local, 'trading:\n  max_daily_loss: 0.01\n')
    const { taken, ms } = home.within(1500)
    assert.equal((before ?? 0) / (loss(taken) ?? 1), 5)
    assert.ok(ms <= 1000)
    writeFileSync(local, 'trading:\n  max_daily_loss: 5\n')
    const faulty = home.within(1500).taken
    assert.match(faulty?.faults[0] ?? '', /for 5 percent write 0.05/)
    assert.equal(loss(faulty), loss(taken))
    rmSync(local)
    assert.deepEqual(home.within(1500).taken?.faults, [])
  })

  it('reads the environment of .env again, and refuses it while others can read it', () => {
    const home = new WatchedHome({
      'sol.json': sol((text) => text.replace('160,', '"${UPPER:-160}",')),
    })
    home.watch.read()
    const path = join(home.root, '.env')
    writeFileSync(path, 'UPPER=162\n', { mode: 0o644 })
    assert.match(home.within(1500).taken?.faults[0] ?? '', /chmod 600 \.env/)
    chmodSync(path, 0o600)
    assert.equal(upper(home.within(1500).taken), '162')
  })

  it('looks after 5,000 files of which some change', () => {
    const files = Array.from({ length: 5000 }, (_, at): [string, string] => {
      const text = sol((all) => all.replaceAll('demo_sol_01', `many_${at}`))
      return [`many_${at}.json`, text]
    })
    const home = new WatchedHome(Object.fromEntries(files))
    const began = performance.now()
    assert.equal(home.watch.read().instances.length, 5000)
    const reading = performance.now() - began
    for (let at = 0; at < 50; at += 1) {
      const text = files[at * 100]?.[1] ?? ''
      home.write(`many_${at * 100}.json`, at % 2 ? '{' : text.replace('price": 160', 'price": 161'))
    }
    rmSync(join(home.active, 'many_7.json'))
    const looking = performance.now()
    let last: WatchedConfiguration | null = null
    for (let looks = 0; looks < 4; looks += 1) last = home.within(1000).taken ?? last
    const perLook = (performance.now() - looking) / 16
    assert.deepEqual([last?.instances.length, last?.faults.length], [4974, 25])
    const moved = last?.instances.filter((one) => one.parameters['grid_upper_price'] === '161')
    assert.equal(moved?.length, 25)
    assert.ok(perLook < 500, `${reading.toFixed(0)} ms at first, ${perLook.toFixed(0)} ms a look`)
  })
})
