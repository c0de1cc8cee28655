import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OpportunityRow, PairRow, ScanLegRow } from '../protocol/arbitrage-messages.ts'
import type { CliContext, ScanView, ScanWish } from './context.ts'
import type { Language } from './language.ts'
import { buildProgram } from './program.ts'

const leg = (exchange: string, price: string): ScanLegRow => ({
  ...{ exchange, symbol: 'BTC/USDT:USDT', price, worst: price, notional: '1000' },
  ...{ currency: 'USDT', margin: '1000' },
})

const opportunity: OpportunityRow = {
  ...{ pair: 'BTC:hyperliquid+okx', base: 'BTC', at: '2026-11-21T10:00:01.000Z' },
  ...{ since: '2026-11-21T10:00:00.000Z', buy: leg('hyperliquid', '30000'), limited_by: null },
  ...{
    sell: leg('okx', '30300'),
    size: '0.033',
    edge_bps: '78.1234',
    edge: '7.8',
    currency: 'USD',
  },
  ...{ notional: '995', funding_per_day: '-0.5', break_even_s: 0 },
  costs: { entry_difference: '10', fees: '2', slippage: '0', exit_spread: '0.2', funding: '0' },
}

const quiet: PairRow = {
  ...{ pair: 'ETH:aster+okx', base: 'ETH', legs: [], opportunity: false, buy_exchange: null },
  edge_bps: null,
  reasons: [
    {
      code: 'stale',
      exchange: 'aster',
      symbol: 'ETH/USDT:USDT',
      found: '6200 ms',
      needed: '5000 ms',
    },
  ],
}

interface Given {
  readonly view: ScanView
  readonly isFleet?: boolean
  readonly isSandbox?: boolean
  readonly language?: Language
}

async function run(
  { view, isFleet = true, isSandbox = false, language = 'en' }: Given,
  ...words: string[]
) {
  let [out, complaint, code, waited, closed] = ['', '', -1, 0, 0]
  const wishes: ScanWish[] = []
  const interrupt = new AbortController()
  const context: Partial<CliContext> = {
    interrupted: interrupt.signal,
    print: (text) => {
      out += text
    },
    complain: (text) => {
      complaint += text
    },
    wait: async (ms) => {
      waited += ms
      // A person who has seen enough after three looks.
      if (waited > 7_000) interrupt.abort()
    },
    scan: async (wish) => {
      wishes.push(wish)
      return {
        isFleet,
        isSandbox,
        look: async () => view,
        close: async () => {
          closed += 1
        },
      }
    },
  }
  const parts = {
    contextOf: () => context as CliContext,
    exit: (given: number) => {
      code = given
    },
  }
  const program = buildProgram(parts, '0', language)
  await program.parseAsync(['arbitrage', 'scan', ...words], { from: 'user' })
  return { out, complaint, code, waited, closed, wishes }
}

const found: ScanView = { items: [opportunity], pairs: [{ ...quiet, opportunity: true }, quiet] }

describe('arbitrage scan', () => {
  it('asks for the venues and symbols that are named, and shows what pays', async () => {
    const words = ['--venues', 'okx, hyperliquid', '--symbols', 'BTC,ETH/USDT:USDT']
    const { out, wishes, code, waited, closed } = await run({ view: found }, ...words)
    assert.deepEqual(wishes, [
      { venues: ['okx', 'hyperliquid'], symbols: ['BTC', 'ETH/USDT:USDT'] },
    ])
    assert.match(out, /BTC:hyperliquid\+okx +hyperliquid +30000 +okx +30300 +0\.033 +78\.12/)
    assert.doesNotMatch(out, /ETH/)
    assert.deepEqual([code, waited, closed], [0, 0, 1])
  })

  it('says why the others do not pay, when asked or when nothing does', async () => {
    const reason = /ETH:aster\+okx.*the book of aster is 6200 ms old, at most 5000 ms counts/
    assert.match((await run({ view: found }, '--pairs')).out, reason)
    const none = await run({ view: { items: [], pairs: [quiet] } })
    assert.match(none.out, /nothing pays after all costs now; 1 pairs are compared/)
    assert.match(none.out, reason)
    const empty = await run({ view: { items: [], pairs: [] } })
    assert.match(empty.out, /no contract is listed by two of the venues/)
  })

  it('names the venues that were not heard, and says what to do when nothing is compared', async () => {
    const text = 'okx gave no answer to /api/v5/public/instruments.'
    const unreachable = [{ exchange: 'okx', text }]
    const none = await run({ view: { items: [], pairs: [], unreachable } })
    assert.match(none.out, /^okx could not be reached and is not compared: okx gave no answer/)
    assert.match(none.out, /nothing can be compared: look at the network of this machine/)
    assert.doesNotMatch(none.out, /is listed by two/)
    assert.equal(none.code, 1)
    const some = await run({ view: { ...found, unreachable } })
    assert.match(some.out, /^okx could not be reached[\s\S]*BTC:hyperliquid/)
    assert.doesNotMatch(some.out, /nothing can be compared/)
    assert.equal(some.code, 0)
  })

  it('looks for some seconds where no scanner runs', async () => {
    const { complaint, waited } = await run({ view: found, isFleet: false }, '--seconds', '3')
    assert.match(complaint, /looking at the public books for 3 s/)
    assert.equal(waited, 3000)
    const json = await run({ view: found, isFleet: false }, '--json')
    assert.equal(json.complaint, '')
    assert.deepEqual(JSON.parse(json.out), found)
  })

  it('says when the prices are those of the sandbox', async () => {
    const { complaint } = await run({ view: found, isSandbox: true })
    assert.match(complaint, /SANDBOX of this home/)
  })

  it('looks again and again with --watch, until it is interrupted', async () => {
    const { out, closed } = await run({ view: found }, '--watch', '--json')
    assert.equal(out.trim().split('\n').length, 4)
    assert.equal(closed, 1)
  })

  it('speaks Chinese', async () => {
    const view = { items: [], pairs: [quiet] }
    const { out } = await run({ view, language: 'zh-TW' })
    assert.match(out, /aster 的掛單簿已過時 6200 ms/)
  })
})
