/** What Aster's user stream tells of an account's events ("User Data Streams"). */
import { formatMoney, type Money, money } from '../../../domain/money.ts'
import {
  decimalText,
  type SandboxAccount,
  type SandboxBackend,
  type SandboxEvent,
} from '../front.ts'
import { instrumentOf } from './account-call.ts'
import { type JsonObject, orderUpdateJson, priceText, quantityText, symbolName } from './wire.ts'

/** From which share of the equity on the maintenance margin is called. */
const MARGIN_CALL_SHARE = 0.8

/** The messages of one event, in order. */
export function userMessages(
  backend: SandboxBackend,
  account: SandboxAccount,
  event: SandboxEvent,
): readonly JsonObject[] {
  if (event.kind === 'order') {
    const { order, fill } = event
    const instrument = instrumentOf(backend, order.instrument)
    const update = orderUpdateJson(order, fill, instrument)
    if (fill === null) return [update]
    return [accountUpdate(backend, account, 'ORDER', fill.at, money(0), [order.instrument]), update]
  }
  if (event.kind === 'payment') {
    const { kind, amount, at, instrument, reason } = event.payment
    if (kind === 'cash') {
      const moved = amount < 0 ? 'WITHDRAW' : 'DEPOSIT'
      const told = reason === 'insurance' ? 'INSURANCE_CLEAR' : moved
      return [accountUpdate(backend, account, told, at, amount, [])]
    }
    const isIsolated = instrument !== null && account.terms(instrument).marginMode === 'isolated'
    const touched = isIsolated && instrument !== null ? [instrument] : []
    return [accountUpdate(backend, account, 'FUNDING_FEE', at, amount, touched)]
  }
  return [configUpdate(backend, account, event)]
}

function accountUpdate(
  backend: SandboxBackend,
  account: SandboxAccount,
  reason: string,
  at: number,
  change: Money,
  touched: readonly string[],
): JsonObject {
  const { balance } = account.balance()
  const settle = backend.instruments()[0]?.instrument.settle ?? 'USDT'
  const wallet = formatMoney(balance)
  return {
    e: 'ACCOUNT_UPDATE',
    E: at,
    T: at,
    a: {
      m: reason,
      B: [{ a: settle, wb: wallet, cw: wallet, bc: formatMoney(change) }],
      P: touched.map((id) => positionFields(backend, account, id)),
    },
  }
}

function positionFields(backend: SandboxBackend, account: SandboxAccount, id: string): JsonObject {
  const instrument = instrumentOf(backend, id)
  const position = account.positions().find((one) => one.instrument === id)
  const { marginMode } = account.terms(instrument.id)
  const isIsolated = marginMode === 'isolated'
  const realised = account
    .fills({ instrument: instrument.id, limit: 1000 })
    .reduce((sum, one) => sum + one.realised, 0)
  return {
    s: symbolName(instrument),
    pa: quantityText(instrument, position?.quantity ?? 0),
    ep:
      position === undefined
        ? '0.00000'
        : decimalText(position.entryPrice, instrument.priceDecimals),
    cr: formatMoney(money(realised)),
    up: formatMoney(position?.unrealised ?? money(0)),
    mt: marginMode,
    iw: isIsolated ? formatMoney(position?.initialMargin ?? money(0)) : '0',
    ps: 'BOTH',
  }
}

function configUpdate(
  backend: SandboxBackend,
  account: SandboxAccount,
  event: Extract<SandboxEvent, { kind: 'terms' }>,
): JsonObject {
  const { instrument, at } = event
  const head = { e: 'ACCOUNT_CONFIG_UPDATE', E: at, T: at }
  if (instrument === null) {
    return { ...head, ai: { j: false, f: false, d: account.positionMode === 'hedge' } }
  }
  const name = symbolName(instrumentOf(backend, instrument))
  return { ...head, ac: { s: name, l: account.terms(instrument).leverage } }
}

/** A margin call; null = the account stands well. */
export function marginCall(backend: SandboxBackend, account: SandboxAccount): JsonObject | null {
  const { equity, balance, maintenanceMargin } = account.balance()
  if (maintenanceMargin === 0 || maintenanceMargin < equity * MARGIN_CALL_SHARE) return null
  return {
    e: 'MARGIN_CALL',
    E: backend.marketAt(),
    cw: formatMoney(balance),
    p: account.positions().map((one) => {
      const instrument = instrumentOf(backend, one.instrument)
      return {
        s: symbolName(instrument),
        ps: 'BOTH',
        pa: quantityText(instrument, one.quantity),
        mt: one.marginMode === 'isolated' ? 'ISOLATED' : 'CROSSED',
        iw: one.marginMode === 'isolated' ? formatMoney(one.initialMargin) : '0',
        mp: priceText(instrument, one.mark),
        up: formatMoney(one.unrealised),
        mm: formatMoney(one.maintenanceMargin),
      }
    }),
  }
}
