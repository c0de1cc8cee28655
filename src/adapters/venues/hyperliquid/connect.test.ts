/** Which keys and accounts may trade, and what is asked how often: against a scripted venue on a real socket. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { dialectParts } from '../../../../test/support/live-parts.ts'
import { Wire, type WireRequest } from '../../../../test/support/wire.ts'
import { quantity } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { DialectParts } from '../live/dialect.ts'
import { HyperliquidDialect } from './dialect.ts'

const NOW = 1_700_000_000_000
const DAY_MS = 86_400_000
/** A published test key and its address. */
const KEY = '0x0123456789012345678901234567890123456789012345678901234567890123'
const SIGNER = '0x14791697260e4c9a71f18484c9f997b308e59325'
const OWNER = `0x${'a'.repeat(40)}`
const OTHER = `0x${'b'.repeat(40)}`

interface Query {
  readonly type: string
  readonly user?: string
  readonly startTime?: number
}

type Script = Record<string, unknown | ((query: Query) => unknown)>

const state = (equity: string, type = 'oneWay') => ({
  marginSummary: { accountValue: equity },
  assetPositions: [
    {
      type,
      position: { coin: 'BTC', szi: '0.01', positionValue: '650.0', unrealizedPnl: '0.0' },
    },
  ],
})

const usual = (): Script => ({
  exchangeStatus: { time: NOW, specialStatuses: null },
  userRole: ({ user }: Query) =>
    user === SIGNER ? { role: 'agent', data: { user: OWNER } } : { role: 'user' },
  userAbstraction: 'default',
  clearinghouseState: state('100.0'),
  extraAgents: [],
  userRateLimit: { cumVlm: '0.0', nRequestsUsed: 10, nRequestsCap: 10_000 },
  userFees: { userCrossRate: '0.00045', userAddRate: '0.00015' },
  meta: { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }] },
  metaAndAssetCtxs: [
    { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }] },
    [{ markPx: '65000.0', midPx: null, oraclePx: '65010.0' }],
  ],
  userFillsByTime: [],
  userFunding: [],
  userNonFundingLedgerUpdates: [],
})

let wire: Wire
let script: Script
let actions: unknown

const queries = (type: string): Query[] =>
  wire
    .sent('POST', '/info')
    .map(({ body }) => JSON.parse(body) as Query)
    .filter((query) => query.type === type)

const make = (more: Partial<DialectParts> = {}) => {
  const parts = dialectParts(wire, { walletAddress: OWNER, privateKey: KEY }, () => NOW)
  return { parts, dialect: new HyperliquidDialect({ ...parts, ...more }) }
}

const isCode = (code: string) => (error: unknown) =>
  error instanceof VenueError && error.code === code && !error.message.includes(KEY.slice(2))

const refusedWith = async (code: string) => {
  await assert.rejects(make().dialect.open(), isCode(code))
  assert.equal(wire.sent('POST', '/exchange').length, 0)
}

function answer({ target, body }: WireRequest): unknown {
  if (target === '/exchange') return actions
  const query = JSON.parse(body) as Query
  const said = script[query.type]
  return typeof said === 'function' ? (said as (query: Query) => unknown)(query) : said
}

describe('accounts of hyperliquid', { timeout: 20_000 }, () => {
  beforeEach(async () => {
    script = usual()
    actions = { status: 'ok', response: { type: 'default' } }
    wire = await Wire.open({
      http: (request) => ({ status: 200, body: JSON.stringify(answer(request)) }),
    })
  })
  afterEach(() => wire.close())

  test('every question is asked for the account, never for its agent', async () => {
    const { dialect } = make()
    const facts = await dialect.open()
    assert.equal(facts.fingerprint, OWNER)
    await dialect.factsSince(0)
    await dialect.openOrders().catch(() => {})
    const users = wire
      .sent('POST', '/info')
      .map(({ body }) => JSON.parse(body) as Query)
      .filter(({ type, user }) => type !== 'userRole' && user !== undefined)
    assert.ok(users.length > 7)
    assert.ok(users.every(({ user }) => user === OWNER))
  })

  test('a key that controls the funds is refused, unless the operator takes the risk', async () => {
    const credentials = { walletAddress: SIGNER, privateKey: KEY }
    script['userRole'] = { role: 'user' }
    const plain = make({ credentials }).dialect
    await assert.rejects(plain.open(), isCode('main_key'))
    const facts = await make({ credentials, acceptsMainKey: true }).dialect.open()
    assert.equal(facts.canWithdraw, null)
    assert.match(facts.warnings[0] ?? '', /controls the funds/)
  })

  test('the agent of another account, an account of another kind, and nobody', async () => {
    const roles = (signer: object, wallet: object) => {
      script['userRole'] = ({ user }: Query) => (user === SIGNER ? signer : wallet)
    }
    const user = { role: 'user' }
    roles({ role: 'agent', data: { user: OTHER } }, user)
    await refusedWith('agent_of_another')
    roles({ role: 'missing' }, user)
    await refusedWith('not_an_agent')
    roles({ role: 'agent', data: { user: OWNER } }, { role: 'vault' })
    await refusedWith('unknown_account')
  })

  test('a sub-account is traded by an agent of its master, and named in what is signed', async () => {
    script['userRole'] = ({ user }: Query) =>
      user === SIGNER
        ? { role: 'agent', data: { user: OTHER } }
        : { role: 'subAccount', data: { master: OTHER } }
    const { dialect } = make()
    await dialect.open()
    const { instrument } = await dialect.instrument('BTC/USDC:USDC')
    await dialect.setTerms(instrument, 5, 'isolated')
    const [sent] = wire.sent('POST', '/exchange').map(({ body }) => JSON.parse(body) as object)
    assert.equal((sent as { vaultAddress?: string }).vaultAddress, OWNER)
    assert.equal(queries('extraAgents')[0]?.user, OTHER)
  })

  test('an account without money, in another mode, or not one-way', async () => {
    script['clearinghouseState'] = state('0.0')
    await refusedWith('empty_account')
    await make({ acceptsUnverified: true }).dialect.open()
    script['clearinghouseState'] = state('100.0', 'hedge')
    await refusedWith('position_mode')
    script['clearinghouseState'] = state('100.0')
    script['userAbstraction'] = 'unifiedAccount'
    await refusedWith('account_mode')
  })

  test('an agent that ends soon and a budget that runs out are warned of', async () => {
    script['extraAgents'] = [{ name: 'pf', address: SIGNER, validUntil: NOW + 2 * DAY_MS }]
    script['userRateLimit'] = { cumVlm: '0.0', nRequestsUsed: 9500, nRequestsCap: 10_000 }
    const { dialect, parts } = make()
    const { warnings } = await dialect.open()
    assert.equal(warnings.length, 2)
    assert.match(warnings[0] ?? '', /ends at 2023-11-16/)
    assert.match(warnings[1] ?? '', /500 of 10000 actions left/)
    assert.deepEqual(parts.budget.use, [['hyperliquid:actions', 9500]])
  })

  test('a spent budget refuses orders and leaves the pool that cancels take alone', async () => {
    const { dialect, parts } = make()
    await dialect.open()
    const { instrument } = await dialect.instrument('BTC/USDC:USDC')
    actions = { status: 'err', response: 'Too many cumulative requests sent (2 > 1)' }
    const clientId = `0x${'1'.repeat(32)}` as ClientOrderId
    const [outcome] = await dialect.place([
      {
        clientId,
        instrument,
        expiresAt: NOW + 2500,
        request: {
          instrument: instrument.id,
          side: 'buy',
          kind: 'market',
          price: null,
          quantity: quantity(100),
          timeInForce: 'ioc',
          isPostOnly: false,
          isReduceOnly: false,
          trigger: null,
        },
      },
    ])
    // Nobody tells the book, so there is no price to bound a market order by: it is not sent.
    assert.deepEqual(outcome, { kind: 'rejected', clientId, reason: 'no_price' })
    await assert.rejects(dialect.setTerms(instrument, 2, 'cross'), isCode('address_budget'))
    assert.deepEqual(parts.budget.use.at(-1), ['hyperliquid:actions', 10_000])
    assert.deepEqual(parts.budget.blocked, [])
  })

  test('fills are read page by page, those of one moment once each', async () => {
    const all = Array.from({ length: 4100 }, (_, i) => ({
      coin: 'BTC',
      px: '65000.0',
      sz: '0.01',
      side: 'B',
      time: NOW + Math.floor(i / 3),
      tid: i + 1,
      oid: 1,
      startPosition: '0.0',
      dir: 'Open Long',
      hash: '0x1',
      crossed: true,
      fee: '0.1',
    }))
    script['userFillsByTime'] = ({ startTime = 0 }: Query) =>
      all.filter(({ time }) => time >= startTime).slice(0, 2000)
    const { dialect } = make()
    await dialect.open()
    const facts = await dialect.factsSince(NOW)
    assert.equal(facts.length, 4100)
    assert.equal(new Set(facts.map(({ key }) => key)).size, 4100)
    assert.deepEqual(
      facts.map(({ at }) => at),
      all.map(({ time }) => time),
    )
    assert.equal(queries('userFillsByTime').length, 3)
  })

  test('half of a history is none', async () => {
    script['userFillsByTime'] = null
    const { dialect } = make()
    await dialect.open()
    await assert.rejects(dialect.factsSince(0), isCode('unreadable'))
  })

  test('prices of many contracts are one question', async () => {
    const { dialect } = make()
    await dialect.open()
    const [one, other] = await Promise.all([
      dialect.instrument('BTC/USDC:USDC'),
      dialect.instrument('BTC/USDC:USDC'),
    ])
    assert.deepEqual(one, other)
    assert.equal(one.price.last, one.price.mark)
    assert.equal(one.price.index, 650_100)
    assert.deepEqual(one.fees, { maker: 15_000, taker: 45_000 })
    assert.equal(queries('metaAndAssetCtxs').length, 1)
  })
})
