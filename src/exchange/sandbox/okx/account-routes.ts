/** OKX's private REST endpoints of an account: money, positions, settings, bills. */
import type { InstrumentId } from '../../../domain/instrument.ts'
import type {
  HistoryQuery,
  SandboxAccount,
  SandboxBackend,
  SandboxFill,
  SandboxPayment,
  SandboxPosition,
} from '../front.ts'
import { missing, OkxError, success, unknownInstrument, wrong } from './answers.ts'
import {
  averageText,
  moneyText,
  type OkxContract,
  type OkxContracts,
  priceText,
  sizeText,
} from './contracts.ts'
import { type OkxInput, textOf } from './order-input.ts'
import { fillRow, type OkxRow } from './order-views.ts'

export class AccountRoutes {
  readonly #backend: SandboxBackend
  readonly #contracts: OkxContracts

  constructor(backend: SandboxBackend, contracts: OkxContracts) {
    this.#backend = backend
    this.#contracts = contracts
  }

  /** Null = there is no such endpoint. */
  get(endpoint: string, query: URLSearchParams, account: SandboxAccount) {
    switch (endpoint) {
      case 'account/config':
        return success([this.#config(account)])
      case 'account/balance':
        return success([balanceRow(this.#backend, account)])
      case 'account/positions':
        return success(this.#positions(query, account))
      case 'account/leverage-info':
        return success(this.#leverageInfo(query, account))
      case 'account/trade-fee':
        return success([this.#fees(query, account)])
      case 'account/bills':
      case 'account/bills-archive':
        return success(this.#bills(query, account))
      default:
        return null
    }
  }

  post(endpoint: string, input: OkxInput, account: SandboxAccount) {
    switch (endpoint) {
      case 'account/set-leverage':
        return success([this.#setLeverage(input, account)])
      case 'account/set-position-mode':
        return success([this.#setPositionMode(input, account)])
      default:
        return null
    }
  }

  #config(account: SandboxAccount): OkxRow {
    const withdraw = account.key.canWithdraw ? ',withdraw' : ''
    return {
      acctLv: '2',
      acctStpMode: 'cancel_maker',
      autoLoan: false,
      ctIsoMode: 'automatic',
      enableSpotBorrow: false,
      greeksType: 'PA',
      ip: '127.0.0.1',
      kycLv: '2',
      label: account.name,
      level: 'Lv1',
      levelTmp: '',
      liquidationGear: '-1',
      mainUid: account.uid,
      mgnIsoMode: 'automatic',
      opAuth: '0',
      perm: `read_only,trade${withdraw}`,
      posMode: account.positionMode === 'one_way' ? 'net_mode' : 'long_short_mode',
      roleType: '0',
      settleCcy: '',
      settleCcyList: [],
      spotBorrowAutoRepay: false,
      spotOffsetType: '',
      spotRoleType: '0',
      spotTraderInsts: [],
      stgyType: '0',
      traderInsts: [],
      type: '0',
      uid: account.uid,
    }
  }

  #positions(query: URLSearchParams, account: SandboxAccount): readonly OkxRow[] {
    const wanted = query.get('instId')?.split(',') ?? null
    return account.positions().flatMap((held) => {
      const contract = this.#contracts.of(held.instrument)
      if (wanted !== null && !wanted.includes(contract.instId)) return []
      return [positionRow(this.#backend, contract, held)]
    })
  }

  #contract(instId: string): OkxContract {
    if (instId === '') throw missing('instId')
    const contract = this.#contracts.byId(instId)
    if (contract === null) throw unknownInstrument()
    return contract
  }

  #leverageInfo(query: URLSearchParams, account: SandboxAccount): readonly OkxRow[] {
    const mgnMode = query.get('mgnMode') ?? ''
    if (mgnMode === '') throw missing('mgnMode')
    return (query.get('instId') ?? '').split(',').map((instId) => {
      const contract = this.#contract(instId)
      const { leverage } = account.terms(contract.instrument.id)
      return { ccy: '', instId, mgnMode, posSide: 'net', lever: String(leverage) }
    })
  }

  #fees(query: URLSearchParams, account: SandboxAccount): OkxRow {
    const instType = query.get('instType') ?? ''
    if (instType === '') throw missing('instType')
    const { maker, taker } = account.fees
    const paid = (rate: number) => moneyText(0 - rate)
    return {
      category: '1',
      delivery: '',
      exercise: '',
      instType,
      level: 'Lv1',
      maker: paid(maker),
      makerU: paid(maker),
      makerUSDC: paid(maker),
      taker: paid(taker),
      takerU: paid(taker),
      takerUSDC: paid(taker),
      ts: String(this.#backend.wallMs()),
      uly: '',
    }
  }

  #setLeverage(input: OkxInput, account: SandboxAccount): OkxRow {
    const contract = this.#contract(textOf(input, 'instId'))
    const lever = textOf(input, 'lever')
    const mgnMode = textOf(input, 'mgnMode')
    if (lever === '') throw missing('lever')
    if (mgnMode !== 'cross' && mgnMode !== 'isolated') throw wrong('mgnMode')
    const leverage = Number(lever)
    if (!(leverage >= 1)) throw wrong('lever')
    const id = contract.instrument.id
    const isHeld = account.positions().some((one) => one.instrument === id)
    const refusal = account.setTerms(id, { leverage, ...(isHeld ? {} : { marginMode: mgnMode }) })
    if (refusal === 'leverage_max') {
      throw new OkxError('59102', 'Leverage exceeds the maximum limit. Please lower the leverage.')
    }
    if (refusal !== null) throw wrong('lever')
    return { instId: contract.instId, lever, mgnMode, posSide: 'net' }
  }

  #setPositionMode(input: OkxInput, account: SandboxAccount): OkxRow {
    const posMode = textOf(input, 'posMode')
    if (posMode !== 'net_mode' && posMode !== 'long_short_mode') throw wrong('posMode')
    const refusal = account.setPositionMode(posMode === 'net_mode' ? 'one_way' : 'hedge')
    if (refusal !== null) {
      throw new OkxError(
        '59000',
        'Setting failed. Cancel any open orders, close positions, and stop trading bots first.',
      )
    }
    return { posMode }
  }

  // Bills

  #bills(query: URLSearchParams, account: SandboxAccount): readonly OkxRow[] {
    const type = query.get('type') ?? ''
    const wanted = historyOf(query, this.#contracts)
    const bills: { readonly id: number; readonly row: OkxRow }[] = []
    if (type === '' || type === '8' || type === '1') {
      const kind = type === '8' ? 'funding' : type === '1' ? 'cash' : null
      const payments = account.payments({ ...wanted, ...(kind === null ? {} : { kind }) })
      bills.push(...payments.map((one) => ({ id: one.id, row: this.#paymentBill(one) })))
    }
    if (type === '' || type === '2') {
      const fills = account.fills(wanted)
      bills.push(...fills.map((one) => ({ id: one.id, row: this.#fillBill(one, account) })))
    }
    return bills
      .sort((a, b) => b.id - a.id)
      .slice(0, wanted.limit)
      .map(({ row }) => row)
  }

  #paymentBill(payment: SandboxPayment): OkxRow {
    const contract = payment.instrument === null ? null : this.#contracts.of(payment.instrument)
    const isFunding = payment.kind === 'funding'
    const mark = contract === null ? null : this.#backend.price(contract.instrument.id).mark
    return {
      ...EMPTY_BILL,
      bal: moneyText(payment.balanceAfter),
      balChg: moneyText(payment.amount),
      billId: String(payment.id),
      ccy: contract?.instrument.settle ?? settleOf(this.#contracts),
      fillTime: String(payment.at),
      instId: contract?.instId ?? '',
      instType: contract === null ? '' : 'SWAP',
      pnl: isFunding ? moneyText(payment.amount) : '0',
      px: contract === null || mark === null ? '' : priceText(contract, mark),
      subType: isFunding ? (payment.amount < 0 ? '173' : '174') : payment.amount < 0 ? '12' : '11',
      sz: contract === null ? '' : sizeText(contract, Math.abs(payment.position ?? 0)),
      ts: String(payment.at),
      type: isFunding ? '8' : '1',
    }
  }

  #fillBill(fill: SandboxFill, account: SandboxAccount): OkxRow {
    const contract = this.#contracts.of(fill.instrument)
    const row = fillRow(contract, fill, account.order({ id: fill.orderId }))
    return {
      ...EMPTY_BILL,
      bal: '',
      balChg: moneyText(fill.realised - fill.fee),
      billId: String(fill.id),
      ccy: contract.instrument.settle,
      clOrdId: row['clOrdId'],
      execType: row['execType'],
      fee: row['fee'],
      fillTime: String(fill.at),
      instId: contract.instId,
      instType: 'SWAP',
      ordId: row['ordId'],
      pnl: moneyText(fill.realised),
      px: row['fillPx'],
      subType: row['subType'],
      sz: row['fillSz'],
      tradeId: row['tradeId'],
      ts: String(fill.at),
      type: '2',
    }
  }
}

const settleOf = (contracts: OkxContracts): string =>
  contracts.all()[0]?.instrument.settle ?? 'USDT'

const EMPTY_BILL = {
  clOrdId: '',
  execType: '',
  fee: '0',
  fillFwdPx: '',
  fillIdxPx: '',
  fillMarkPx: '',
  fillMarkVol: '',
  fillPxUsd: '',
  fillPxVol: '',
  from: '',
  interest: '0',
  mgnMode: 'cross',
  notes: '',
  ordId: '',
  posBal: '0',
  posBalChg: '0',
  tag: '',
  to: '',
  tradeId: '',
}

/** begin and end are inclusive times; before asks for newer ids, after for older ones. */
export function historyOf(query: URLSearchParams, contracts: OkxContracts): HistoryQuery {
  const instId = query.get('instId') ?? ''
  const found = instId === '' ? null : contracts.byId(instId)
  if (instId !== '' && found === null) throw unknownInstrument()
  const number = (name: string, key: string) => {
    const value = query.get(name)
    if (value === null || value === '') return {}
    if (!/^\d{1,16}$/.test(value)) throw wrong(name)
    return { [key]: Number(value) }
  }
  const instrument: InstrumentId | undefined = found?.instrument.id
  return {
    ...(instrument === undefined ? {} : { instrument }),
    ...number('begin', 'from'),
    ...number('end', 'until'),
    ...number('after', 'beforeId'),
    ...number('before', 'afterId'),
    limit: Math.min(100, Math.max(1, Number(query.get('limit') ?? '100') || 100)),
  }
}

/** The one row of `account/balance` and of the `account` stream. */
export function balanceRow(backend: SandboxBackend, account: SandboxAccount): OkxRow {
  const money = account.balance()
  const at = String(backend.marketAt())
  const frozen = money.positionMargin + money.orderMargin
  const ratio = money.maintenanceMargin > 0 ? String(money.equity / money.maintenanceMargin) : ''
  return {
    adjEq: '',
    borrowFroz: '',
    details: [
      {
        accAvgPx: '',
        availBal: moneyText(money.available),
        availEq: moneyText(money.available),
        borrowFroz: '',
        cashBal: moneyText(money.balance),
        ccy: money.settle,
        clSpotInUseAmt: '',
        collateralEnabled: false,
        crossLiab: '',
        disEq: moneyText(money.equity),
        eq: moneyText(money.equity),
        eqUsd: moneyText(money.equity),
        fixedBal: '0',
        frozenBal: moneyText(frozen),
        imr: moneyText(frozen),
        interest: '',
        isoEq: '0',
        isoLiab: '',
        isoUpl: '0',
        liab: '',
        maxLoan: '',
        maxSpotInUseAmt: '',
        mgnRatio: ratio,
        mmr: moneyText(money.maintenanceMargin),
        notionalLever: '0',
        openAvgPx: '',
        ordFrozen: moneyText(money.orderMargin),
        rewardBal: '0',
        smtSyncEq: '0',
        spotBal: '',
        spotCopyTradingEq: '0',
        spotInUseAmt: '',
        spotIsoBal: '0',
        spotUpl: '',
        spotUplRatio: '',
        stgyEq: '0',
        totalPnl: '',
        totalPnlRatio: '',
        twap: '0',
        uTime: at,
        upl: moneyText(money.unrealised),
        uplLiab: '',
      },
    ],
    imr: '',
    isoEq: '0',
    mgnRatio: '',
    mmr: '',
    notionalUsd: '',
    notionalUsdForBorrow: '',
    notionalUsdForFutures: '',
    notionalUsdForOption: '',
    notionalUsdForSwap: '',
    ordFroz: '',
    totalEq: moneyText(money.equity),
    uTime: at,
    upl: '',
  }
}

const ratioOf = (part: number, whole: number): string => (whole === 0 ? '0' : String(part / whole))

/** What `account/positions` and the `positions` stream have in common. */
function positionFields(backend: SandboxBackend, contract: OkxContract, held: SandboxPosition) {
  const { settle } = contract.instrument
  const { last, index } = backend.price(held.instrument)
  const isIsolated = held.marginMode === 'isolated'
  return {
    adl: '1',
    availPos: isIsolated ? sizeText(contract, held.quantity) : '',
    avgPx: averageText(contract, held.entryPrice),
    cTime: String(held.createdAt),
    ccy: settle,
    fee: '0',
    fundingFee: '0',
    idxPx: priceText(contract, index),
    instId: contract.instId,
    instType: 'SWAP',
    interest: '',
    last: priceText(contract, last),
    lever: String(held.leverage),
    liqPenalty: '0',
    liqPx: held.liquidationPrice === null ? '' : priceText(contract, held.liquidationPrice),
    margin: isIsolated ? moneyText(held.initialMargin) : '',
    markPx: priceText(contract, held.mark),
    mgnMode: held.marginMode,
    mgnRatio: ratioOf(held.initialMargin, held.maintenanceMargin),
    mmr: moneyText(held.maintenanceMargin),
    notionalUsd: moneyText(held.notional),
    optVal: '',
    pnl: '0',
    pos: sizeText(contract, held.quantity),
    posCcy: '',
    posId: String(held.createdAt),
    posSide: 'net',
    realizedPnl: '0',
    spotInUseAmt: '',
    spotInUseCcy: '',
    tradeId: '',
    uTime: String(held.updatedAt),
    upl: moneyText(held.unrealised),
    uplLastPx: moneyText(held.unrealised),
    uplRatio: ratioOf(held.unrealised, held.initialMargin),
    uplRatioLastPx: ratioOf(held.unrealised, held.initialMargin),
  }
}

/** One row of `account/positions`. */
export function positionRow(
  backend: SandboxBackend,
  contract: OkxContract,
  held: SandboxPosition,
): OkxRow {
  return {
    ...positionFields(backend, contract, held),
    baseBal: '',
    bePx: averageText(contract, held.entryPrice),
    pendingCloseOrdLiabVal: '',
    quoteBal: '',
    quoteBorrowed: '',
    quoteInterest: '',
    usdPx: '1',
  }
}

/** One row of the `positions` stream. */
export function positionMessage(
  backend: SandboxBackend,
  contract: OkxContract,
  held: SandboxPosition,
): OkxRow {
  return {
    ...positionFields(backend, contract, held),
    baseBorrowed: '',
    baseInterest: '',
    bizRefId: '',
    bizRefType: '',
    closeOrderAlgo: [],
    deltaBS: '',
    deltaPA: '',
    gammaBS: '',
    gammaPA: '',
    imr: held.marginMode === 'cross' ? moneyText(held.initialMargin) : '',
    liab: '',
    liabCcy: '',
    pTime: String(backend.marketAt()),
    quoteBorrowed: '',
    quoteInterest: '',
    thetaBS: '',
    thetaPA: '',
    vegaBS: '',
    vegaPA: '',
  }
}
