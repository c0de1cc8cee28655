/** OKX's envelope and its error codes (docs-v5, "Error Code"). */
import type { FrontResponse, OrderRefusal } from '../front.ts'

export class OkxError extends Error {
  override readonly name = 'OkxError'
  readonly code: string
  readonly status: number

  /** @param status of HTTP: 200 for what the trading engine refuses, 400, 401 or 429 for what never came there */
  constructor(code: string, message: string, status = 200) {
    super(message)
    this.code = code
    this.status = status
  }
}

export const success = (data: readonly unknown[]): FrontResponse => envelope('0', '', data)

export const envelope = (
  code: string,
  msg: string,
  data: readonly unknown[],
  status = 200,
): FrontResponse => ({ status, body: JSON.stringify({ code, data, msg }) })

export const failure = ({ code, message, status }: OkxError): FrontResponse =>
  envelope(code, message, [], status)

/** The code of an answer with one result an order: 0 all, 1 none, 2 some. */
export function batch(rows: readonly { readonly sCode: string }[]): FrontResponse {
  const failed = rows.filter((row) => row.sCode !== '0').length
  const code = failed === 0 ? '0' : failed === rows.length ? '1' : '2'
  const msg =
    failed === 0
      ? ''
      : code === '1'
        ? 'All operations failed'
        : 'Bulk operation partially succeeded.'
  return envelope(code, msg, rows)
}

export const missing = (name: string): OkxError =>
  new OkxError('50014', `Parameter ${name} can not be empty.`, 400)

export const wrong = (name: string): OkxError =>
  new OkxError('51000', `Parameter ${name} error`, 400)

export const unknownInstrument = (): OkxError =>
  new OkxError('51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")

/** Why an order is refused, in OKX's words. */
export const REFUSALS: Readonly<Record<OrderRefusal, readonly [code: string, text: string]>> = {
  unknown_instrument: ['51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist."],
  not_trading: ['51022', 'Contract under suspension.'],
  delisted: ['51027', 'Contract expired.'],
  post_only_mode: [
    '51022',
    'Contract is in the post-only phase: only post-only orders are accepted.',
  ],
  reduce_only_mode: ['51028', 'Contract is being delivered: only reduce-only orders are accepted.'],
  duplicate_client_id: ['51016', 'Duplicated client order ID.'],
  expired: ['50036', "The expTime can't be earlier than the current system time."],
  bad_price: ['51000', 'Parameter px error'],
  bad_trigger: ['51000', 'Parameter triggerPx error'],
  bad_quantity: ['51121', 'Order quantity must be a multiple of the lot size.'],
  below_minimum: ['51020', 'Your order should meet or exceed the minimum order amount.'],
  reduce_only: [
    '51169',
    "Order failed because you don't have any positions in this direction for this contract to reduce or close.",
  ],
  would_cross: ['51000', 'Parameter px error'],
  insufficient_margin: ['51008', 'Order failed. Insufficient USDT margin in account'],
  leverage_max: ['51004', 'Order failed. The position tier allows less leverage.'],
  bad_request: ['51000', 'Parameter error'],
  fault: ['50026', 'System error. Try again later.'],
}
