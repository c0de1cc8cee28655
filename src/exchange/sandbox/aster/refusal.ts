/** How Aster refuses: an HTTP status and `{code, msg}` (futures API v3, "Error Codes"). */

/** Texts of the codes that the sandbox answers with, as the venue lists them. */
const TEXTS = {
  '-1000': 'An unknown error occured while processing the request.',
  '-1003': 'Too many requests; current limit is 2400 requests per minute.',
  '-1006': 'An unexpected response was received from the message bus. Execution status unknown.',
  '-1007':
    'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
  '-1015': 'Too many new orders; current limit is 1200 orders per MINUTE.',
  '-1016': 'This service is no longer available.',
  '-1020': 'This operation is not supported.',
  '-1022': 'Signature for this request is not valid.',
  '-1102': 'A mandatory parameter was not sent, was empty/null, or malformed.',
  '-1106': 'A parameter was sent when not required.',
  '-1111': 'Precision is over the maximum defined for this asset.',
  '-1115': 'Invalid timeInForce.',
  '-1116': 'Invalid orderType.',
  '-1117': 'Invalid side.',
  '-1120': 'Invalid interval.',
  '-1121': 'Invalid symbol.',
  '-1125': 'This listenKey does not exist.',
  '-1130': 'Invalid data sent for a parameter.',
  '-1136': 'Invalid newOrderRespType.',
  '-2010': 'NEW_ORDER_REJECTED',
  '-2011': 'Unknown order sent.',
  '-2013': 'Order does not exist.',
  '-2015': 'Invalid API-key, IP, or permissions for action.',
  '-2019': 'Margin is insufficient.',
  '-2021': 'Order would immediately trigger.',
  '-2022': 'ReduceOnly Order is rejected.',
  '-2025': 'Reach max open order limit.',
  '-2027': 'Exceeded the maximum allowable position at current leverage.',
  '-4000': 'Invalid order status.',
  '-4001': 'Price less than 0.',
  '-4002': 'Price greater than max price.',
  '-4003': 'Quantity less than zero.',
  '-4004': 'Quantity less than min quantity.',
  '-4005': 'Quantity greater than max quantity.',
  '-4006': 'Stop price less than zero.',
  '-4013': 'Price less than min price.',
  '-4014': 'Price not increased by tick size.',
  '-4015': 'Client order id is not valid.',
  '-4016': 'Price is higher than mark price multiplier cap.',
  '-4021': 'Invalid depth limit.',
  '-4022': 'market status sent is not valid.',
  '-4023': 'Qty not increased by step size.',
  '-4024': 'Price is lower than mark price multiplier floor.',
  '-4028': 'Leverage is not valid',
  '-4032': 'Exceed maximum cancel order size.',
  '-4046': 'No need to change margin type.',
  '-4047': 'Margin type cannot be changed if there exists open orders.',
  '-4048': 'Margin type cannot be changed if there exists position.',
  '-4059': 'No need to change position side.',
  '-4067': 'Position side cannot be changed if there exists open orders.',
  '-4068': 'Position side cannot be changed if there exists position.',
  '-4061': "Order's position side does not match user's setting.",
  '-4082': 'Invalid number of batch place orders.',
  '-4084': 'Method is not allowed currently. Upcoming soon.',
  '-4136': 'Target strategy invalid for orderType.',
  '-4137': 'Quantity must be zero with closePosition equals true',
  '-4138': 'Reduce only must be true with closePosition equals true',
  '-4141': 'Symbol is closed',
  '-4087': 'User can only place reduce only order',
  '-4164': "Order's notional must be no smaller than 5.0 (unless you choose reduce only)",
  '-4165': 'Maximum time interval is 7 days',
  '-4225': 'Nonce Expired',
  '-5022': 'Due to the order could not be executed as maker, the Post Only order will be rejected.',
} as const

/** A code of the venue. Positive 0 stands for none. */
export type AsterCode = keyof typeof TEXTS

const STATUS: Partial<Record<AsterCode, number>> = {
  '-1003': 429,
  '-1006': 500,
  '-1007': 503,
  '-1015': 429,
  '-1016': 503,
  '-2015': 401,
}

/** A request that the venue refuses; thrown within the front, written to the wire at its edge. */
export class AsterRefusal extends Error {
  override readonly name = 'AsterRefusal'
  readonly code: AsterCode
  readonly status: number

  /** @param text what stands in `msg`; absent = the venue's listed text */
  constructor(code: AsterCode, text?: string, status?: number) {
    super(text ?? TEXTS[code])
    this.code = code
    this.status = status ?? STATUS[code] ?? 400
  }

  get body(): { readonly code: number; readonly msg: string } {
    return { code: Number(this.code), msg: this.message }
  }
}
