// An instance of two legs with the real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { ExecutedRow } from '../../src/protocol/arbitrage-messages.ts'
import type { InstanceView, PositionRow, TableRow } from '../../src/protocol/fleet-messages.ts'
import { FleetHome, until } from './fleet-home.ts'

const ARB = 'arb_1'
/** It enters at any price, so that both legs hold something at once, and never leaves by itself. */
const file = {
  metadata: { strategy: 'spread_arbitrage' },
  exchange_config: { mode: 'paper', leverage: 2, paper: { initial_balance: 5000 } },
  legs: [
    { exchange: 'okx', symbol: 'ETH-USDT-SWAP' },
    { exchange: 'hyperliquid', symbol: 'ETH/USDC:USDC', settle_rate: '0.9998' },
  ],
  strategy_config: {
    order_notional: 1000,
    min_edge_bps: -500,
    exit_spread_bps: -900,
    max_edge_bps: 2000,
    max_hold_h: 50_000,
    direction: 'long_first',
    // Market time, sixty times as fast as the machine: 5 s would be over before an order is answered.
    imbalance_time_s: 600,
  },
}

describe('an instance of two legs', () => {
  const home = new FleetHome()
  after(() => home.close())
  const path = join(home.dir, 'config', 'active', `${ARB}.json`)

  const view = async (): Promise<InstanceView> => {
    const { stdout } = await home.run('list', '--json')
    const { items } = JSON.parse(stdout) as { readonly items: readonly InstanceView[] }
    const found = items.find(({ id }) => id === ARB)
    assert.ok(found, stdout)
    return found
  }
  const table = async <Row extends TableRow>(name: string): Promise<readonly Row[]> => {
    const { stdout } = await home.run(name, '--instance', ARB, '--json')
    return (JSON.parse(stdout) as { readonly items: readonly Row[] }).items
  }
  const held = async () => (await table<PositionRow>('positions')).map(({ quantity }) => quantity)
  const venuesOf = (rows: readonly TableRow[]) =>
    [...new Set(rows.map(({ venue }) => venue))].sort()
  const isHedged = async () => {
    const [first = '0', second = '0'] = await held()
    return Number(first) > 0 && Number(first) === -Number(second)
  }
  const taken = async () => {
    const words = ['--opportunities', '--instance', ARB, '--json']
    const { stdout } = await home.run('trades', ...words)
    return (JSON.parse(stdout) as { readonly items: readonly ExecutedRow[] }).items
  }
  const isFlat = async () => (await held()).every((one) => Number(one) === 0)

  it('is one row with two legs, and its tables tell of both', async () => {
    mkdirSync(join(home.dir, 'config', 'active'), { recursive: true })
    writeFileSync(path, JSON.stringify(file, null, 2))
    const up = await home.run('up', '--detach', '--port', '0', '--speed', '60')
    assert.equal(up.code, 0, up.stderr)
    await until('both legs hold the same', isHedged)
    const { state, venue, symbol, legs, equity } = await view()
    assert.deepEqual([state, venue, symbol], ['running', 'okx+hyperliquid', 'ETH/USDT:USDT'])
    assert.deepEqual(
      legs?.map(({ name, state: own, symbol: contract }) => [name, own, contract]),
      [
        [ARB, 'running', 'ETH/USDT:USDT'],
        [`${ARB}.2`, 'running', 'ETH/USDC:USDC'],
      ],
    )
    // 5000 USDT and 5000 USDC at 0.9998, and what the fees have taken.
    assert.ok(Math.abs(Number(equity) - 9999) < 20, String(equity))
    for (const name of ['orders', 'fills', 'positions', 'balances'])
      assert.deepEqual(venuesOf(await table(name)), ['hyperliquid', 'okx'], name)
    const { stdout } = await home.run('status', ARB)
    assert.match(stdout, /leg 1 +ETH\/USDT:USDT at okx\/main, running, position 0\.\d+ ETH/)
    assert.match(
      stdout,
      /leg 2 +ETH\/USDC:USDC at hyperliquid\/main, running, position -0\.\d+ ETH/,
    )
    assert.match(
      stdout,
      /pair +holding, aim of the first leg 0\.\d+ ETH, net delta 0 ETH \(bound 0\./,
    )
    assert.match(stdout, /exit +spread [\d.-]+ bps, left at -900 or less/)
    const [open, ...others] = await taken()
    assert.deepEqual([open?.outcome, open?.closed_at, others.length], [null, null, 0])
  })

  it('is paused, resumed and restarted as one', async () => {
    for (const [word, state] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['disarm', 'disarmed'],
      ['arm', 'running'],
      ['restart', 'running'],
    ] as const) {
      const { code, stderr } = await home.run(word, ARB)
      assert.equal(code, 0, stderr)
      const { legs } = await view()
      assert.deepEqual(
        legs?.map((leg) => leg.state),
        [state, state],
        word,
      )
    }
    assert.equal(await isHedged(), true, 'a restart keeps what is held')
  })

  it('refuses an edit that moves a leg, and says by which key', async () => {
    const [first] = file.legs
    const moved = { ...file, legs: [first, { ...file.legs[1], symbol: 'BTC/USDC:USDC' }] }
    writeFileSync(path, JSON.stringify(moved, null, 2))
    await until('it is told', async () => /legs\[1\]\.symbol/.test((await view()).reason ?? ''))
    writeFileSync(path, JSON.stringify(file, null, 2))
    await until('it is in order again', async () => (await view()).reason === null)
  })

  it('is killed flat on every leg, and armed again', async () => {
    const killed = await home.run('kill', ARB, '--yes')
    assert.equal(killed.code, 0, killed.stderr)
    assert.match(killed.stdout, /flat: the venue reports position 0 and no order/)
    assert.equal(await isFlat(), true)
    const [closed] = await taken()
    assert.ok(closed)
    assert.match(closed.outcome ?? '', /^(profit|loss)$/)
    assert.deepEqual(
      closed.legs.map(({ venue, settle }) => [venue, settle]),
      [
        ['okx', 'USDT'],
        ['hyperliquid', 'USDC'],
      ],
    )
    for (const { bought, sold } of closed.legs) assert.equal(bought, sold)
    assert.ok(closed.held_s < 86_400 && closed.margin_return !== null)
    assert.equal(closed.annual_return, null, 'held for less than a day')
    const resumed = await home.run('resume', ARB)
    assert.equal(resumed.code, 4)
    assert.doesNotMatch(resumed.stderr, /arb_1\.2/, 'nobody can type the name of a leg')
    assert.equal((await home.run('arm', ARB)).code, 0)
    await until('it trades again', isHedged)
  })

  it('is reached in the same way without a control plane, and past its desk', async () => {
    assert.equal((await home.run('down')).code, 0)
    assert.equal(await isHedged(), true)
    const closed = await home.run('close-all', ARB, '--yes')
    assert.equal(closed.code, 0, closed.stderr)
    assert.equal(await isFlat(), true)
    await until('both are told', async () => {
      const rows = await taken()
      return rows.length > 1 && rows.every(({ outcome }) => outcome !== null)
    })
    const direct = await home.run('kill', ARB, '--direct', '--yes')
    assert.equal(direct.code, 0, direct.stderr)
    assert.match(direct.stdout, /okx\/main \(arb_1\): flat/)
    assert.match(direct.stdout, /hyperliquid\/main \(arb_1\): flat/)
    await until('the desk has obeyed', async () => (await view()).state === 'killed')
    assert.deepEqual(
      (await view()).legs?.map(({ state }) => state),
      ['killed', 'killed'],
    )
  })

  it('is stopped with both positions closed, and what is remembered where nothing runs is of every leg', async () => {
    assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
    assert.equal((await home.run('arm', ARB)).code, 0)
    await until('it trades again', isHedged)
    const stopped = await home.run('stop', ARB, '--positions', 'close')
    assert.equal(stopped.code, 0, stopped.stderr)
    assert.equal(await isFlat(), true)
    assert.equal((await home.run('down', '--stop-bots')).code, 0)
    const later = await home.run('kill', ARB, '--yes')
    assert.match(later.stdout, /will be killed before anything trades/)
    for (const name of [ARB, `${ARB}.2`]) {
      const order = join(home.dir, 'run', 'kill', `${name}.json`)
      assert.equal(existsSync(order), true, name)
      assert.equal(JSON.parse(readFileSync(order, 'utf8')).instance, name)
    }
  })
})
