/** Kinds of messages of which no recording is at hand: held against the venue's documents, written down here by hand. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TestClient, wireOrder } from '../../../../test/support/hyperliquid-client.ts'
import { TestSandbox } from '../../../../test/support/sandbox.ts'
import { type ShapeRules, shapeDifferences } from '../../../../test/support/shape.ts'
import { createHyperliquidFront } from './hyperliquid-front.ts'

const HOUR_MS = 3_600_000
const SOL = { coin: 'SOL' }
const HEX = '0x'

const ORDER = {
  coin: '',
  side: '',
  limitPx: '',
  sz: '',
  oid: 1,
  timestamp: 1,
  triggerCondition: '',
  isTrigger: true,
  triggerPx: '',
  children: [],
  isPositionTpsl: true,
  reduceOnly: true,
  orderType: '',
  origSz: '',
  tif: null,
  cloid: null,
}
const ORDER_STATUS = { order: ORDER, status: '', statusTimestamp: 1 }
const CONTEXT = {
  funding: '',
  openInterest: '',
  prevDayPx: '',
  dayNtlVlm: '',
  premium: '',
  oraclePx: '',
  markPx: '',
  midPx: '',
  impactPxs: [''],
  dayBaseVlm: '',
}
const SUMMARY = { accountValue: '', totalNtlPos: '', totalRawUsd: '', totalMarginUsed: '' }
const STATE = {
  marginSummary: SUMMARY,
  crossMarginSummary: SUMMARY,
  crossMaintenanceMarginUsed: '',
  withdrawable: '',
  assetPositions: [],
  time: 1,
}
const META = {
  universe: [{ szDecimals: 1, name: '', maxLeverage: 1, marginTableId: 1 }],
  marginTables: [[1, { description: '', marginTiers: [{ lowerBound: '', maxLeverage: 1 }] }]],
  collateralToken: 1,
}
const FUNDING = { time: 1, coin: '', usdc: '', szi: '', fundingRate: '', nSamples: null }
const LEVEL = { px: '', sz: '', n: 1 }

/** What `/info` answers, by type. */
const ANSWERS: Readonly<
  Record<string, { readonly asked?: object; readonly sample: unknown; readonly rules?: ShapeRules }>
> = {
  meta: { sample: META },
  metaAndAssetCtxs: { sample: [META, [CONTEXT]] },
  perpDexs: {
    sample: [
      null,
      {
        name: '',
        fullName: '',
        deployer: HEX,
        oracleUpdater: null,
        feeRecipient: HEX,
        assetToStreamingOiCap: [['', '']],
        subDeployers: [],
        deployerFeeScale: '',
        lastDeployerFeeScaleChangeTime: '',
        assetToFundingMultiplier: [],
        assetToFundingInterestRate: [],
      },
    ],
  },
  historicalOrders: {
    sample: [ORDER_STATUS],
    rules: { anyType: ['[].order.tif', '[].order.cloid'] },
  },
  orderStatus: {
    sample: { status: '', order: ORDER_STATUS },
    rules: { anyType: ['order.order.tif'] },
  },
  predictedFundings: {
    sample: [['', [['', { fundingRate: '', nextFundingTime: 1, fundingIntervalHours: 1 }]]]],
  },
  userFunding: {
    asked: { startTime: 0 },
    sample: [
      {
        time: 1,
        hash: HEX,
        delta: { type: '', coin: '', usdc: '', szi: '', fundingRate: '', nSamples: null },
      },
    ],
  },
  userNonFundingLedgerUpdates: {
    asked: { startTime: 0 },
    sample: [{ time: 1, hash: HEX, delta: { type: 'deposit', usdc: '' } }],
  },
  userRateLimit: { sample: { cumVlm: '', nRequestsUsed: 1, nRequestsCap: 1, nRequestsSurplus: 1 } },
  userRole: { sample: { role: '' } },
  extraAgents: { sample: [{ address: HEX, name: '', validUntil: 1 }] },
  userAbstraction: { sample: 'default' },
  exchangeStatus: { sample: { time: 1, specialStatuses: null } },
  maxBuilderFee: { asked: { builder: `0x${'1'.repeat(40)}` }, sample: 1 },
  referral: {
    sample: {
      referredBy: null,
      cumVlm: '',
      unclaimedRewards: '',
      claimedRewards: '',
      builderRewards: '',
      referrerState: { stage: '', data: { required: '' } },
      rewardHistory: [],
      tokenToState: [],
    },
  },
  userFees: {
    sample: {
      dailyUserVlm: [],
      feeSchedule: {
        cross: '',
        add: '',
        spotCross: '',
        spotAdd: '',
        tiers: { vip: [], mm: [] },
        referralDiscount: '',
        stakingDiscountTiers: [{ bpsOfMaxSupply: '', discount: '' }],
      },
      userCrossRate: '',
      userAddRate: '',
      userSpotCrossRate: '',
      userSpotAddRate: '',
      activeReferralDiscount: '',
      trial: null,
      feeTrialEscrow: '',
      nextTrialAvailableTimestamp: null,
      stakingLink: null,
      activeStakingDiscount: { bpsOfMaxSupply: '', discount: '' },
    },
  },
  spotMetaAndAssetCtxs: {
    sample: [
      {
        universe: [{ tokens: [1, 1], name: '', index: 1, isCanonical: true }],
        tokens: [
          {
            name: '',
            szDecimals: 1,
            weiDecimals: 1,
            index: 1,
            tokenId: HEX,
            isCanonical: true,
            evmContract: null,
            fullName: null,
            deployerTradingFeeShare: '',
          },
        ],
      },
      [
        {
          prevDayPx: '',
          dayNtlVlm: '',
          markPx: '',
          midPx: null,
          circulatingSupply: '',
          coin: '',
          totalSupply: '',
          dayBaseVlm: '',
        },
      ],
    ],
  },
}

const own = (type: string, data: object) => ({ channel: type, data: { user: HEX, ...data } })

/** What `/ws` tells, by channel; of `user` by what it holds. */
const TOLD: Readonly<Record<string, { readonly sample: unknown; readonly rules?: ShapeRules }>> = {
  pong: { sample: { channel: 'pong' } },
  error: { sample: { channel: 'error', data: '' } },
  bbo: { sample: { channel: '', data: { coin: '', time: 1, bbo: [LEVEL, LEVEL] } } },
  activeAssetCtx: { sample: { channel: '', data: { coin: '', ctx: CONTEXT } } },
  candle: {
    sample: {
      channel: '',
      data: { t: 1, T: 1, s: '', i: '', o: '', c: '', h: '', l: '', v: '', n: 1 },
    },
  },
  post: {
    sample: {
      channel: '',
      data: {
        id: 1,
        response: { type: '', payload: { type: '', data: { time: 1, specialStatuses: null } } },
      },
    },
  },
  notification: { sample: { channel: '', data: { notification: '' } } },
  userFundings: { sample: own('', { fundings: [FUNDING] }) },
  openOrders: {
    sample: own('', { dex: '', orders: [ORDER] }),
    rules: { anyType: ['data.orders[].tif'], maybeEmpty: ['data.orders'] },
  },
  clearinghouseState: { sample: own('', { dex: '', clearinghouseState: STATE }) },
  activeAssetData: {
    sample: own('', {
      coin: '',
      leverage: { type: '', value: 1 },
      maxTradeSzs: ['', ''],
      availableToTrade: ['', ''],
      markPx: '',
    }),
    rules: { extra: ['data.leverage.rawUsd'] },
  },
  userHistoricalOrders: {
    sample: own('', { orderHistory: [ORDER_STATUS] }),
    rules: { anyType: ['data.orderHistory[].order.tif'] },
  },
  'user.funding': { sample: { channel: 'user', data: { funding: FUNDING } } },
  'user.nonUserCancel': {
    sample: { channel: 'user', data: { nonUserCancel: [{ coin: '', oid: 1 }] } },
  },
  'user.liquidation': {
    sample: {
      channel: 'user',
      data: {
        liquidation: {
          lid: 1,
          liquidator: HEX,
          liquidated_user: HEX,
          liquidated_ntl_pos: '',
          liquidated_account_value: '',
        },
      },
    },
  },
  webData2: {
    sample: {
      channel: '',
      data: {
        clearinghouseState: STATE,
        leadingVaults: [],
        totalVaultEquity: '',
        openOrders: [],
        agentAddress: HEX,
        agentValidUntil: null,
        cumLedger: '',
        meta: META,
        assetCtxs: [CONTEXT],
        serverTime: 1,
        isVault: true,
        user: HEX,
        twapStates: [],
        spotState: { balances: [{ coin: '', token: 1, total: '', hold: '', entryNtl: '' }] },
        spotAssetCtxs: [],
        perpsAtOpenInterestCap: [],
      },
    },
  },
}

function world() {
  const sandbox = new TestSandbox({
    venue: 'hyperliquid',
    front: createHyperliquidFront,
    rates: [[HOUR_MS, 12_500]],
  })
  const client = new TestClient(sandbox)
  const { user } = client
  const socket = sandbox.connect('/ws')
  const subscribe = (subscription: object) => socket.say({ method: 'subscribe', subscription })
  for (const type of Object.keys(TOLD)) {
    subscribe({ type, user, ...SOL, interval: '1m' })
  }
  subscribe({ type: 'userEvents', user })
  subscribe({ type: 'userEvents', user })
  socket.say({ method: 'ping' })
  const request = { type: 'info', payload: { type: 'exchangeStatus' } }
  socket.say({ method: 'post', id: 1, request })
  client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' }))
  client.order(
    wireOrder(true, '110', '5', { a: 1, tif: 'Ioc' }),
    wireOrder(true, '95', '1', { a: 1 }),
  )
  sandbox.advance(HOUR_MS + 60_000, 6_000)
  sandbox.backend.intervene('liquidation', { symbol: 'SOL/USDC:USDC' })
  sandbox.deliver()
  sandbox.advance(60_000, 6_000)
  const told = new Map<string, unknown>()
  for (const message of socket.messages as { channel: string; data: object }[]) {
    const { channel, data } = message
    const kinds = channel === 'user' ? Object.keys(data).map((key) => `user.${key}`) : [channel]
    for (const kind of kinds) told.set(kind, message)
  }
  return { client, user, told }
}

/** A row of different things as an object by its places: the comparison takes lists for lists of one thing. */
function placed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, placed(one)]))
  }
  const kinds = new Set(
    value.map((one) => (Array.isArray(one) ? 'list' : one === null || typeof one)),
  )
  const inner = value.map(placed)
  return kinds.size > 1 ? Object.fromEntries(inner.entries()) : inner
}

const differences = (message: unknown, sample: unknown, rules?: ShapeRules) =>
  shapeDifferences(placed(message), placed(sample), rules)

describe('what is emitted has the shape of the documents', () => {
  const { client, user, told } = world()

  for (const [type, { asked, sample, rules }] of Object.entries(ANSWERS)) {
    test(`info ${type}`, () => {
      const [{ order: newest }] = client.info('historicalOrders', { user })
      const isOfOrder = type === 'orderStatus'
      const answer = client.info(type, {
        user,
        ...asked,
        ...(isOfOrder ? { oid: newest.oid } : {}),
      })
      assert.deepEqual(differences(answer, sample, rules), [], JSON.stringify(answer))
    })
  }

  for (const [channel, { sample, rules }] of Object.entries(TOLD)) {
    test(`stream ${channel}`, () => {
      const message = told.get(channel)
      assert.deepEqual(differences(message, sample, rules), [], JSON.stringify(message))
    })
  }
})
