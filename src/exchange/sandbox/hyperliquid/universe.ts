/** The coins of the venue: names, asset numbers and the tables that describe them ("Asset IDs", "Perpetuals", "Spot"). */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { SandboxBackend, SandboxInstrument } from '../front.ts'
import { wireMoney } from './wire-number.ts'

export interface Coin {
  readonly name: string
  /** The number that orders name it by; spot pairs (from 10,000) and builder dexs (from 100,000) have none here. */
  readonly asset: number
  readonly listed: SandboxInstrument
  readonly instrument: Instrument
  /** Digits of a size. */
  readonly sizeDecimals: number
}

/** The dex that stands for all builder-deployed ones: it is listed, nothing on it trades. */
export const BUILDER_DEX = 'xyz'

const PRICE_DIGITS_MAX = 6
const NOBODY = `0x${'0'.repeat(40)}`

export class Universe {
  readonly #backend: SandboxBackend
  #coins: readonly Coin[] = []

  constructor(backend: SandboxBackend) {
    this.#backend = backend
  }

  /** In the order of their asset numbers. */
  coins(): readonly Coin[] {
    this.#coins = this.#backend.instruments().map((listed, asset) => coinOf(listed, asset))
    return this.#coins
  }

  byName(name: string): Coin | null {
    return this.#known().find((one) => one.name === name) ?? null
  }

  byAsset(asset: number): Coin | null {
    return this.coins()[asset] ?? null
  }

  byInstrument(id: InstrumentId): Coin | null {
    return this.#known().find((one) => one.instrument.id === id) ?? null
  }

  #known(): readonly Coin[] {
    return this.#coins.length > 0 ? this.#coins : this.coins()
  }
}

function coinOf(listed: SandboxInstrument, asset: number): Coin {
  const { instrument } = listed
  const lot = String(instrument.lotSize * listed.lotStep)
  const tens = /^10*$/.test(lot) ? lot.length - 1 : 0
  const sizeDecimals = Math.max(0, instrument.quantityDecimals - tens)
  return { name: instrument.base, asset, listed, instrument, sizeDecimals }
}

/** Digits after the point that a price may have: 6 less the digits of a size. */
export const priceDigitsOf = (coin: Coin): number => PRICE_DIGITS_MAX - coin.sizeDecimals

const leverageMaxOf = (instrument: Instrument): number =>
  Math.max(1, ...instrument.marginTiers.map((tier) => tier.leverageMax))

export const maxLeverageOf = (coin: Coin): number => leverageMaxOf(coin.instrument)

/** One tier: the table is called by its leverage; several: by a number of its own. */
const tableIdOf = (coin: Coin): number =>
  coin.instrument.marginTiers.length <= 1 ? maxLeverageOf(coin) : 51 + coin.asset

export function metaOf(coins: readonly Coin[]) {
  const tables = new Map(coins.map((coin) => [tableIdOf(coin), marginTable(coin)]))
  return {
    universe: coins.map((coin) => ({
      szDecimals: coin.sizeDecimals,
      name: coin.name,
      maxLeverage: maxLeverageOf(coin),
      marginTableId: tableIdOf(coin),
      ...(coin.listed.state === 'delisted' ? { isDelisted: true } : {}),
    })),
    marginTables: [...tables],
    collateralToken: 0,
  }
}

function marginTable(coin: Coin) {
  const tiers = coin.instrument.marginTiers.map((tier) => ({
    lowerBound: wireMoney(tier.notionalFloor),
    maxLeverage: tier.leverageMax,
  }))
  return {
    description: tiers.length > 1 ? `tiered ${maxLeverageOf(coin)}x` : '',
    marginTiers: tiers,
  }
}

/** The list of perp dexs: null stands for the venue's own. */
export const perpDexs = () => [
  null,
  {
    name: BUILDER_DEX,
    fullName: 'a dex that is listed and does not trade',
    deployer: NOBODY,
    oracleUpdater: null,
    feeRecipient: NOBODY,
    assetToStreamingOiCap: [[`${BUILDER_DEX}:GOLD`, '0.0']],
    subDeployers: [],
    deployerFeeScale: '1.0',
    lastDeployerFeeScaleChangeTime: '1970-01-01T00:00:00',
    assetToFundingMultiplier: [],
    assetToFundingInterestRate: [],
  },
]

export const builderMeta = () => ({
  universe: [
    {
      szDecimals: 3,
      name: `${BUILDER_DEX}:GOLD`,
      maxLeverage: 20,
      marginTableId: 20,
      onlyIsolated: true,
      marginMode: 'strictIsolated',
    },
  ],
  marginTables: [[20, { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage: 20 }] }]],
  collateralToken: 0,
})

/** A market that stands still. */
export const builderContexts = () => [
  {
    funding: '0.0',
    openInterest: '0.0',
    prevDayPx: '4000.0',
    dayNtlVlm: '0.0',
    premium: null,
    oraclePx: '4000.0',
    markPx: '4000.0',
    midPx: null,
    impactPxs: null,
    dayBaseVlm: '0.0',
  },
]

const token = (name: string, szDecimals: number, weiDecimals: number, index: number) => ({
  name,
  szDecimals,
  weiDecimals,
  index,
  tokenId: `0x${index.toString(16).padStart(32, '0')}`,
  isCanonical: true,
  evmContract: null,
  fullName: null,
  deployerTradingFeeShare: '0.0',
})

/** One spot pair, so that clients that insist on spot find one; it does not trade. */
export const spotMeta = () => ({
  universe: [{ tokens: [1, 0], name: 'PURR/USDC', index: 0, isCanonical: true }],
  tokens: [token('USDC', 8, 8, 0), token('PURR', 0, 5, 1)],
})

export const spotContexts = () => [
  {
    prevDayPx: '0.1',
    dayNtlVlm: '0.0',
    markPx: '0.1',
    midPx: null,
    circulatingSupply: '0.0',
    coin: 'PURR/USDC',
    totalSupply: '0.0',
    dayBaseVlm: '0.0',
  },
]
