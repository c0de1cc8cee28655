import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { gridText, withoutArguments } from './config-edit.ts'
import { copyDemoInstances } from './demo.ts'
import { chooseFeed, FeedRefused, rememberFeed, sandboxFaults } from './feed-choice.ts'
import { lastLines, readPid, writeWhole } from './files.ts'
import { Home } from './home.ts'
import { lockOwner, releaseLock, takeLock } from './home-lock.ts'
import { chooseWebPort, NoPortError } from './web-port.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-parts-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const host = new DetachedHost({})

describe('ports of instances', () => {
  const none = new Set<number>()
  it('are the wished one, else the first free from 5001', () => {
    assert.equal(chooseWebPort(null, null, none), 5001)
    assert.equal(chooseWebPort(null, null, new Set([5001, 5002])), 5003)
    assert.equal(chooseWebPort(8600, null, none), 8600)
    assert.equal(chooseWebPort(5001, null, new Set([5001])), 5002)
  })
  it('are the next free one after a port that another program holds, up to 5999', () => {
    assert.equal(chooseWebPort(5001, 5001, none), 5002)
    assert.equal(chooseWebPort(null, 5003, new Set([5004])), 5005)
    assert.equal(chooseWebPort(null, 8600, none), 5001)
    const all = new Set(Array.from({ length: 999 }, (_, at) => 5001 + at))
    assert.throws(() => chooseWebPort(null, null, all), NoPortError)
  })
})

describe('the lock of a home', () => {
  it('is taken once and given back', () => {
    const path = join(folder, 'run-a', 'control.lock')
    assert.equal(takeLock(path, host), null)
    assert.equal(lockOwner(path, host)?.pid, process.pid)
    releaseLock(path, host)
    assert.equal(existsSync(path), false)
  })
  it('is taken over from a process that is gone or whose pid was used again', () => {
    const path = join(folder, 'run-b', 'control.lock')
    mkdirSync(join(folder, 'run-b'))
    for (const dead of ['{"pid":1,"startTime":"0","bootId":"x"}', '', 'half {']) {
      writeFileSync(path, dead)
      assert.equal(takeLock(path, host), null)
    }
    releaseLock(path, host)
    assert.deepEqual(readdirSync(join(folder, 'run-b')), [])
  })
  it('stays with a living owner', () => {
    const path = join(folder, 'run-c', 'control.lock')
    mkdirSync(join(folder, 'run-c'))
    const parent = host.identify(process.ppid)
    writeFileSync(path, JSON.stringify(parent))
    assert.equal(takeLock(path, host)?.pid, process.ppid)
    releaseLock(path, host)
    assert.equal(existsSync(path), true)
  })
})

describe('small files', () => {
  it('are never written in place: who has one open goes on reading the old text', () => {
    const path = join(folder, 'registry.json')
    writeWhole(path, 'the old text', 0o644)
    const reader = openSync(path, 'r')
    writeWhole(path, 'new', 0o644)
    assert.equal(readFileSync(reader, 'utf8'), 'the old text')
    closeSync(reader)
    assert.equal(readFileSync(path, 'utf8'), 'new')
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.new')),
      [],
    )
  })
  it('are replaced as a whole, with their mode', () => {
    const path = join(folder, 'deep', 'file.json')
    writeWhole(path, 'one', 0o600)
    writeWhole(path, 'two', 0o600)
    assert.equal(readFileSync(path, 'utf8'), 'two')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['file.json'])
  })
  it('give pids only when they are plain numbers', () => {
    const path = join(folder, 'x.pid')
    for (const [text, pid] of [
      ['123\n', 123],
      ['-1', null],
      ['0', null],
      ['12 34', null],
      ['', null],
    ] as const) {
      writeFileSync(path, text)
      assert.equal(readPid(path), pid)
    }
    assert.equal(readPid(join(folder, 'absent')), null)
  })
  it('give their last lines', () => {
    const path = join(folder, 'x.log')
    writeFileSync(path, 'a\nb\nc\n')
    assert.deepEqual(lastLines(path, 2), ['b', 'c'])
    assert.deepEqual(lastLines(path, 0), [])
    assert.deepEqual(lastLines(path, 9), ['a', 'b', 'c'])
  })
})

describe('demo instances', () => {
  it('are copied into a home without config/active/, never again', () => {
    const home = new Home(join(folder, 'home'))
    const templates = join(folder, 'templates')
    mkdirSync(templates)
    for (const name of ['demo_sol_01.json', 'demo_eth_01.json', 'other.json'])
      writeFileSync(join(templates, name), '{}')
    assert.deepEqual(copyDemoInstances(home, templates), ['demo_eth_01.json', 'demo_sol_01.json'])
    rmSync(join(home.active, 'demo_sol_01.json'))
    assert.deepEqual(copyDemoInstances(home, templates), [])
    assert.deepEqual(readdirSync(home.active), ['demo_eth_01.json'])
  })
})

describe('the feed of a home', () => {
  const asked = { feed: null, seed: null, speed: null, pace: null }
  const store = new SqliteFleetStore(join(folder, 'feed.db'))
  after(() => store.close())
  it('is the demo market at first, or what all instances name', () => {
    assert.deepEqual(chooseFeed(asked, store, [null]).choice, {
      feed: 'demo',
      seed: 7,
      speed: 60,
      pace: 'free',
    })
    assert.equal(chooseFeed(asked, store, ['replay:x', 'replay:x']).choice.feed, 'replay:x')
    assert.equal(chooseFeed(asked, store, ['replay:x', null]).choice.feed, 'demo')
    const forced = chooseFeed({ ...asked, feed: 'replay:y', speed: 5 }, store, ['demo'])
    assert.deepEqual(
      [forced.choice.feed, forced.choice.speed, forced.isForced],
      ['replay:y', 5, true],
    )
  })
  it('of live prices has speed 1 and pace free, and no other', () => {
    const live = { ...asked, feed: 'live' }
    const { choice } = chooseFeed(live, store, [])
    assert.deepEqual([choice.feed, choice.speed, choice.pace], ['live', 1, 'free'])
    assert.equal(chooseFeed(asked, store, ['live']).choice.speed, 1)
    assert.throws(() => chooseFeed({ ...live, speed: 60 }, store, []), /leave --speed 60 out/)
    const lockstep = { ...live, pace: 'lockstep' } as const
    assert.throws(() => chooseFeed(lockstep, store, []), /leave --pace lockstep out/)
  })
  it('stays that of the first start; another one is refused and names --home', () => {
    rememberFeed(store, chooseFeed({ ...asked, feed: 'replay:y', speed: 5 }, store, []))
    const again = chooseFeed(asked, store, [null])
    assert.deepEqual([again.choice.feed, again.choice.speed, again.isForced], ['replay:y', 5, true])
    assert.equal(chooseFeed({ ...asked, speed: 9 }, store, []).choice.speed, 9)
    const refused = (error: unknown) => error instanceof FeedRefused && /--home/.test(error.message)
    assert.throws(() => chooseFeed({ ...asked, feed: 'demo' }, store, []), refused)
  })
  it('of live prices has no rehearsals: the exchange would refuse to start', () => {
    const one = (id: string, mode: string) =>
      ({ id, file: `/home/config/active/${id}.json`, settings: { mode } }) as ResolvedInstance
    const all = [one('a', 'paper'), one('b', 'sandbox')]
    assert.deepEqual(
      sandboxFaults('live', all, '/home').map(({ text }) => text),
      [
        'config/active/b.json: exchange_config.mode sandbox: this home trades at live prices since its first start, and the sandbox has a market of its own; move b to another --home',
      ],
    )
    for (const feed of ['demo', 'replay:y', null])
      assert.deepEqual(sandboxFaults(feed, all, '/home'), [])
  })
})

describe('an adjusted range in a file', () => {
  const body = { grid_lower_price: '140', grid_upper_price: '170.50', grid_num: 11 }
  it('replaces values and keeps comments and the rest', () => {
    const before =
      '// mine\n{\n  "strategy_config": {\n    "grid_lower_price": 135, // low\n    "grid_num": 31\n  }\n}\n'
    const text = gridText(before, 'grid.json', body)
    assert.match(text, /^\/\/ mine\n/)
    assert.match(text, /"grid_lower_price": 140, \/\/ low/)
    assert.match(text, /"grid_upper_price": "170.50"/)
    assert.match(text, /"grid_num": 11/)
  })
  it('drops the arguments of older files that would go before it', () => {
    const args = ['--exchange', 'x', '--grid-lower', '1', '--grid-num=5', '--max-position', '3']
    const keys = ['grid_lower_price', 'grid_upper_price', 'grid_num']
    assert.deepEqual(withoutArguments(args, keys), ['--exchange', 'x', '--max-position', '3'])
    assert.deepEqual(withoutArguments(args, ['grid_lower_price']), [
      '--exchange',
      'x',
      '--grid-num=5',
      '--max-position',
      '3',
    ])
  })
  it('fixes a range that followed the price, in YAML too', () => {
    const before = '# mine\nstrategy_config:\n  auto_price: true # once\n  grid_intervals: 5\n'
    const text = gridText(before, 'grid.yml', body)
    assert.doesNotMatch(text, /grid_intervals/)
    assert.match(text, /^# mine\n/)
    assert.match(text, /auto_price: false # once/)
    assert.match(text, /grid_lower_price: 140/)
  })
})
