/** The scanner over real sockets to the sandbox: a price gap is found, a venue that is cut off never counts, questions by its socket. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { ScanFeed } from '../../src/adapters/venues/public/scan-feed.ts'
import { Scanner } from '../../src/arbitrage/scanner.ts'
import { ScannerServer } from '../../src/arbitrage/scanner-server.ts'
import { askScanner } from '../../src/client/local-socket.ts'
import { ratio } from '../../src/domain/money.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type {
  OpportunityRow,
  PairRow,
  ScanFundingRow,
  ScanList,
  ScannerQuestion,
  ScannerStatus,
} from '../../src/protocol/arbitrage-messages.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'
import { scanSettingsOf } from '../support/scan-settings.ts'

const venues = ['okx', 'hyperliquid', 'backpack', 'aster'] as const
const GAP_BPS = 200
const LIMIT_MS = 20_000

describe('the scanner at the sandbox', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'))
  const clock = new SystemClock()
  const address = { name: 'scanner', socket: join(folder, 's.sock'), token: 'secret' }
  let sandbox: RunningSandbox
  let scanner: Scanner
  let server: ScannerServer
  let wasShutDown = false

  before(async () => {
    sandbox = await RunningSandbox.start(venues)
    const feeds = venues.map(
      (venue) =>
        new ScanFeed({
          ...{ venue, urls: sandbox.urls(venue), clock, logger: silentLogger, random: Math.random },
        }),
    )
    // The market of the sandbox runs 20 times as fast as the clock: its stamps too.
    const settings = scanSettingsOf({
      ...{ venues, symbols: ['BTC', 'ETH'], edgeMin: ratio(200_000), ageMaxMs: 120_000 },
    })
    scanner = new Scanner({
      settings,
      market: 'sandbox',
      feeds,
      clock,
      logger: silentLogger,
      keep() {},
    })
    server = new ScannerServer({
      ...{ token: address.token, scanner, logger: silentLogger },
      onShutdown: () => {
        wasShutDown = true
      },
    })
    await server.listen(address.socket)
    await scanner.start()
  })
  after(async () => {
    await server.close()
    await scanner.close()
    await sandbox.stop()
    rmSync(folder, { recursive: true })
  })

  const ask = (question: ScannerQuestion) => askScanner(address, question, 3000)
  const list = async <Row>(question: ScannerQuestion) =>
    ((await ask(question)) as ScanList<Row>).items

  async function until<T>(look: () => Promise<T>, isTrue: (found: T) => boolean): Promise<T> {
    const end = performance.now() + LIMIT_MS
    for (;;) {
      const found = await look()
      if (isTrue(found)) return found
      if (performance.now() > end) assert.fail(`not in time: ${JSON.stringify(found)}`)
      await wait(50)
    }
  }
  const pairs = () => list<PairRow>('pairs')

  test('all pairs are priced; funding of every contract is told', async () => {
    const rows = await until(pairs, (all) => all.every(({ edge_bps }) => edge_bps !== null))
    assert.equal(rows.length, 12)
    const funding = await until(
      () => list<ScanFundingRow>('funding'),
      (all) => all.length === 8,
    )
    assert.deepEqual(
      funding.slice(0, 4).map(({ base, exchange }) => `${base} ${exchange}`),
      ['BTC aster', 'BTC backpack', 'BTC hyperliquid', 'BTC okx'],
    )
    const status = (await ask('status')) as ScannerStatus
    assert.equal(status.market, 'sandbox')
    assert.ok(status.venues.every(({ connected, contracts }) => connected && contracts === 2))
  })

  test('a gap of one venue is an opportunity against each of the others, until it closes', async () => {
    sandbox.setFault({
      kind: 'price_gap',
      venue: 'okx',
      symbol: 'BTC/USDT:USDT',
      value: GAP_BPS,
    })
    const found = await until(
      () => list<OpportunityRow>('opportunities'),
      (rows) => rows.filter(({ base }) => base === 'BTC').length >= 3,
    )
    const ofGap = found.filter(({ base }) => base === 'BTC')
    for (const row of ofGap) {
      assert.equal(row.sell.exchange, 'okx')
      assert.ok(Number(row.edge_bps) > 20 && Number(row.edge_bps) < GAP_BPS)
      // The row adds up.
      const { entry_difference, fees, slippage, exit_spread, funding } = row.costs
      const rest = Number(entry_difference) - Number(fees) - Number(slippage) - Number(exit_spread)
      assert.ok(Math.abs(rest + Number(funding) - Number(row.edge)) < 1e-6)
    }
    sandbox.clearFaults()
    await until(
      () => list<OpportunityRow>('opportunities'),
      (rows) => !rows.some(({ base }) => base === 'BTC'),
    )
    const history = await list<{ pair: string; closed_at: string | null }>('history')
    assert.ok(history.some(({ pair, closed_at }) => /okx/.test(pair) && closed_at !== null))
  })

  test('a venue that is cut off never counts; it comes back', async () => {
    sandbox.setFault({ kind: 'port_closed', venue: 'aster' })
    const rows = await until(pairs, (all) =>
      all.every(({ pair, edge_bps }) => (edge_bps === null) === pair.includes('aster')),
    )
    const lost = rows.find(({ pair }) => pair.includes('aster'))
    assert.deepEqual(
      lost?.reasons.map(({ code, exchange }) => `${code} ${exchange}`),
      ['down aster'],
    )
    sandbox.clearFaults()
    await until(pairs, (all) => all.every(({ edge_bps }) => edge_bps !== null))
  })

  test('who has not the token, or asks something else, is refused', async () => {
    await assert.rejects(askScanner({ ...address, token: 'other' }, 'pairs', 3000), {
      code: 'UNAUTHORIZED',
    })
    await assert.rejects(askScanner(address, 'secrets' as never, 3000), { code: 'VALIDATION' })
    await ask('shutdown')
    assert.equal(wasShutDown, true)
  })
})
