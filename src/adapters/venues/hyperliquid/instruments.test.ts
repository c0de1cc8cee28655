import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPriceAllowed, minimumLots, notionalOf, roundPrice } from '../../../domain/instrument.ts'
import { type Price, price, quantity } from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'
import { BASE_FEES, feesOf, isBuilderSymbol, MarketTable, marginTiersOf } from './instruments.ts'

const META = {
  universe: [
    { name: 'BTC', szDecimals: 5, maxLeverage: 40, marginTableId: 56 },
    { name: 'kPEPE', szDecimals: 0, maxLeverage: 10, marginTableId: 10 },
    { name: 'OLD', szDecimals: 1, maxLeverage: 3, isDelisted: true },
    { name: 'ISO', szDecimals: 2, maxLeverage: 3, onlyIsolated: true },
    { name: 'xyz:TSLA', szDecimals: 3, maxLeverage: 10 },
  ],
  marginTables: [
    [
      56,
      {
        marginTiers: [
          { lowerBound: '0.0', maxLeverage: 40 },
          { lowerBound: '20000000.0', maxLeverage: 20 },
          { lowerBound: '150000000.0', maxLeverage: 10 },
        ],
      },
    ],
  ],
}

const table = new MarketTable(META, BASE_FEES)
const instrument = (symbol: string) => table.ofSymbol(symbol).instrument
const isCode = (code: string) => (error: unknown) =>
  error instanceof VenueError && error.kind === 'rejected' && error.code === code

test('sizes have szDecimals, prices the rest of six', () => {
  const btc = instrument('BTC/USDC:USDC')
  assert.equal(btc.quantityDecimals, 5)
  assert.equal(btc.priceDecimals, 1)
  assert.equal(btc.settle, 'USDC')
  assert.equal(btc.fundingIntervalMs, 3_600_000)
  // 65,000.0 USDC times 0.01 BTC.
  assert.equal(notionalOf(btc, price(650_000), quantity(1000)), 650 * 1e8)
  const pepe = instrument('KPEPE/USDC:USDC')
  assert.equal(pepe.priceDecimals, 6)
  assert.equal(notionalOf(pepe, price(1604), quantity(1000)), 1.604 * 1e8)
  assert.equal(table.of(btc).asset, 0)
  assert.equal(table.ofCoin('kPEPE')?.asset, 1)
})

test('prices have five significant figures, whole numbers always', () => {
  const btc = instrument('BTC/USDC:USDC')
  const isAllowed = (value: number) => isPriceAllowed(btc, price(value))
  assert.equal(isAllowed(650_000), true)
  // 65,000.5 has six figures.
  assert.equal(isAllowed(650_005), false)
  // 123,456 has six figures and is whole.
  assert.equal(isAllowed(1_234_560), true)
  assert.equal(isAllowed(99_995), true)
  const pepe = instrument('KPEPE/USDC:USDC')
  // 0.123456: six figures; 0.001234: four.
  assert.equal(isPriceAllowed(pepe, price(123_456)), false)
  assert.equal(isPriceAllowed(pepe, price(1234)), true)
  assert.equal(roundPrice(btc, price(650_007) as Price, 'floor'), 650_000)
})

test('an order is worth 10 USDC at least', () => {
  const btc = instrument('BTC/USDC:USDC')
  const lots = minimumLots(btc, price(650_000))
  assert.equal(lots, 16)
  assert.ok(notionalOf(btc, price(650_000), lots) >= 10 * 1e8)
})

test('maintenance margin is half of the initial margin of the step, continuous at its floor', () => {
  const tiers = instrument('BTC/USDC:USDC').marginTiers
  assert.deepEqual(
    tiers.map(({ leverageMax }) => leverageMax),
    [40, 20],
  )
  assert.equal(tiers[0]?.maintenanceRate, 1_250_000)
  assert.equal(tiers[1]?.maintenanceRate, 2_500_000)
  // 20,000,000 · (2.5 % - 1.25 %)
  assert.equal(tiers[1]?.maintenanceAmount, 250_000 * 1e8)
  const [single] = marginTiersOf(3, null)
  assert.equal(single?.maintenanceRate, 16_666_667)
  assert.equal(single?.notionalFloor, 0)
})

test('contracts of builders, delisted and unknown ones are refused with a sentence', () => {
  assert.throws(() => table.ofSymbol('XYZ-TSLA/USDC:USDC'), isCode('builder_market'))
  assert.throws(() => table.ofSymbol('xyz:TSLA'), isCode('builder_market'))
  assert.throws(() => table.ofSymbol('OLD/USDC:USDC'), isCode('delisted'))
  assert.throws(() => table.ofSymbol('NO/USDC:USDC'), isCode('unknown_symbol'))
  assert.equal(table.ofCoin('xyz:TSLA'), null)
  assert.equal(isBuilderSymbol('BTC/USDC:USDC'), false)
  assert.equal(table.ofSymbol('ISO/USDC:USDC').isIsolatedOnly, true)
})

test('the account pays its own rates', () => {
  const fees = feesOf({ userCrossRate: '0.000315', userAddRate: '-0.00001' })
  assert.deepEqual(fees, { maker: -1000, taker: 31_500 })
})
