/** What can be subscribed to, in the venue's own form: its acknowledgements repeat it with every default written out. */
import { intervalsMs } from './market-views.ts'
import {
  address,
  flag,
  MalformedBody,
  maybe,
  objectOf,
  type Reader,
  text,
  uint,
} from './wire-reader.ts'

export interface Subscription {
  readonly type: string
  readonly coin?: string
  readonly user?: string
  readonly interval?: string
  readonly dex?: string
  readonly nSigFigs?: number | null
  readonly mantissa?: number | null
  readonly fast?: boolean
  readonly aggregateByTime?: boolean
}

const or =
  <T>(reader: Reader<T>, otherwise: T): Reader<T> =>
  (value) =>
    value === null || value === undefined ? otherwise : reader(value)

const interval: Reader<string> = (value) => {
  const given = text(value)
  if (!Object.hasOwn(intervalsMs, given)) throw new MalformedBody(`there is no interval ${given}`)
  return given
}

const nothing = objectOf({ type: text })
const ofDex = objectOf({ type: text }, { dex: text })
const ofCoin = objectOf({ type: text, coin: text })
const ofUser = objectOf({ type: text, user: address })
const ofUserDex = objectOf({ type: text, user: address }, { dex: text })

const READERS: Readonly<Record<string, Reader<Subscription>>> = {
  allMids: ofDex,
  allDexsAssetCtxs: nothing,
  l2Book: objectOf({
    type: text,
    coin: text,
    nSigFigs: maybe(uint),
    mantissa: maybe(uint),
    fast: or(flag, false),
  }),
  bbo: ofCoin,
  trades: ofCoin,
  activeAssetCtx: ofCoin,
  candle: objectOf({ type: text, coin: text, interval }),
  notification: ofUser,
  orderUpdates: ofUser,
  userEvents: ofUser,
  userFills: objectOf({ type: text, user: address, aggregateByTime: or(flag, false) }),
  userFundings: ofUser,
  userNonFundingLedgerUpdates: ofUser,
  userHistoricalOrders: ofUser,
  webData2: ofUser,
  clearinghouseState: ofUserDex,
  openOrders: ofUserDex,
  spotState: ofUser,
  activeAssetData: objectOf({ type: text, user: address, coin: text }),
}

/** @throws MalformedBody */
export function readSubscription(value: unknown): Subscription {
  const { type } = nothing(value)
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (!reader) throw new MalformedBody(`there is no stream ${type}`)
  return reader(value)
}

/** Levels can be put together by 2 to 5 figures, by a mantissa only at 5. */
export function isGroupingValid({ nSigFigs, mantissa }: Subscription): boolean {
  const areFiguresKnown = !nSigFigs || (nSigFigs >= 2 && nSigFigs <= 5)
  const isMantissaKnown = !mantissa || (nSigFigs === 5 && (mantissa === 2 || mantissa === 5))
  return areFiguresKnown && isMantissaKnown
}
