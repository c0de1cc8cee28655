import type { ExchangeRefusal } from '../protocol/exchange-messages.ts'

/** A request that the exchange refuses; the message is one sentence for a person. */
export class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused'
  readonly code: ExchangeRefusal
  constructor(code: ExchangeRefusal, text: string) {
    super(text)
    this.code = code
  }
}
