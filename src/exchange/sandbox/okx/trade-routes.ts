/** OKX's private REST endpoints of orders, stops, fills and the dead-man switch. */
import type { Price, Quantity } from '../../../domain/money.ts'
import type {
  AmendResult,
  OrderRef,
  PlaceResult,
  PlaceWish,
  SandboxAccount,
  SandboxBackend,
  SandboxOrder,
} from '../front.ts'
import { historyOf } from './account-routes.ts'
import { batch, missing, OkxError, REFUSALS, success, wrong } from './answers.ts'
import { type OkxContracts, readPrice, readSize } from './contracts.ts'
import { clientIdOf, contractOf, type OkxInput, orderOf, stopOf, textOf } from './order-input.ts'
import {
  fillRow,
  isStop,
  numberOf,
  type OkxRow,
  orderIdOf,
  orderRow,
  stopRow,
} from './order-views.ts'

const BATCH_MAX = 20
const STOPS_BATCH_MAX = 10

interface Row {
  readonly sCode: string
  readonly [key: string]: unknown
}

export class TradeRoutes {
  readonly #backend: SandboxBackend
  readonly #contracts: OkxContracts
  /** Venue wall ms at which the open orders of an account are canceled. */
  readonly #switches = new Map<string, number>()

  constructor(backend: SandboxBackend, contracts: OkxContracts) {
    this.#backend = backend
    this.#contracts = contracts
  }

  /** Null = there is no such endpoint. */
  get(endpoint: string, query: URLSearchParams, account: SandboxAccount) {
    switch (endpoint) {
      case 'trade/order':
        return success([this.#order(query, account)])
      case 'trade/orders-pending':
        return success(this.#pending(query, account))
      case 'trade/orders-history':
      case 'trade/orders-history-archive':
        return success(this.#history(query, account))
      case 'trade/fills':
      case 'trade/fills-history':
        return success(this.#fills(query, account))
      case 'trade/order-algo':
        return success([this.#stop(query, account)])
      case 'trade/orders-algo-pending':
        return success(this.#stops(query, account.openOrders(), account))
      case 'trade/orders-algo-history':
        return success(this.#stops(query, account.orderHistory({ limit: 100 }), account))
      default:
        return null
    }
  }

  /** @param expiresAt of the header expTime, venue wall ms */
  post(endpoint: string, body: unknown, account: SandboxAccount, expiresAt: number | null) {
    switch (endpoint) {
      case 'trade/order':
        return batch(this.#place([one(body)], account, expiresAt))
      case 'trade/batch-orders':
        return batch(this.#place(many(body, BATCH_MAX), account, expiresAt))
      case 'trade/cancel-order':
        return batch([this.#cancel(one(body), account)])
      case 'trade/cancel-batch-orders':
        return batch(many(body, BATCH_MAX).map((input) => this.#cancel(input, account)))
      case 'trade/amend-order':
        return batch([this.#amend(one(body), account)])
      case 'trade/cancel-all-after':
        return success([this.#arm(one(body), account)])
      case 'trade/order-algo':
        return batch([this.#placeStop(one(body), account)])
      case 'trade/cancel-algos':
        return batch(many(body, STOPS_BATCH_MAX).map((input) => this.#cancelStop(input, account)))
      default:
        return null
    }
  }

  // Placing

  #place(inputs: readonly OkxInput[], account: SandboxAccount, expiresAt: number | null) {
    const rows: (Row | null)[] = []
    const wishes: PlaceWish[] = []
    for (const input of inputs) {
      try {
        const wish = orderOf(this.#contracts, input, account, expiresAt)
        this.#checkMode(wish, account)
        wishes.push(wish)
        rows.push(null)
      } catch (error) {
        rows.push(this.#refusedRow(input, error, { ordId: '' }))
      }
    }
    const results = account.place(wishes)
    let next = 0
    return rows.map((row, index) => row ?? this.#placedRow(inputs[index] ?? {}, results[next++]))
  }

  /** The sandbox has one margin mode a contract: it follows the orders while nothing is held. */
  #checkMode({ request, extra }: PlaceWish, account: SandboxAccount): void {
    const wanted = extra?.['tdMode'] === 'isolated' ? 'isolated' : 'cross'
    if (account.terms(request.instrument).marginMode === wanted) return
    if (account.setTerms(request.instrument, { marginMode: wanted }) !== null) throw wrong('tdMode')
  }

  #placedRow(input: OkxInput, result: PlaceResult | undefined): Row {
    if (result?.kind === 'accepted') {
      return this.#row(input, { ordId: String(result.order.id), sCode: '0', sMsg: '' })
    }
    const [sCode, sMsg] = REFUSALS[result?.reason ?? 'fault']
    return this.#row(input, { ordId: '', sCode, sMsg })
  }

  #row(input: OkxInput, parts: { ordId: string; sCode: string; sMsg: string }): Row {
    const { ordId, sCode, sMsg } = parts
    return {
      clOrdId: textOf(input, 'clOrdId'),
      ordId,
      sCode,
      sMsg,
      tag: textOf(input, 'tag'),
    }
  }

  /** One order's part of an answer for what could not be read. @throws what is no refusal */
  #refusedRow(input: OkxInput, error: unknown, parts: { ordId: string }): Row {
    if (!(error instanceof OkxError)) throw error
    return this.#row(input, { ...parts, sCode: error.code, sMsg: error.message })
  }

  // Canceling and amending

  #refOf(input: OkxInput): OrderRef {
    const ordId = textOf(input, 'ordId')
    const clientId = clientIdOf(input)
    if (ordId !== '') return { id: numberOf(ordId) }
    if (clientId === null) throw missing('ordId or clOrdId')
    return { clientId }
  }

  #cancel(input: OkxInput, account: SandboxAccount): Row {
    try {
      contractOf(this.#contracts, input)
      const [result] = account.cancel([this.#refOf(input)])
      const ordId =
        result?.order === null || result === undefined
          ? textOf(input, 'ordId')
          : orderIdOf(result.order)
      if (result?.kind === 'canceled') {
        const { clientId } = result.order
        return this.#row({ ...input, clOrdId: clientId ?? '' }, { ordId, sCode: '0', sMsg: '' })
      }
      const isAbsent = result === undefined || result.kind === 'absent'
      // 51400 is the documents' answer to all three; the newer ones tell a canceled from a completed order.
      const isFilled = !isAbsent && result.order.status === 'filled'
      const sCode = isAbsent ? '51400' : isFilled ? '51402' : '51401'
      const sMsg = isAbsent
        ? 'Order cancellation failed as the order has been filled, canceled or does not exist.'
        : isFilled
          ? 'Cancellation failed as the order is already completed.'
          : 'Cancellation failed as the order is already canceled.'
      return this.#row(input, { ordId, sCode, sMsg })
    } catch (error) {
      return this.#refusedRow(input, error, { ordId: textOf(input, 'ordId') })
    }
  }

  #amend(input: OkxInput, account: SandboxAccount): Row {
    try {
      const result = account.amend(this.#refOf(input), this.#changeOf(input))
      const { order } = result
      if (order === null) {
        throw new OkxError('51503', 'Order modification failed as the order does not exist.')
      }
      const row = { ordId: orderIdOf(order), ...amendWords(result) }
      const named = { ...input, clOrdId: order.clientId ?? '', tag: '' }
      return { ...this.#row(named, row), reqId: textOf(input, 'reqId') }
    } catch (error) {
      return this.#refusedRow(input, error, { ordId: textOf(input, 'ordId') })
    }
  }

  #changeOf(input: OkxInput): { readonly price?: Price; readonly quantity?: Quantity } {
    const contract = contractOf(this.#contracts, input)
    const [px, sz] = [textOf(input, 'newPx'), textOf(input, 'newSz')]
    if (px === '' && sz === '') throw missing('newSz or newPx')
    const price = px === '' ? null : readPrice(contract, px)
    if (px !== '' && (price === null || price <= 0)) throw wrong('newPx')
    const quantity = sz === '' ? null : readSize(contract, sz)
    if (sz !== '' && (quantity === null || quantity <= 0)) throw wrong('newSz')
    return { ...(price === null ? {} : { price }), ...(quantity === null ? {} : { quantity }) }
  }

  // Looking

  #found(query: URLSearchParams, account: SandboxAccount): SandboxOrder | null {
    const ordId = query.get('ordId') ?? ''
    const clOrdId = query.get('clOrdId') ?? ''
    if (ordId === '' && clOrdId === '') throw missing('ordId or clOrdId')
    return account.order(ordId === '' ? { clientId: clOrdId } : { id: numberOf(ordId) })
  }

  #order(query: URLSearchParams, account: SandboxAccount): OkxRow {
    const contract = contractOf(this.#contracts, Object.fromEntries(query))
    const order = this.#found(query, account)
    const isThere =
      order !== null &&
      order.instrument === contract.instrument.id &&
      (!isStop(order) || order.isTriggered)
    if (!isThere) throw new OkxError('51603', 'Order does not exist')
    return orderRow(contract, order, account)
  }

  #rows(orders: readonly SandboxOrder[], account: SandboxAccount): readonly OkxRow[] {
    return orders
      .filter((order) => !isStop(order) || order.isTriggered)
      .map((order) => orderRow(this.#contracts.of(order.instrument), order, account))
  }

  #pending(query: URLSearchParams, account: SandboxAccount): readonly OkxRow[] {
    const { instrument, beforeId, afterId, limit } = historyOf(query, this.#contracts)
    const orders = account
      .openOrders(instrument)
      .filter((one) => one.id < (beforeId ?? Number.POSITIVE_INFINITY) && one.id > (afterId ?? 0))
    return this.#rows(orders, account).slice(0, limit)
  }

  #history(query: URLSearchParams, account: SandboxAccount): readonly OkxRow[] {
    if ((query.get('instType') ?? '') === '') throw missing('instType')
    return this.#rows(account.orderHistory(historyOf(query, this.#contracts)), account)
  }

  #fills(query: URLSearchParams, account: SandboxAccount): readonly OkxRow[] {
    const ordId = query.get('ordId') ?? ''
    const wanted = historyOf(query, this.#contracts)
    const fills = account.fills(ordId === '' ? wanted : { ...wanted, orderId: numberOf(ordId) })
    return fills.map((fill) =>
      fillRow(this.#contracts.of(fill.instrument), fill, account.order({ id: fill.orderId })),
    )
  }

  // Stops

  #placeStop(input: OkxInput, account: SandboxAccount): Row {
    const row = (algoId: string, sCode: string, sMsg: string): Row => ({
      algoId,
      algoClOrdId: textOf(input, 'algoClOrdId'),
      clOrdId: textOf(input, 'clOrdId'),
      sCode,
      sMsg,
      tag: textOf(input, 'tag'),
    })
    try {
      const priceOf = (contract: { instrument: { id: Parameters<SandboxBackend['price']>[0] } }) =>
        this.#backend.price(contract.instrument.id).last
      const wish = stopOf(this.#contracts, input, account, priceOf)
      this.#checkMode(wish, account)
      this.#checkSide(wish)
      const [result] = account.place([wish])
      if (result?.kind === 'accepted') return row(String(result.order.id), '0', '')
      const [sCode, sMsg] = REFUSALS[result?.reason ?? 'fault']
      return row('', sCode, sMsg)
    } catch (error) {
      if (!(error instanceof OkxError)) throw error
      return row('', error.code, error.message)
    }
  }

  /** A stop that would fire at once is refused. */
  #checkSide({ request, extra }: PlaceWish): void {
    const { trigger, side, instrument } = request
    if (trigger === null || extra?.['algo'] !== 'conditional') return
    const { last } = this.#backend.price(instrument)
    const isSell = side === 'sell'
    const isStopLoss = trigger.kind === 'stop'
    // A stop loss that sells lies below the price, a take-profit that sells above it.
    const isRight = trigger.price < last === (isSell === isStopLoss)
    if (isRight && trigger.price !== last) return
    const name = isStopLoss ? 'SL' : 'TP'
    const isHigh = isSell === isStopLoss
    const code = isStopLoss ? (isHigh ? '51280' : '51278') : isHigh ? '51277' : '51279'
    throw new OkxError(
      code,
      `${name} trigger price can not be ${isHigh ? 'higher' : 'lower'} than the last price`,
    )
  }

  #cancelStop(input: OkxInput, account: SandboxAccount): Row {
    const algoId = textOf(input, 'algoId')
    const row = (sCode: string, sMsg: string): Row => ({
      algoId,
      algoClOrdId: textOf(input, 'algoClOrdId'),
      clOrdId: '',
      sCode,
      sMsg,
      tag: '',
    })
    try {
      contractOf(this.#contracts, input)
      const clientId = clientIdOf(input, 'algoClOrdId')
      if (algoId === '' && clientId === null) throw missing('algoId or algoClOrdId')
      const [result] = account.cancel([
        algoId === '' ? { clientId: clientId ?? '' } : { id: numberOf(algoId) },
      ])
      if (result?.kind === 'canceled') {
        return { ...row('0', ''), algoId: String(result.order.id) }
      }
      return row('51400', 'Cancellation failed as the order does not exist.')
    } catch (error) {
      if (!(error instanceof OkxError)) throw error
      return row(error.code, error.message)
    }
  }

  #stop(query: URLSearchParams, account: SandboxAccount): OkxRow {
    const algoId = query.get('algoId') ?? ''
    const clientId = query.get('algoClOrdId') ?? ''
    if (algoId === '' && clientId === '') throw missing('algoId or algoClOrdId')
    const order = account.order(algoId === '' ? { clientId } : { id: numberOf(algoId) })
    if (order === null || !isStop(order)) throw new OkxError('51603', 'Order does not exist')
    return stopRow(this.#contracts.of(order.instrument), order, account)
  }

  #stops(
    query: URLSearchParams,
    orders: readonly SandboxOrder[],
    account: SandboxAccount,
  ): readonly OkxRow[] {
    const types = (query.get('ordType') ?? '').split(',')
    if (types[0] === '') throw missing('ordType')
    const { instrument, limit } = historyOf(query, this.#contracts)
    const algoId = query.get('algoId') ?? ''
    const clientId = query.get('algoClOrdId') ?? ''
    return orders
      .filter(
        (one) =>
          isStop(one) &&
          types.includes(one.extra['algo'] ?? '') &&
          (instrument === undefined || one.instrument === instrument) &&
          (algoId === '' || String(one.id) === algoId) &&
          (clientId === '' || one.clientId === clientId),
      )
      .slice(0, limit)
      .map((one) => stopRow(this.#contracts.of(one.instrument), one, account))
  }

  // The dead-man switch

  #arm(input: OkxInput, account: SandboxAccount): OkxRow {
    const text = textOf(input, 'timeOut')
    if (text === '') throw missing('timeOut')
    const seconds = Number(text)
    const isAllowed =
      seconds === 0 || (Number.isInteger(seconds) && seconds >= 10 && seconds <= 120)
    if (!isAllowed) throw wrong('timeOut')
    const now = this.#backend.wallMs()
    if (seconds === 0) this.#switches.delete(account.name)
    else this.#switches.set(account.name, now + seconds * 1000)
    const triggerTime = seconds === 0 ? '0' : String(now + seconds * 1000)
    return { triggerTime, tag: textOf(input, 'tag'), ts: String(now) }
  }

  /** Cancels what a switch that has run out stands for; stops stay. */
  onSecond(): void {
    for (const account of this.#backend.accounts()) {
      const at = this.#switches.get(account.name)
      if (at === undefined || this.#backend.wallMs() < at) continue
      this.#switches.delete(account.name)
      const orders = account.openOrders().filter((order) => !isStop(order))
      account.cancel(orders.map(({ id }) => ({ id })))
    }
  }
}

function amendWords(result: AmendResult): { readonly sCode: string; readonly sMsg: string } {
  if (result.kind === 'amended') return { sCode: '0', sMsg: '' }
  if (result.kind === 'rejected') {
    const [sCode, sMsg] = REFUSALS[result.reason]
    return { sCode, sMsg }
  }
  const isFilled = result.order?.status === 'filled'
  const what = isFilled ? 'completed' : 'canceled'
  const sMsg = `Order modification failed as the order has been ${what}.`
  return { sCode: isFilled ? '51510' : '51509', sMsg }
}

function one(body: unknown): OkxInput {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new OkxError('50002', 'JSON syntax error', 400)
  }
  return body as OkxInput
}

function many(body: unknown, max: number): readonly OkxInput[] {
  if (!Array.isArray(body) || body.length === 0)
    throw new OkxError('50002', 'JSON syntax error', 400)
  if (body.length > max)
    throw new OkxError('51124', `You can only place up to ${max} orders at once.`)
  return body.map((input) => one(input))
}

/** Contracts of the orders in a body, with how many each: for the limits. */
export function ordersIn(body: unknown): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const input of Array.isArray(body) ? body : [body]) {
    const instId =
      typeof input === 'object' && input !== null ? textOf(input as OkxInput, 'instId') : ''
    counts.set(instId, (counts.get(instId) ?? 0) + 1)
  }
  return counts
}
