import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { Command } from 'commander'
import { runningView } from '../../test/support/instance-views.ts'
import { pairStatus } from '../../test/support/taken-opportunity.ts'
import type { ActionName, AdjustResult, FleetAccess } from '../client/fleet-access.ts'
import { chosenExecuted, executedRows } from '../fleet/executed-rows.ts'
import type { ExecutedFilter, ExecutedRow } from '../protocol/arbitrage-messages.ts'
import type { ActionResult, InstanceList, InstanceView } from '../protocol/fleet-messages.ts'
import type { CliContext, UpOptions } from './context.ts'
import { LogFollower } from './log-follower.ts'
import { LineSieve, levelOf } from './log-line.ts'
import { readableLine } from './log-text.ts'
import { amount, duration, tableText } from './output.ts'
import { buildProgram } from './program.ts'
import { speechIn } from './speech.ts'
import { feedText, statusText, whyText } from './status-text.ts'

const books: InstanceView['books'] = {
  base: 'SOL',
  settle: 'USDC',
  mark: '150',
  entry_price: '153',
  liquidation_price: null,
  grid_profit: '3.2',
  realised: '0',
  unrealised: '-1.5',
  funding: '0.1',
  fees: '0.2',
}

const view = (id: string, tags: string[] = []): InstanceView => runningView(id, { books, tags })

class FakeFleet implements FleetAccess {
  readonly hasControlPlane = true
  readonly done: string[] = []
  refuses: string | null = null
  /** What it refuses went away in between. */
  gone = false
  list(): Promise<InstanceList> {
    return Promise.resolve({
      items: [view('a', ['x']), view('b')],
      next_cursor: null,
      feed: null,
      faults: [],
    })
  }
  #do(word: string, id: string): Promise<ActionResult> {
    this.done.push(`${word} ${id}`)
    if (this.refuses === id) {
      const code = this.gone ? 'NOT_FOUND' : 'CONFLICT'
      return Promise.reject(Object.assign(new Error(`${id} is stopped`), { code }))
    }
    return Promise.resolve({ id, ok: true, state: null, text: word, code: null })
  }
  act(action: ActionName, id: string) {
    return this.#do(action, id)
  }
  stop(id: string, options: { orders: string; positions: string }) {
    return this.#do(`stop(${options.orders},${options.positions})`, id)
  }
  status(id: string) {
    return Promise.resolve({ id, orders: { list: [] } })
  }
  adjust(_id: string, adjustment: object): Promise<AdjustResult> {
    this.done.push(JSON.stringify(adjustment))
    return Promise.resolve({ orders_kept: 25, orders_canceled: 5, orders_placed: 5 })
  }
  table() {
    return Promise.resolve([])
  }
  executed(filter: ExecutedFilter): Promise<readonly ExecutedRow[]> {
    return Promise.resolve(chosenExecuted(executedRows('arb', pairStatus), filter))
  }
  cleanup() {
    return Promise.resolve({ rows: 2, pid_files: 1 })
  }
}

/** Whether somebody sits at a terminal. */
let hasTerminal = true

/** Runs a command line against a fake fleet. */
async function run(...words: string[]) {
  const fleet = new FakeFleet()
  let ups: UpOptions[] = []
  let stdout = ''
  let stderr = ''
  let code = -1
  const context: CliContext = {
    home: '/home',
    columns: null,
    interrupted: AbortSignal.abort(),
    print: (text) => {
      stdout += text
    },
    complain: (text) => {
      stderr += `${text}\n`
    },
    open: () => Promise.resolve(fleet),
    openStarted: () => Promise.resolve(fleet),
    up: (options) => {
      ups = [...ups, options]
      return Promise.resolve(0)
    },
    down: () => Promise.resolve(0),
    addInstance: (file) => file.replace('.json', ''),
    logPlaces: () => [{ id: 'a', folder: '/none' }],
    journal: () => ({ next: () => [] }),
    wallClock: () => ({ nowMs: 0, timeZone: 'UTC' }),
    names: () => [],
    doctor: () => Promise.resolve([]),
    validate: (file) => ({
      faults: file === 'bad' ? ['bad:1: wrong'] : [],
      warnings: [],
      instances: [],
    }),
    configFiles: () => {
      throw new Error('no files here')
    },
    init: () => [],
    previewGrid: () =>
      Promise.resolve({
        title: 'no grid',
        objections: [{ code: 'x', text: 'too narrow' }],
        grid: null,
        source: 's',
      }),
    wait: () => Promise.resolve(),
    users: () => Promise.reject(new Error('no users here')),
    notifyTest: () => Promise.reject(new Error('no receivers here')),
    keys: () => {
      throw new Error('no keys here')
    },
    scan: () => Promise.reject(new Error('no scanner here')),
    sandbox: () => Promise.reject(new Error('no sandbox here')),
    sandboxKeys: () => {
      throw new Error('no sandbox here')
    },
    askSecret: () => Promise.resolve(''),
    readLine: () => Promise.resolve(''),
    canAsk: hasTerminal,
    confirm: () => Promise.resolve(!words.includes('b')),
    direct: (action, ids) => {
      fleet.done.push(`direct ${action} ${ids?.join(' ') ?? 'all'}`)
      const known = ['a', 'b', 'stuck']
      const instances = ids?.filter((id) => known.includes(id)) ?? []
      const is_flat = instances[0] !== 'stuck'
      const row = { account: 'okx/main', instances, is_flat, orders_canceled: 2 }
      const done = { ...row, orders_left: 0, positions_left: [], trouble: null }
      const unknown = ids?.filter((id) => !known.includes(id)) ?? []
      return Promise.resolve({
        rows: ids === null || instances.length > 0 ? [done] : [],
        unknown,
        known,
      })
    },
  }
  const program = buildProgram({
    contextOf: () => context,
    exit: (given) => {
      code = given
    },
  })
  fleet.gone = words[0] === 'gone'
  if (words[0] === 'refusing' || fleet.gone) fleet.refuses = words.splice(0, 2)[1] ?? null
  const quieten = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} })
    command.commands.forEach(quieten)
  }
  quieten(program)
  await program.parseAsync(words, { from: 'user' }).catch(() => {
    code = 2
  })
  return { code, stdout, stderr, done: fleet.done, ups }
}

describe('commands on instances', () => {
  it('take ids, --all or a tag; those that change something want to be told which', async () => {
    assert.deepEqual((await run('pause', 'a')).done, ['pause a'])
    assert.deepEqual((await run('pause', '--all')).done, ['pause a', 'pause b'])
    assert.deepEqual((await run('pause', '--tag', 'x')).done, ['pause a'])
    for (const name of ['start', 'stop', 'restart', 'pause', 'resume', 'arm', 'logs']) {
      const { code, done } = await run(name)
      assert.deepEqual([name, code, done], [name, 2, []])
    }
  })
  it('list, status, close-all and kill mean all without ids', async () => {
    assert.deepEqual((await run('kill')).done, ['kill a', 'kill b'])
    const unconfirmed = await run('kill', 'b')
    assert.deepEqual([unconfirmed.code, unconfirmed.done], [4, []])
    assert.deepEqual((await run('kill', 'b', '--yes')).done, ['kill b'])
    assert.deepEqual((await run('close-all', '--yes')).done, ['close a', 'close b'])
    assert.match((await run('list')).stdout, /a .*10,012\.35 .*\nb /)
    assert.match((await run('status')).stdout, /^b$/m)
  })
  it('kill and close-all show what will happen before they ask; without a terminal they do nothing but with --yes', async () => {
    const asked = await run('kill', 'a')
    assert.match(
      asked.stderr,
      /a +running +SOL\/USDC:USDC +0\.5 +30 +-1\.50\nkill cancels these orders/,
    )
    hasTerminal = false
    for (const words of [['kill'], ['close-all', 'a'], ['kill', '--direct'], ['kill', '--json']]) {
      const { code, done, stderr } = await run(...words)
      assert.deepEqual([code, done], [4, []], words.join(' '))
      assert.match(
        stderr,
        /^nothing was done: .* without a terminal, so (kill|close-all) needs --yes$/m,
      )
    }
    assert.deepEqual((await run('kill', 'a', '--yes')).done, ['kill a'])
    hasTerminal = true
  })
  it('kill and close-all with --direct ask no fleet, and say 1 while the venue still reports something', async () => {
    assert.deepEqual((await run('kill', '--direct', '--yes')).done, ['direct kill all'])
    const one = await run('close-all', 'a', '--direct', '--yes')
    assert.deepEqual([one.code, one.done], [0, ['direct close a']])
    assert.match(one.stdout, /okx\/main \(a\): flat, the venue reports no position and no order/)
    assert.equal((await run('kill', 'stuck', '--direct', '--yes')).code, 1)
    assert.equal((await run('kill', '--direct', '--tag', 't', '--yes')).code, 2)
  })
  it('say 3 for what does not exist and 4 for what is refused, and do the rest all the same', async () => {
    assert.equal((await run('stop', 'nobody')).code, 3)
    assert.equal((await run('list', '--tag', 'nothing')).code, 3)
    const refused = await run('refusing', 'a', 'pause', '--all')
    assert.equal(refused.code, 4)
    assert.deepEqual(refused.done, ['pause a', 'pause b'])
    assert.equal((await run('gone', 'a', 'stop', 'a')).code, 3)
    assert.match(refused.stderr, /^a is stopped$/m)
  })
  it('what lowers risk is done for the known ids all the same, the unknown are told, and it ends with 3', async () => {
    for (const [name, done] of [
      ['kill', 'kill a'],
      ['close-all', 'close a'],
      ['pause', 'pause a'],
      ['disarm', 'disarm a'],
      ['stop', 'stop(cancel,keep) a'],
    ] as const) {
      const sure = name === 'kill' || name === 'close-all' ? ['--yes'] : []
      const ran = await run(name, 'a', 'nobody', 'bb', ...sure)
      assert.deepEqual([ran.code, ran.done], [3, [done]], name)
      assert.match(ran.stderr, /^there is no instance nobody here; known: a, b$/m)
      assert.match(ran.stderr, /^there is no instance bb here \(did you mean b\?\); known: a, b$/m)
      const none = await run(name, 'bb', ...sure)
      assert.deepEqual([none.code, none.done], [3, []], name)
      assert.match(none.stderr, /known: a, b; nothing was done$/m)
    }
    const told = JSON.parse((await run('kill', 'a', 'bb', '--yes', '--json')).stdout)
    assert.deepEqual(
      told.items.map(({ id, code }: ActionResult) => [id, code]),
      [
        ['a', null],
        ['bb', 'NOT_FOUND'],
      ],
    )
    assert.equal((await run('refusing', 'a', 'pause', 'a', 'bb')).code, 4)
  })
  it('what raises risk is done for all ids or for none', async () => {
    for (const name of ['start', 'resume', 'arm', 'restart']) {
      const { code, done, stderr } = await run(name, 'a', 'bb')
      assert.deepEqual([code, done], [3, []], name)
      assert.match(stderr, /instance bb here \(did you mean b\?\); known: a, b; nothing was done$/m)
    }
    for (const name of ['status', 'list', 'logs']) assert.equal((await run(name, 'bb')).code, 3)
    assert.match((await run('status', 'bb')).stderr, /did you mean b\?\); known: a, b$/m)
  })
  it('--direct does the known ids too, and tells the unknown', async () => {
    const { code, stdout, stderr } = await run('kill', 'a', 'bb', '--direct', '--yes')
    assert.equal(code, 3)
    assert.match(stdout, /okx\/main \(a\): flat/)
    assert.match(stderr, /no paper instance bb in config\/active\/ \(did you mean b\?\)/)
    const none = await run('close-all', 'bb', '--direct', '--yes')
    assert.deepEqual([none.code, none.stdout], [3, ''])
    assert.match(none.stderr, /nothing was done$/m)
    assert.equal((await run('kill', 'stuck', 'bb', '--direct', '--yes')).code, 1)
  })
  it('stop cancels orders and keeps positions unless told otherwise', async () => {
    assert.deepEqual((await run('stop', 'a')).done, ['stop(cancel,keep) a'])
    assert.deepEqual((await run('stop', 'a', '--positions', 'close')).done, [
      'stop(cancel,close) a',
    ])
    assert.equal((await run('stop', 'a', '--orders', 'keep', '--positions', 'close')).code, 2)
    assert.equal((await run('stop', 'a', '--orders', 'sell')).code, 2)
  })
  it('start copies a file first', async () => {
    assert.deepEqual((await run('start', '--config', 'new.json')).done, ['start new'])
    assert.equal((await run('start', '--instance-id', 'x')).code, 2)
  })
})

describe('status and list', () => {
  const speech = speechIn('en')
  const nowMs = Date.parse('2026-01-01T00:10:00.000Z')
  const killed = {
    state: 'killed' as const,
    since: '2026-01-01T00:00:00.000Z',
    why: 'an operator set its kill switch',
    way_out: 'it opens nothing until perpfleet arm a',
  }
  it('say of a held instance since when, why, and the way out', () => {
    const held = { ...view('a'), state: 'killed', reason: killed.why, restraint: killed } as const
    assert.equal(
      whyText(held, speech, nowMs),
      'a is killed since 2026-01-01T00:00:00Z (10m ago): an operator set its kill switch; it opens nothing until perpfleet arm a',
    )
    const text = statusText(held, speech, nowMs)
    assert.match(text, /since +2026-01-01T00:00:00Z \(10m ago\)\n +why +an operator set/)
    assert.match(text, /way out +it opens nothing until perpfleet arm a/)
    assert.equal(whyText(view('a'), speech, nowMs), null)
  })
  it('tell the position with entry and liquidation, the profit in parts, and missing orders by reason', () => {
    const missing_orders = [
      { reason: 'would_cross', text: 'the price has passed the line', count: 12 },
      { reason: 'pending', text: 'on its way', count: 1 },
    ]
    const text = statusText({ ...view('a'), missing_orders }, speech, nowMs)
    assert.match(text, /position +0\.5 SOL, entry 153, mark 150, no liquidation price/)
    assert.match(
      text,
      /PnL +realised 0\.00, unrealised -1\.50, fees 0\.20, funding 0\.10 USDC; grid profit of completed cells 3\.20/,
    )
    assert.match(
      text,
      /missing +12 orders: would_cross – the price has passed the line\n +1 order: pending/,
    )
  })
  it('tell that a replay has ended', () => {
    const feed = {
      feed: 'replay:x',
      label: 'recorded market x ×60',
      speed: 60,
      pace: 'free' as const,
    }
    const ended = {
      ...feed,
      market_time: '2025-07-25T00:00:00.000Z',
      state: 'ended',
      note: 'the replay ended',
    }
    assert.equal(
      feedText(ended, speech),
      'recorded market x ×60, market time 2025-07-25T00:00:00Z\nthe replay ended',
    )
  })
})

describe('log lines for people', () => {
  it('have words instead of JSON', () => {
    const line =
      '{"time":"2026-11-21T05:47:56.539Z","level":"info","module":"orders","msg":"sold 2 SOL at 127.383","bot":"a","market_time":"2025-03-14T13:47:26.433Z","isMaker":true,"error":{"name":"E","message":"no room"}}'
    assert.equal(
      readableLine(line),
      '2026-11-21 05:47:56Z INFO  orders: sold 2 SOL at 127.383 (market time 2025-03-14 13:47:26Z, is maker yes, error no room)',
    )
    for (const other of ['    at x (y)', '{"half', '{"a":1}', '2026-01-01T00:00:00Z INFO [x] y'])
      assert.equal(readableLine(other), other)
  })
})

describe('other commands', () => {
  it('up passes what was given and refuses what is out of range', async () => {
    const { ups } = await run(
      'up',
      '--detach',
      '--speed',
      '600',
      '--pace',
      'lockstep',
      '--port',
      '0',
    )
    assert.deepEqual(ups[0], {
      port: 0,
      feed: null,
      speed: 600,
      seed: null,
      pace: 'lockstep',
      isDetached: true,
    })
    for (const bad of [
      ['--port', '70000'],
      ['--speed', '0'],
      ['--seed', '1.5'],
      ['--pace', 'fast'],
      ['--speed', '1e3'],
    ]) {
      assert.equal((await run('up', ...bad)).code, 2, bad.join(' '))
    }
  })
  it('grid adjust sends decimals as they were written and tells the difference', async () => {
    const words = 'grid adjust a --lower 140.10 --upper 170 --dry-run'
    const { done, stdout } = await run(...words.split(' '))
    assert.deepEqual(done, [
      '{"grid_lower_price":"140.10","grid_upper_price":"170","dry_run":true}',
    ])
    assert.match(stdout, /25 orders stay, 5 would be cancelled, 5 would be placed/)
    assert.equal((await run('grid', 'adjust', 'a', '--lower', '-1', '--upper', '2')).code, 2)
  })
  it('config validate and grid preview fail with their sentences', async () => {
    const bad = await run('config', 'validate', 'bad')
    assert.deepEqual([bad.code, bad.stderr], [1, 'bad:1: wrong\n'])
    assert.equal((await run('config', 'validate')).code, 0)
    const preview = await run('grid', 'preview', 'a')
    assert.deepEqual([preview.code, preview.stderr], [4, 'too narrow\n'])
  })
  it('trades --opportunities lists what pairs came to, a return for a year only where it was held for a day', async () => {
    const { stdout, code } = await run('trades', '--opportunities')
    assert.equal(code, 0)
    assert.match(stdout, /^arb +2 .* 30s +profit +short .* 10\.09 USDT .* 0\.84 % +– +converged/m)
    assert.match(stdout, /^arb +1 .* 306\.60 % +converged/m)
    const { items } = JSON.parse((await run('trades', '--opportunities', '--json')).stdout)
    assert.equal(items.length, 3)
    assert.equal((await run('fills', '--opportunities')).code, 2)
  })
  it('tables take an id as status and logs do, beside --instance', async () => {
    assert.match((await run('trades', 'arb', '--opportunities')).stdout, /^arb +2 /m)
    assert.doesNotMatch((await run('trades', 'b', '--opportunities')).stdout, /^arb/m)
    const two = await run('trades', 'arb', '--instance', 'b')
    assert.deepEqual([two.code, two.stderr], [2, 'name one instance: arb or --instance b\n'])
  })
  it('print JSON that parses', async () => {
    for (const words of [
      ['list'],
      ['status'],
      ['stop', 'a'],
      ['orders'],
      ['grid', 'show', 'a'],
      ['logs', 'a'],
      ['config', 'validate'],
    ]) {
      const { stdout } = await run(...words, '--json')
      assert.doesNotThrow(() => JSON.parse(stdout), words.join(' '))
    }
  })
})

describe('numbers for people', () => {
  it('have two decimals, thousands and two units of time', () => {
    assert.equal(amount('1234.5'), '1,234.50')
    assert.equal(amount(null), null)
    assert.deepEqual([0, 59, 61, 3600, 90_061].map(duration), ['0s', '59s', '1m 1s', '1h', '1d 1h'])
  })
  it('stand in aligned columns without trailing blanks', () => {
    assert.equal(
      tableText('name|count', [
        ['a', 5],
        ['long', 12_345],
        ['c', null],
      ]),
      'name  count\na         5\nlong  12345\nc         –\n',
    )
    assert.equal(tableText('实例|n', [['長いid', 1]]), '实例    n\n長いid  1\n')
  })
  it('take no longer for each row of thousands than for one of few', { timeout: 20_000 }, () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => [`instance_${at}`, at, null])
    const lines = tableText('id|n|x', rows).split('\n')
    assert.deepEqual([lines.length, lines[20_000]], [20_002, 'instance_19999  19999  –'])
  })
})

describe('the log of an instance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const all = { level: null, pattern: null, since: null, until: null }
  const file = (day: string) => join(folder, day, 'bot.log')
  const write = (day: string, text: string) => {
    mkdirSync(join(folder, day), { recursive: true })
    appendFileSync(file(day), text)
  }

  it('gives the last lines over days, then what is added, then the next day', () => {
    write('2026-01-01', 'one\ntwo\n')
    write('2026-01-02', 'three\nhalf')
    const follower = new LogFollower(folder, 'bot')
    assert.deepEqual(follower.last(3, all), ['two', 'three', 'half'])
    assert.deepEqual(follower.more(all), [])
    write('2026-01-02', ' a line\nfour')
    assert.deepEqual(follower.more(all), ['half a line'])
    write('2026-01-02', '\n')
    write('2026-01-03', 'five\n')
    assert.deepEqual(follower.more(all), ['four', 'five'])
    writeFileSync(file('2026-01-03'), 'six\n')
    assert.deepEqual(follower.more(all), ['six'])
  })
  it('knows levels in both formats', () => {
    const json = '{"time":"t","level":"error","module":"m","msg":"\\"level\\":\\"info\\""}'
    assert.equal(levelOf(json), 'error')
    assert.equal(levelOf('2026-01-01T00:00:00.000Z WARN [orders] text'), 'warn')
    assert.equal(levelOf('    at Object.<anonymous>'), null)
    assert.equal(new LineSieve({ ...all, level: 'warn' }).takes(json), true)
    assert.equal(new LineSieve({ ...all, pattern: /nothing/ }).takes(json), false)
  })
})
