// What the fleet page says and offers, without a browser.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import i18next from 'i18next'
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { type ActionName, actionNames, buttonSays, refusalOf, wayOutOf } from './actions.ts'
import { consequencesOf, type StopChoice } from './consequences.ts'
import { type Choice, chosen, contractName, everything, fleetFigures, negated } from './figures.ts'
import { byFile, readLogLine } from './server-lines.ts'

const books = {
  base: 'SOL',
  settle: 'USDC',
  mark: '150',
  entry_price: '152.5',
  liquidation_price: null,
  grid_profit: '4.2',
  realised: '5',
  unrealised: '-3.21',
  funding: '-0.5',
  fees: '1.25',
}

const sol: InstanceView = {
  id: 'sol',
  name: 'SOL grid',
  state: 'running',
  desired: 'running',
  reason: null,
  pid: 7,
  port: 5001,
  venue: 'backpack',
  symbol: 'SOL/USDC:USDC',
  mode: 'paper',
  strategy: 'perp_grid',
  equity: '10000.04',
  pnl: '0.04',
  pnl_today: '-1.5',
  position: '1.2',
  fills: 12,
  orders: 78,
  orders_wanted: 80,
  orders_missing_reason: 'the price has passed this line',
  missing_orders: [{ reason: 'would_cross', text: 'the price has passed this line', count: 2 }],
  books,
  restraint: null,
  restarts: 1,
  memory_mb: 60,
  cpu_percent: 0.3,
  uptime_s: 60,
  config_file: 'config/active/sol.json',
  started_at: null,
  node: 'here',
  tags: ['calm'],
  last_lines: [],
}

const held = (state: InstanceView['state'], over: Partial<InstanceView> = {}): InstanceView => ({
  ...sol,
  state,
  restraint: { state, since: null, why: 'why', way_out: 'way' },
  ...over,
})
const stopped: InstanceView = {
  ...sol,
  id: 'eth',
  state: 'stopped',
  desired: 'stopped',
  pid: null,
  symbol: 'ETH/USDT:USDT',
  equity: '9999.96',
  pnl: '-0.04',
  pnl_today: null,
  position: '0',
  orders: 0,
  orders_wanted: 0,
  missing_orders: [],
  books: { ...books, settle: 'USDT', fees: '-0.25' },
  restarts: 0,
  tags: [],
}

describe('the figures of the fleet', () => {
  it('are exact sums of decimal text', () => {
    const figures = fleetFigures([sol, stopped])
    assert.equal(figures.equity, '20000.00')
    assert.equal(figures.total, '0.00')
    assert.equal(figures.today, '-1.5')
    assert.equal(figures.unrealised, '-6.42')
    assert.equal(figures.gridProfit, '8.4')
    assert.deepEqual([figures.running, figures.count, figures.restarts], [1, 2, 1])
    assert.deepEqual([figures.orders, figures.missing], [78, 2])
    assert.equal(figures.missingReason, 'the price has passed this line')
  })
  it('are no sums of a part that could be read as those of the whole', () => {
    const unknown = { ...stopped, books: null }
    const parts = (items: readonly InstanceView[]) => {
      const { realised, unrealised, funding, fees, gridProfit } = fleetFigures(items)
      return [realised, unrealised, funding, fees, gridProfit]
    }
    assert.deepEqual(parts([sol, unknown]), [null, null, null, null, null])
    assert.equal(fleetFigures([sol, unknown]).total, '0.00')
    const silent = { ...unknown, pid: 7, equity: null, pnl: null }
    const { equity, total, today } = fleetFigures([sol, silent])
    assert.deepEqual([equity, total, today], [null, null, null])
    // What has never run has nothing to add.
    const never = { ...unknown, equity: null, pnl: null }
    assert.deepEqual(parts([sol, never]), parts([sol]))
    assert.equal(fleetFigures([sol, never]).total, sol.pnl)
  })
  it('count fees as a loss, a rebate as a gain', () => {
    assert.equal(fleetFigures([sol]).fees, '-1.25')
    assert.equal(fleetFigures([stopped]).fees, '0.25')
    assert.equal(negated('0'), '0')
  })
  it('name the currency, and say USD where several are added up', () => {
    assert.equal(fleetFigures([sol]).currency, 'USDC')
    assert.equal(fleetFigures([sol, stopped]).currency, 'USD')
    assert.equal(fleetFigures([]).currency, null)
  })
  it('shorten a contract only where nothing is lost', () => {
    assert.equal(contractName('SOL/USDC:USDC'), 'SOL/USDC')
    assert.equal(contractName('BTC/USD:BTC'), 'BTC/USD:BTC')
  })
})

describe('the list of instances', () => {
  const ids = (choice: Partial<Choice>) =>
    chosen([sol, stopped, held('killed', { id: 'bad' })], { ...everything, ...choice }).map(
      ({ id }) => id,
    )
  it('is sorted by what was clicked; what needs somebody is the first of the states', () => {
    assert.deepEqual(ids({}), ['bad', 'eth', 'sol'])
    assert.deepEqual(ids({ isDescending: true }), ['sol', 'eth', 'bad'])
    assert.deepEqual(ids({ sort: 'state' }), ['bad', 'sol', 'eth'])
    assert.deepEqual(ids({ sort: 'total', isDescending: true }), ['bad', 'sol', 'eth'])
    assert.deepEqual(ids({ sort: 'orders', isDescending: true }).at(-1), 'eth')
  })
  it('is narrowed by every word, by state and by tag', () => {
    assert.deepEqual(ids({ text: 'USDT grid' }), ['eth'])
    assert.deepEqual(ids({ text: 'usdt nothing' }), [])
    assert.deepEqual(ids({ state: 'killed' }), ['bad'])
    assert.deepEqual(ids({ tag: 'calm' }), ['bad', 'sol'])
  })
})

describe('the actions', () => {
  const all = { operator: true, admin: true }
  const allowed = (item: InstanceView, may = all) =>
    actionNames.filter((action) => refusalOf(action, item, may) === null)
  it('are those that the state allows', () => {
    assert.deepEqual(allowed(sol), ['pause', 'restart', 'stop', 'close', 'kill'])
    assert.deepEqual(allowed(stopped), ['start', 'kill'])
    assert.deepEqual(allowed(held('paused', { desired: 'paused' })), [
      'resume',
      'restart',
      'stop',
      'close',
      'kill',
    ])
    assert.deepEqual(allowed(held('quarantined', { pid: null })), [
      'start',
      'pause',
      'stop',
      'close',
      'kill',
    ])
  })
  it('of a killed one: to arm it when it is flat', () => {
    assert.equal(refusalOf('arm', held('killed'), all), 'open')
    const flat = held('killed', { position: '0', orders: 0 })
    assert.equal(refusalOf('arm', flat, all), null)
    assert.equal(refusalOf('resume', flat, all), 'arm')
    assert.equal(refusalOf('kill', flat, all), 'killed')
  })
  it('never refuse what lowers risk while something is held', () => {
    for (const state of ['running', 'paused', 'killed', 'halted', 'unreachable'] as const)
      for (const action of ['close', 'kill', 'stop'] as const)
        assert.equal(refusalOf(action, held(state), all), null, `${action} ${state}`)
  })
  it('name what leads out of a state, where it can be asked for', () => {
    assert.equal(wayOutOf(held('paused', { desired: 'paused' }), all), 'resume')
    assert.equal(wayOutOf(held('halted'), all), 'resume')
    assert.equal(wayOutOf(held('killed'), all), null)
    assert.equal(wayOutOf(held('killed', { position: '0' }), all), 'arm')
    assert.equal(wayOutOf(held('killed', { position: '0' }), { ...all, admin: false }), null)
    assert.equal(wayOutOf(stopped, all), 'start')
    assert.equal(wayOutOf(sol, all), null)
  })
  it('need their role', () => {
    assert.deepEqual(allowed(sol, { operator: false, admin: false }), [])
    const flat = held('killed', { position: '0' })
    assert.equal(refusalOf('arm', flat, { operator: true, admin: false }), 'admin')
    assert.equal(refusalOf('stop', sol, { operator: false, admin: false }), 'operator')
  })
})

const words = i18next.createInstance()
await words.init({
  lng: 'en',
  defaultNS: 'fleet',
  interpolation: { escapeValue: false },
  resources: {
    en: {
      fleet: JSON.parse(
        readFileSync(join(import.meta.dirname, '../../locales/en/fleet.json'), 'utf8'),
      ),
    },
  },
})
const SAFE: StopChoice = { orders: 'cancel', positions: 'keep' }
const told = (action: ActionName, item = sol, stop = SAFE) =>
  consequencesOf(action, item, stop, words.getFixedT('en', 'fleet')).join(' ')

describe('what an action will do', () => {
  it('is told with the numbers of the instance', () => {
    assert.equal(
      told('stop'),
      'All its resting orders are cancelled (78). The long position of 1.2 SOL stays open (unrealised −3.21 USDC). ' +
        'It will not start again, also not after a reboot, until somebody starts it.',
    )
  })
  it('follows the choices of a stop', () => {
    assert.match(
      told('stop', sol, { orders: 'keep', positions: 'keep' }),
      /stay at the venue \(78\)/,
    )
    assert.match(
      told('stop', sol, { orders: 'cancel', positions: 'close' }),
      /position of 1\.2 SOL is closed at market at once/,
    )
  })
  it('names a short position without its sign, and none where there is none', () => {
    assert.match(
      told('kill', { ...sol, position: '-0.5' }),
      /The short position of 0\.5 SOL is closed/,
    )
    assert.match(told('close', stopped), /No order of it rests\. It holds no position\./)
    assert.match(told('kill', { ...sol, position: null }), /A position, if it holds one, is closed/)
  })
  it('says for each action something about orders or position, and without holes', () => {
    for (const action of actionNames) {
      assert.match(told(action), /order|position/, action)
      assert.doesNotMatch(told(action), /\{\{|undefined|will\./, action)
    }
  })
})

describe('lines of the server', () => {
  it('are faults by file', () => {
    assert.deepEqual(byFile(['a.json:3: x is missing', 'b.json:1: y: z', 'a.json:4: w', 'plain']), [
      {
        file: 'a.json',
        faults: [
          { line: '3', text: 'x is missing' },
          { line: '4', text: 'w' },
        ],
      },
      { file: 'b.json', faults: [{ line: '1', text: 'y: z' }] },
      { file: '', faults: [{ line: '', text: 'plain' }] },
    ])
  })
  it('are entries of a log, or what a process wrote', () => {
    const entry = readLogLine('{"time":"2026-11-21T10:00:05Z","level":"error","msg":"it broke"}')
    assert.match(entry.time, /^\d\d:\d\d:05$/)
    assert.deepEqual([entry.text, entry.isBad], ['it broke', true])
    assert.deepEqual(readLogLine('{"torn'), { time: '', text: '{"torn', isBad: false })
    assert.deepEqual(readLogLine('Error: x'), { time: '', text: 'Error: x', isBad: false })
  })
})

describe('what a button says already', () => {
  const may = { operator: true, admin: true }
  const said = (state: InstanceView['state'], way_out: string, rights = may) =>
    buttonSays(held(state, { restraint: { state, since: null, why: 'why', way_out } }), rights)

  it('is not told again as a command for a shell', () => {
    assert.equal(said('paused', 'it opens nothing until perpfleet resume sol'), true)
    assert.equal(said('stopped', 'perpfleet start sol starts it again'), true)
    const viewer = { operator: false, admin: false }
    assert.equal(said('paused', 'it opens nothing until perpfleet resume sol', viewer), false)
  })

  it('stays where there is more to do or to know than the button', () => {
    for (const way of [
      'perpfleet start sol starts it again; it opens nothing until perpfleet resume sol',
      'correct its file and it starts by itself, any other mend needs perpfleet start sol',
    ])
      assert.equal(said('stopped', way), false, way)
    const daily = 'it opens nothing until perpfleet resume sol, or until the next day begins; …'
    assert.equal(said('halted', daily), false)
  })
})

it('counts instances at rest that hold a position', () => {
  const open = { ...stopped, position: '0.075' }
  assert.deepEqual(
    [[stopped], [sol], [open, sol, stopped]].map((items) => fleetFigures(items).held),
    [0, 0, 1],
  )
})
