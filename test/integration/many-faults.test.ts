// Much to tell through a pipe: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { FleetHome } from './fleet-home.ts'

const COUNT = 1200

const home = new FleetHome()
after(() => home.close())

it('every fault of very many files is told, also to a reader that is slower than the command', async () => {
  const active = join(home.dir, 'config', 'active')
  mkdirSync(active, { recursive: true })
  const text = JSON.stringify({
    metadata: { exchange: 'okx', symbol: 'SOL/USDC:USDC', strategy: 'perp_grid' },
    strategy_config: { auto_price: true, price_range: 4, grid_num: 'many', order_notional: 50 },
  })
  for (let at = 0; at < COUNT; at += 1) writeFileSync(join(active, `bad_${at}.json`), text)
  const { code, stderr } = await home.run('config', 'validate')
  assert.equal(code, 1)
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, COUNT)
  for (const line of lines) assert.match(line, /^config\/active\/bad_\d+\.json:1: .+found "many"$/)
})
