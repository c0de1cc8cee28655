/** Amounts of one quote currency in another (USDC, USDT, USD): at rates that are given, never guessed. */
import { type Money, money, mulDiv, RATIO_SCALE, type Ratio, type Rounding } from '../money.ts'

/** Worth of one unit of a currency in a common one, 1e-8, e.g. {USDT: 1e8, USDC: 99_990_000}. */
export type QuoteRates = Readonly<Record<string, Ratio>>

/** Worth of one `from` in `to`; the same currency needs no rate. null = no rate is given for one of them. */
export function crossRate(
  rates: QuoteRates,
  from: string,
  to: string,
  rounding: Rounding = 'halfEven',
): Ratio | null {
  if (from === to) return RATIO_SCALE as Ratio
  const [one, other] = [rates[from], rates[to]]
  if (one === undefined || other === undefined || one <= 0 || other <= 0) return null
  return mulDiv(one, RATIO_SCALE, other, rounding) as Ratio
}

/**
 * An amount at a rate (Hummingbot `arbitrage_executor.py:163-170`: `P_sell · conv`). `floor` is against the trader whose amount
 * it is: what is received becomes less, what is paid (negative) more.
 */
export function converted(amount: Money, rate: Ratio, rounding: Rounding): Money {
  if (rate === RATIO_SCALE) return amount
  return money(mulDiv(amount, rate, RATIO_SCALE, rounding))
}
