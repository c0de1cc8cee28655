// A home where nothing runs: no control plane, no desk, no bot.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { emptyBatch } from '../../test/support/journal-rows.ts'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteBotStore } from '../adapters/stores/sqlite-bot-store.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { SqliteJournalStore } from '../adapters/stores/sqlite-journal-store.ts'
import { KillOrderFolder } from '../adapters/system/kill-orders.ts'
import type { Json } from '../domain/strategy.ts'
import { copyDemoInstances } from '../fleet/demo.ts'
import { Home } from '../fleet/home.ts'
import { OfflineFleet } from './offline-fleet.ts'

const TEMPLATES = join(import.meta.dirname, '..', '..', 'config', 'templates')
const SOL = 'demo_sol_01'
const usual = { orders: 'cancel', positions: 'keep' } as const

const folder = mkdtempSync(join(tmpdir(), 'offline-fleet-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const journalOf = (home: Home): string => join(home.database, 'account-paper-backpack-main.db')

/** What a bot and its desk leave: the bot saved 0.5 SOL, the desk has booked more since. */
function homeWith(name: string, mode: string, position: number): Home {
  const home = new Home(join(folder, name))
  copyDemoInstances(home, TEMPLATES)
  mkdirSync(home.database, { recursive: true })
  new SqliteFleetStore(home.fleetDatabase).close()
  const bot = new SqliteBotStore(join(home.database, `${SOL}.db`))
  bot.save({}, [], true)
  bot.saveStatus({
    equity: '10001.5',
    pnl: { total: '1.5' },
    position: { quantity: '0.5', base: 'SOL' },
    fills: { count: 12 },
    orders: { resting: 40 },
  })
  bot.close()
  const journal = new SqliteJournalStore(journalOf(home), () => 0)
  const cause = mode === 'running' ? null : { kind: 'close', since: 0, marketAt: 0, limit: null }
  const row = {
    instance: SOL,
    settings: {},
    instrument: testInstrument as unknown as Json,
    risk: { position, mode, latch: null, cause },
    override: null,
  }
  journal.commit({ ...emptyBatch, instances: [row] })
  journal.close()
  return home
}

const fleetOf = (home: Home) => new OfflineFleet(home, new DetachedHost({}), null)
const pendingIn = (home: Home) => new KillOrderFolder(join(home.run, 'kill')).pending()
const viewIn = async (home: Home) => {
  const one = (await fleetOf(home).list()).items.find(({ id }) => id === SOL)
  assert.ok(one)
  return one
}

describe('where nothing runs', () => {
  it('stop sets the desired state, and says what stays open', async () => {
    const home = homeWith('stop', 'running', 150)
    const result = await fleetOf(home).stop(SOL, usual)
    assert.deepEqual(result, {
      id: SOL,
      ok: true,
      state: 'stopped',
      text: `${SOL} will not be started; 1.5 SOL stays open`,
      code: null,
    })
    assert.equal((await viewIn(home)).desired, 'stopped')
    const flat = await fleetOf(homeWith('stop-flat', 'running', 0)).stop(SOL, usual)
    assert.deepEqual([flat.ok, flat.text], [true, `${SOL} will not be started`])
  })

  it('stop does not claim to have closed anything, and names what does', async () => {
    const home = homeWith('stop-close', 'running', 150)
    const closing = await fleetOf(home).stop(SOL, { ...usual, positions: 'close' })
    assert.deepEqual([closing.ok, closing.code], [false, 'CONFLICT'])
    assert.match(closing.text, /1\.5 SOL stays open; perpfleet kill demo_sol_01 closes it/)
    assert.equal((await viewIn(home)).desired, 'stopped')
  })

  it('stop and pause do not claim what a home without a registry cannot keep', async () => {
    const home = homeWith('fresh', 'running', 0)
    rmSync(home.fleetDatabase)
    const stopped = await fleetOf(home).stop(SOL, usual)
    assert.deepEqual([stopped.ok, stopped.code], [false, 'CONFLICT'])
    assert.match(stopped.text, /cannot be kept from starting: nothing has run in this home yet/)
    assert.equal((await fleetOf(home).act('pause', SOL)).ok, false)
    assert.equal(existsSync(home.fleetDatabase), false)
  })

  it('kill is left for the desk of the next start, and shown until then', async () => {
    const home = homeWith('kill', 'running', 150)
    const { ok, text, state } = await fleetOf(home).act('kill', SOL)
    assert.deepEqual([ok, state, pendingIn(home)], [true, null, [SOL]])
    assert.equal(
      text,
      'will be killed before anything trades; no desk runs here, the kill is remembered until the next start; 1.5 SOL stays open until then',
    )
    const { restraint, position } = await viewIn(home)
    assert.deepEqual([restraint?.state, position], ['killed', '1.5'])
    assert.match(restraint?.why ?? '', /kill while no desk ran/)
    assert.match(restraint?.since ?? '', /^20\d\d-/)
  })

  it('kill that cannot be written says so', async () => {
    const home = homeWith('full', 'running', 150)
    writeFileSync(home.run, 'a file where the folder should be')
    const { ok, text } = await fleetOf(home).act('kill', SOL)
    assert.equal(ok, false)
    assert.match(text, /^is not killed, and the order for the next start could not be written: /)
  })

  it('close-all is refused, and never sends people to what starts trading', async () => {
    const home = homeWith('close', 'running', 150)
    const { ok, text, code } = await fleetOf(home).act('close', SOL)
    assert.deepEqual([ok, code, pendingIn(home)], [false, 'CONFLICT', []])
    assert.match(text, /^is not closed, .*perpfleet kill demo_sol_01 closes it at the next start/)
    assert.doesNotMatch(text, /perpfleet up/)
    await assert.rejects(fleetOf(home).act('disarm', SOL), {
      code: 'CONFLICT',
      message: `is not disarmed, no desk runs here: perpfleet stop ${SOL} keeps it from starting`,
    })
  })

  it('pause keeps what is stricter, and is kept for the next start', async () => {
    const halted = homeWith('pause-halted', 'halted', 0)
    assert.deepEqual(await fleetOf(halted).act('pause', SOL), {
      id: SOL,
      ok: true,
      state: 'halted',
      text: 'is halted, which is stricter than paused, and stays so',
      code: null,
    })
    const running = homeWith('pause-running', 'running', 0)
    const { text } = await fleetOf(running).act('pause', SOL)
    assert.equal(text, 'will be paused when it runs')
    assert.equal((await viewIn(running)).desired, 'paused')
    await fleetOf(running).stop(SOL, usual)
    await assert.rejects(fleetOf(running).act('pause', SOL), { code: 'CONFLICT' })
  })

  it('list tells the last books, the position of the journal, and what holds it', async () => {
    const one = await viewIn(homeWith('list', 'halted', 150))
    assert.deepEqual(
      [one.state, one.equity, one.pnl, one.fills, one.position, one.orders, one.restraint?.why],
      ['stopped', '10001.5', '1.5', 12, '1.5', null, 'an operator closed its position (close-all)'],
    )
  })

  it('a damaged journal keeps neither list nor kill from working', async () => {
    const home = homeWith('damaged', 'running', 150)
    writeFileSync(journalOf(home), 'no database')
    assert.equal((await viewIn(home)).position, '0.5')
    const { text } = await fleetOf(home).act('kill', SOL)
    assert.match(text, /; 0\.5 SOL stays open until then$/)
  })
})
