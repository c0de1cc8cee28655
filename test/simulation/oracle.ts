/**
 * What an account must own, computed once more with exact fractions from the lists of fills, funding rates, order
 * requests and candles alone. Knows nothing of the program under test: its input is plain numbers.
 */
import {
  candlesAt,
  firstAfter,
  limitOf,
  lots,
  maintenance,
  markAt,
  money,
  type OracleCounts,
  type OracleEvent,
  type OracleFill,
  type OracleInstrument,
  type OraclePosition,
  type OracleRequest,
  priceOf,
  quantityOf,
  RATE,
  text,
  tickNear,
} from './oracle-market.ts'
import {
  absolute,
  compare,
  largest,
  minus,
  negated,
  over,
  plus,
  type Rational,
  rational,
  rounded,
  signum,
  smallest,
  times,
  ZERO,
} from './rational.ts'

/** A disagreement. */
export class OracleError extends Error {
  override readonly name = 'OracleError'
}

function expect(isTrue: boolean, text: () => string): void {
  if (!isTrue) throw new OracleError(text())
}

export class Oracle {
  readonly positions = new Map<string, OraclePosition>()
  readonly counts: OracleCounts = {
    partialCloses: 0,
    flips: 0,
    rebates: 0,
    received: 0,
    paid: 0,
    liquidations: 0,
    insurance: 0,
    checkedDeaths: 0,
    checkedLives: 0,
  }
  balance: Rational = ZERO
  deposits: Rational = ZERO
  insured: Rational = ZERO
  readonly #requests: ReadonlyMap<string, OracleRequest>
  readonly #filled = new Map<string, number>()
  readonly #isThrough: boolean
  /** Loss of a liquidation that the next event must cover. */
  #owed: Rational = ZERO
  #seenUntil = Number.NEGATIVE_INFINITY

  constructor(
    instruments: readonly OracleInstrument[],
    requests: ReadonlyMap<string, OracleRequest>,
    isThrough: boolean,
  ) {
    this.#requests = requests
    this.#isThrough = isThrough
    for (const terms of instruments) {
      this.positions.set(terms.id, {
        terms,
        held: ZERO,
        cost: ZERO,
        realised: ZERO,
        fees: ZERO,
        funding: ZERO,
        cash: ZERO,
        margin: ZERO,
        fills: 0,
        usedAt: -1,
        used: 0,
        history: [],
        paidAt: new Set(),
      })
    }
  }

  book(event: OracleEvent): void {
    this.#expectAlive(event.at)
    if (event.kind !== 'insurance') {
      const isSameDeath = event.kind === 'fill' && event.isLiquidation
      expect(
        signum(this.#owed) === 0 || isSameDeath,
        () => 'a loss beyond the margin was not taken over',
      )
    }
    if (event.kind === 'deposit') {
      this.balance = plus(this.balance, money(event.amount))
      this.deposits = plus(this.deposits, money(event.amount))
    } else if (event.kind === 'insurance') this.#bookInsurance(money(event.amount))
    else if (event.kind === 'funding') this.#bookFunding(event)
    else this.#bookFill(event)
  }

  position(id: string): OraclePosition {
    const found = this.positions.get(id)
    if (!found) throw new OracleError(`unknown instrument ${id}`)
    return found
  }

  #bookInsurance(amount: Rational): void {
    expect(
      compare(amount, this.#owed) === 0,
      () => `insurance of ${text(amount)}, expected ${text(this.#owed)}`,
    )
    this.#owed = ZERO
    this.balance = plus(this.balance, amount)
    this.insured = plus(this.insured, amount)
    this.counts.insurance += 1
  }

  #bookFunding(event: Extract<OracleEvent, { kind: 'funding' }>): void {
    const position = this.position(event.instrument)
    const { terms } = position
    const due = terms.rates.find(({ at }) => at === event.at)
    expect(
      due !== undefined && due.rate === event.rate,
      () => `no rate of ${event.rate} is due at ${event.at}`,
    )
    const mark = markAt(terms, event.at)
    const value = times(position.held, priceOf(terms, mark))
    const exact = negated(times(value, times(rational(event.rate), RATE)))
    const expected = rounded(exact, 'zero')
    expect(
      compare(expected, money(event.amount)) === 0,
      () => `funding ${event.amount} at ${event.at}, expected ${text(expected)}`,
    )
    expect(lots(terms, position.held) === event.position, () => 'funding names the position held')
    position.paidAt.add(event.at)
    position.funding = plus(position.funding, expected)
    this.balance = plus(this.balance, expected)
    this.#cover(position)
    if (signum(expected) > 0) this.counts.received += 1
    else this.counts.paid += 1
  }

  #bookFill(fill: OracleFill): void {
    const position = this.position(fill.instrument)
    if (fill.isLiquidation) this.#checkDeath(position, fill)
    else this.#checkRequest(position, fill)
    const before = position.margin
    const free = this.balance
    this.#trade(position, fill)
    if (fill.isLiquidation) this.#settleDeath(position, before, minus(this.balance, free))
    else this.#cover(position)
  }

  /** Position, cost, profit and fee of one execution. */
  #trade(position: OraclePosition, fill: OracleFill): void {
    const { terms } = position
    const at = priceOf(terms, fill.price)
    const amount = quantityOf(terms, fill.quantity)
    const change = fill.side === 'buy' ? amount : negated(amount)
    const held = position.held
    const isClosing = signum(held) !== 0 && signum(held) !== signum(change)
    const closing = isClosing ? smallest(amount, absolute(held)) : ZERO
    const opening = minus(amount, closing)
    if (isClosing) {
      const released = rounded(over(times(position.cost, closing), absolute(held)), 'zero')
      const worth = times(times(closing, rational(signum(held))), at)
      const profit = minus(worth, released)
      position.margin = minus(
        position.margin,
        rounded(over(times(position.margin, closing), absolute(held)), 'zero'),
      )
      position.realised = plus(position.realised, profit)
      position.cost = minus(position.cost, released)
      this.balance = plus(this.balance, profit)
      if (signum(opening) > 0) this.counts.flips += 1
      else if (compare(closing, absolute(held)) < 0) this.counts.partialCloses += 1
    }
    const opened = times(times(opening, rational(signum(change))), at)
    position.cost = plus(position.cost, opened)
    if (terms.isIsolated) {
      position.margin = plus(
        position.margin,
        rounded(over(absolute(opened), rational(terms.leverage)), 'up'),
      )
    }
    position.held = plus(held, change)
    position.cash = minus(position.cash, times(change, at))
    const fee = this.#feeOf(terms, fill, times(amount, at))
    expect(compare(fee, money(fill.fee)) === 0, () => `fee ${fill.fee}, expected ${text(fee)}`)
    if (signum(fee) < 0) this.counts.rebates += 1
    position.fees = plus(position.fees, fee)
    position.fills += 1
    position.history.push({ at: fill.at, held: lots(terms, position.held) })
    this.balance = minus(this.balance, fee)
  }

  #feeOf(terms: OracleInstrument, fill: OracleFill, value: Rational): Rational {
    const rate = fill.isMaker ? terms.maker : terms.taker
    const fee = rounded(times(value, times(rational(rate), RATE)), 'up')
    if (!fill.isLiquidation) return fee
    return plus(fee, rounded(times(value, times(rational(terms.liquidationFee), RATE)), 'up'))
  }

  /** Margin that fees and funding have eaten. */
  #cover(position: OraclePosition): void {
    const missing = negated(this.#free())
    if (signum(missing) > 0 && signum(position.margin) > 0) {
      position.margin = largest(ZERO, minus(position.margin, missing))
    }
  }

  #free(): Rational {
    let free = this.balance
    for (const { margin } of this.positions.values()) free = minus(free, margin)
    return free
  }

  /** An execution must be one that its order allows. */
  #checkRequest(position: OraclePosition, fill: OracleFill): void {
    const { terms } = position
    const request = fill.clientId === null ? undefined : this.#requests.get(fill.clientId)
    expect(request !== undefined, () => `a fill without an order at ${fill.at}`)
    if (!request || fill.clientId === null) return
    const sign = fill.side === 'buy' ? 1 : -1
    expect(request.side === fill.side, () => 'a fill is on the side of its order')
    if (request.price !== null) {
      expect(sign * (fill.price - request.price) <= 0, () => 'a fill is never beyond its limit')
      if (fill.isMaker) expect(fill.price === request.price, () => 'a maker fills at its own limit')
    }
    const filled = (this.#filled.get(fill.clientId) ?? 0) + fill.quantity
    this.#filled.set(fill.clientId, filled)
    if (request.quantity !== 'position') {
      expect(filled <= request.quantity, () => 'an order fills at most its quantity')
    }
    if (request.isReduceOnly || request.quantity === 'position') {
      const isReducing = signum(position.held) === -sign
      const isWithin = fill.quantity <= Math.abs(lots(terms, position.held))
      expect(isReducing && isWithin, () => 'a reduce-only order reduces and never flips')
    }
    this.#checkMarket(position, fill)
  }

  /** The candle must have been there, and its volume must suffice. */
  #checkMarket(position: OraclePosition, fill: OracleFill): void {
    const { terms } = position
    const candles = candlesAt(terms, fill.at)
    expect(candles.length > 0, () => `no candle runs at ${fill.at}`)
    const slip = terms.slippage / 1e8
    const isPossible = candles.some((candle) => {
      if (!fill.isMaker) {
        return (
          fill.price >= candle.low * (1 - slip) - tickNear(fill) &&
          fill.price <= candle.high * (1 + slip) + tickNear(fill)
        )
      }
      if (!this.#isThrough)
        return fill.side === 'buy' ? candle.low <= fill.price : candle.high >= fill.price
      return fill.side === 'buy' ? candle.low < fill.price : candle.high > fill.price
    })
    expect(isPossible, () => `the price never made the fill at ${fill.price} (${fill.at}) possible`)
    // At a boundary a fill may belong to the candle that ended or to the one that opens, in this order.
    for (const candle of candles) {
      if (candle.openAt < position.usedAt) continue
      if (candle.openAt > position.usedAt) position.used = 0
      position.usedAt = candle.openAt
      if (position.used + fill.quantity > limitOf(terms, candle)) continue
      position.used += fill.quantity
      return
    }
    expect(false, () => `more than its share of the volume was filled at ${fill.at}`)
  }

  /** Equity less maintenance and closing fee of what stands against a position, at a price of its own. */
  excess(position: OraclePosition, at: number, isWithFee = true): Rational {
    let sum = position.terms.isIsolated ? position.margin : this.#free()
    for (const other of this.positions.values()) {
      const isSame = other === position
      if (!isSame && (position.terms.isIsolated || other.terms.isIsolated)) continue
      if (!isSame) throw new OracleError('the excess of several cross positions needs all prices')
      const value = times(absolute(other.held), priceOf(other.terms, at))
      sum = plus(sum, minus(times(other.held, priceOf(other.terms, at)), other.cost))
      sum = minus(sum, maintenance(other.terms, value))
      const fee = rounded(times(value, times(rational(other.terms.taker), RATE)), 'up')
      if (isWithFee) sum = minus(sum, largest(ZERO, fee))
    }
    return sum
  }

  #isAlone(position: OraclePosition): boolean {
    if (position.terms.isIsolated) return true
    return [...this.positions.values()].every(
      (other) => other === position || other.terms.isIsolated,
    )
  }

  /** A liquidation must be due, and on the path it must not have been due one unit of the price before. */
  #checkDeath(position: OraclePosition, fill: OracleFill): void {
    const { terms } = position
    this.counts.liquidations += 1
    expect(
      Math.abs(lots(terms, position.held)) === fill.quantity &&
        signum(position.held) === (fill.side === 'sell' ? 1 : -1),
      () => 'a liquidation closes the whole position',
    )
    if (!this.#isAlone(position) || terms.slippage !== 0 || terms.marks.size > 0) return
    expect(
      signum(this.excess(position, fill.price)) <= 0,
      () => `liquidated at ${fill.price} with ${text(this.excess(position, fill.price))} to spare`,
    )
    this.counts.checkedDeaths += 1
  }

  #settleDeath(position: OraclePosition, margin: Rational, change: Rational): void {
    if (position.terms.isIsolated) {
      const result = plus(margin, change)
      if (signum(result) < 0) this.#owed = negated(result)
      return
    }
    // Cross: the loss counts when the last position is closed.
    const isOpen = [...this.positions.values()].some(
      ({ held, terms }) => !terms.isIsolated && signum(held) !== 0,
    )
    const free = this.#free()
    this.#owed = !isOpen && signum(free) < 0 ? negated(free) : ZERO
  }

  /** In candles in which nothing was told, a position must survive the worst price. */
  #expectAlive(until: number): void {
    for (const position of this.positions.values()) {
      const { terms } = position
      if (signum(position.held) === 0 || !this.#isAlone(position) || terms.marks.size > 0) continue
      const { candles } = terms
      for (let index = firstAfter(candles, this.#seenUntil); index < candles.length; index += 1) {
        const candle = candles[index]
        if (candle === undefined || candle.closeAt >= until) break
        const worst = signum(position.held) > 0 ? candle.low : candle.high
        expect(
          signum(this.excess(position, worst)) > 0,
          () => `a position outlived its margin in the candle at ${candle.openAt}`,
        )
        this.counts.checkedLives += 1
      }
    }
    this.#seenUntil = Math.max(this.#seenUntil, until)
  }

  /** Closes the books: every rate in (from, until] must have been paid if there was a position all through its time. */
  finish(from: number, until: number): void {
    this.#expectAlive(until)
    expect(signum(this.#owed) === 0, () => 'a loss beyond the margin was not taken over')
    let total = this.deposits
    for (const position of this.positions.values()) {
      this.#expectPaid(position, from, until)
      total = minus(plus(plus(total, position.realised), position.funding), position.fees)
    }
    expect(
      compare(plus(total, this.insured), this.balance) === 0,
      () => 'the oracle contradicts itself',
    )
  }

  #expectPaid(position: OraclePosition, from: number, until: number): void {
    const { terms, history } = position
    for (const { at, rate } of terms.rates) {
      if (at <= from || at > until || position.paidAt.has(at)) continue
      const during = history.filter((one) => one.at === at).map(({ held }) => held)
      const before = history.filter((one) => one.at < at).at(-1)?.held ?? 0
      const least = Math.min(...[before, ...during].map(Math.abs))
      const value = times(quantityOf(terms, least), priceOf(terms, markAt(terms, at)))
      const owed = rounded(times(value, times(rational(rate), RATE)), 'zero')
      expect(signum(owed) === 0, () => `the rate due at ${at} was not settled`)
    }
  }
}
