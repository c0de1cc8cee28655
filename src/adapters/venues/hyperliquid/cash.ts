/** Funding and movements of money: `userFunding` and `userNonFundingLedgerUpdates`, and their streams. */
import { type Money, money } from '../../../domain/money.ts'
import { lotsFrom, momentFrom, moneyFrom, ratioFrom } from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import type { MarketTable } from './instruments.ts'
import { neededText, type Raw, rawOf, textOf } from './raw.ts'

const HOUR_MS = 3_600_000

/**
 * One funding payment. It is due on the hour and stamped some ms later; the hour names it, so the stream and the query tell
 * the same thing. `usdc` is what the account gets (negative: pays).
 * @param row `{time, coin, usdc, szi, fundingRate}` of a stream, or `{time, delta}` of a query
 */
export function fundingFact(table: MarketTable, row: Raw): VenueFact | null {
  const delta = row['delta'] === undefined ? row : rawOf(row['delta'], 'funding')
  const market = table.ofCoin(neededText(delta, 'coin'))
  if (!market) return null
  const stamp = momentFrom(row['time'] ?? delta['time'])
  const at = stamp - (stamp % HOUR_MS)
  const instrument = market.instrument.id
  return {
    key: `funding:${instrument}:${at}`,
    kind: 'funding',
    at,
    instrument,
    amount: moneyFrom(delta['usdc'], 'floor'),
    rate: ratioFrom(delta['fundingRate']),
    position: lotsFrom(market.instrument, textOf(delta, 'szi') ?? '0'),
  }
}

const amountOf = (delta: Raw, key: string): number =>
  textOf(delta, key) === null ? 0 : moneyFrom(delta[key])

const isUser = (delta: Raw, key: string, user: string): boolean =>
  (textOf(delta, key) ?? '').toLowerCase() === user.toLowerCase()

/** + for the receiver, - with the fee for the sender. */
const transferred = (delta: Raw, user: string): number =>
  isUser(delta, 'destination', user)
    ? amountOf(delta, 'usdc')
    : -amountOf(delta, 'usdc') - amountOf(delta, 'fee')

/** USDC between wallets and exchanges of the venue: "" is the first perp dex, the account that is traded here. */
function sent(delta: Raw, user: string): number {
  if (textOf(delta, 'token') !== 'USDC') return 0
  const fee = (textOf(delta, 'feeToken') ?? 'USDC') === 'USDC' ? amountOf(delta, 'fee') : 0
  const out =
    isUser(delta, 'user', user) && delta['sourceDex'] === '' ? amountOf(delta, 'amount') + fee : 0
  const into =
    isUser(delta, 'destination', user) && delta['destinationDex'] === ''
      ? amountOf(delta, 'amount')
      : 0
  return into - out
}

/** By the type of the entry, what it does to the USDC of the perpetuals account. Types that do nothing to it are not here. */
const MOVES: Readonly<Record<string, (delta: Raw, user: string) => number>> = {
  deposit: (delta) => amountOf(delta, 'usdc'),
  withdraw: (delta) => -amountOf(delta, 'usdc') - amountOf(delta, 'fee'),
  internalTransfer: transferred,
  subAccountTransfer: transferred,
  accountClassTransfer: (delta) =>
    delta['toPerp'] === true ? amountOf(delta, 'usdc') : -amountOf(delta, 'usdc'),
  send: sent,
  vaultCreate: (delta) => -amountOf(delta, 'usdc') - amountOf(delta, 'fee'),
  vaultDeposit: (delta) => -amountOf(delta, 'usdc'),
  vaultDistribution: (delta) => amountOf(delta, 'usdc'),
  vaultLeaderCommission: (delta) => amountOf(delta, 'usdc'),
  vaultWithdraw: (delta, user) =>
    isUser(delta, 'user', user) ? amountOf(delta, 'netWithdrawnUsd') : 0,
}

/** A movement of money; null: an entry that leaves the perpetuals account as it was (spot, staking, liquidation notes). */
export function cashFact(row: Raw, user: string): VenueFact | null {
  const delta = rawOf(row['delta'], 'ledger entry')
  const type = neededText(delta, 'type')
  const amount = money(MOVES[type]?.(delta, user) ?? 0) as Money
  if (amount === 0) return null
  const at = momentFrom(row['time'])
  return {
    key: `cash:${at}-${textOf(row, 'hash') ?? ''}-${type}-${amount}`,
    kind: 'cash',
    at,
    amount,
    reason: type,
  }
}
