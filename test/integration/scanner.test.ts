// The scanner of a fleet with the real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { OpportunityRow, PairRow } from '../../src/protocol/arbitrage-messages.ts'
import { FleetHome, until } from './fleet-home.ts'

const instance = {
  metadata: {
    ...{ instance_id: 'sbx_1', exchange: 'okx', symbol: 'BTC/USDT:USDT', strategy: 'perp_grid' },
  },
  exchange_config: { mode: 'sandbox', capital: 5000, leverage: 5 },
  strategy_config: { auto_price: true, price_range: 5, grid_num: 6, order_quantity: 0.01 },
}
const fleet = `arbitrage:
  venues: [okx, aster]
  symbols: [BTC]
  stale_after_s: 300
`

describe('the scanner of a fleet', () => {
  const home = new FleetHome()
  after(() => home.close())

  const scan = async () => {
    const { stdout } = await home.run('arbitrage', 'scan', '--json')
    return JSON.parse(stdout === '' ? '{"items":[],"pairs":[]}' : stdout) as {
      readonly items: readonly OpportunityRow[]
      readonly pairs: readonly PairRow[]
    }
  }
  const isPriced = async () => (await scan()).pairs.some(({ edge_bps }) => edge_bps !== null)
  const pid = (): number => Number(readFileSync(join(home.dir, 'run', 'scanner.pid'), 'utf8'))

  it('looks at the sandbox where an instance trades there', async () => {
    mkdirSync(join(home.dir, 'config', 'active'), { recursive: true })
    writeFileSync(join(home.dir, 'config', 'active', 'sbx_1.json'), JSON.stringify(instance))
    writeFileSync(join(home.dir, 'config', 'local.yml'), fleet)
    const up = await home.run('up', '--detach', '--port', '0', '--speed', '60')
    assert.equal(up.code, 0, up.stderr)
    await until('the pair is priced', isPriced)
    assert.equal(home.json('run/scanner.launch.json')['market'], 'sandbox')
    const [pair] = (await scan()).pairs
    assert.equal(pair?.pair, 'BTC:aster+okx')
    const gap = ['--venue', 'okx', '--symbol', 'BTC/USDT:USDT', '--value', '200']
    await home.run('sandbox', 'fault', 'set', 'price_gap', ...gap)
    await until('the gap is found', async () => (await scan()).items.length === 1)
    const { stdout } = await home.run('arbitrage', 'scan')
    assert.match(stdout, /BTC:aster\+okx +aster +[\d.]+ +okx +[\d.]+ +[\d.]+ +1\d\d\.\d\d/)
  })

  it('is started anew when it dies, and ends with everything', async () => {
    const first = pid()
    process.kill(first, 'SIGKILL')
    await until('another process answers', async () => {
      const isOther = home
        .processes()
        .some((one) => one.pid !== first && one.command.includes('scanner.js'))
      return isOther && (await isPriced())
    })
    const down = await home.run('down', '--stop-bots')
    assert.equal(down.code, 0, down.stderr)
    assert.deepEqual(
      home.processes().filter(({ command }) => command.includes('scanner.js')),
      [],
    )
    const kept = readFileSync(join(home.dir, 'database', 'opportunities.jsonl'), 'utf8')
    assert.match(kept, /"pair":"BTC:aster\+okx".*"reason":"scanner_ended"/)
  })
})
