/** A run of the test strategy against a naive market: events as a desk would number them. */
import type { NumberedEvent } from '../../src/domain/account-event.ts'
import { money, price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, Side } from '../../src/domain/order.ts'
import type {
  RestingWant,
  StrategyContext,
  StrategyEvent,
  WantChange,
} from '../../src/domain/strategy.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { InstanceEngine } from '../../src/engine/instance.ts'
import { SOL, type TinyParameters } from './tiny-strategy.ts'

export const START = 1_700_000_000_000

export const parameters: TinyParameters = {
  grid_lower_price: '90',
  grid_upper_price: '110',
  grid_num: 11,
  order_lots: 10,
  finish_above: '',
}

export const contextAt = (last: number): StrategyContext => ({
  at: START,
  instruments: [SOL],
  prices: [{ last: price(last), mark: price(last) }],
  capital: money(10_000e8),
  leverage: 1,
  marginMode: 'isolated',
  fees: [{ maker: SOL.makerFee, taker: SOL.takerFee }],
  positions: [quantity(0)],
  initialPosition: 'open',
})

/** Applies changes to a set of wants by slot. */
export function applyChanges(
  slots: Map<string, RestingWant>,
  changes: readonly WantChange[],
): void {
  for (const change of changes) {
    if (change.kind === 'rest') slots.set(change.want.slot, change.want)
    if (change.kind === 'drop') slots.delete(change.slot)
  }
}

/** The fill of a resting want, `lots` of it. */
export function fillOf(
  want: RestingWant,
  seq: number,
  lots: number,
  at = START + seq * 1000,
): NumberedEvent {
  return {
    kind: 'fill',
    seq,
    at,
    fill: {
      id: `f${seq}`,
      at,
      instrument: want.instrument,
      clientId: `pf-${seq}` as ClientOrderId,
      side: want.side,
      price: want.price,
      quantity: quantity(lots),
      fee: money(lots * 20),
      isMaker: true,
      origin: { kind: 'slot', slot: want.slot },
    },
  }
}

/** A fill of the target, at the price of the moment. */
function targetFill(lots: number, last: number, seq: number): NumberedEvent {
  const at = START + seq * 1000
  const side = lots > 0 ? 'buy' : 'sell'
  const fill = {
    id: `f${seq}`,
    at,
    instrument: SOL.id,
    clientId: `pf-${seq}` as ClientOrderId,
    side: side as Side,
    price: price(last),
    quantity: quantity(Math.abs(lots)),
    fee: money(Math.abs(lots) * 50),
    isMaker: false,
    origin: { kind: 'target' as const },
  }
  return { kind: 'fill', seq, at, fill }
}

/** What of an account a run needs: it fills wants and says so. */
class NaiveAccount {
  readonly events: StrategyEvent[] = []
  readonly #engine: InstanceEngine
  readonly #slots = new Map<string, RestingWant>()
  #target: number | null = null
  #position = 0
  #seq = 0

  constructor(engine: InstanceEngine) {
    this.#engine = engine
    this.#take(engine.wants().changes)
  }

  #take(changes: readonly WantChange[]): void {
    applyChanges(this.#slots, changes)
    for (const change of changes) {
      if (change.kind === 'target') this.#target = change.want.quantity
      if (change.kind === 'drop_target') this.#target = null
    }
  }

  #push(event: StrategyEvent): void {
    this.events.push(event)
    this.#take(this.#engine.on(event).changes)
  }

  /** Half of the target at once, so that partial fills occur. */
  meetTarget(last: number): void {
    const missing = (this.#target ?? this.#position) - this.#position
    if (missing === 0) return
    const lots = Math.sign(missing) * Math.ceil(Math.abs(missing) / 2)
    this.#position += lots
    this.#push(targetFill(lots, last, ++this.#seq))
  }

  fillPassed(next: number, isInParts: boolean): void {
    for (const want of [...this.#slots.values()]) {
      const isPassed = want.side === 'buy' ? next < want.price : next > want.price
      if (!isPassed || want.quantity === 'position') continue
      const lots = isInParts ? Math.ceil(want.quantity / 2) : want.quantity
      this.#position += want.side === 'buy' ? lots : -lots
      this.#push(fillOf(want, ++this.#seq, lots))
    }
  }

  tell(last: number): void {
    const marketPrice = { last: price(last), mark: price(last) }
    this.#push({ kind: 'price', at: this.#now, instrument: SOL.id, price: marketPrice })
  }

  fund(amount: number): void {
    const seq = ++this.#seq
    this.#push({ kind: 'funding', at: this.#now, seq, instrument: SOL.id, amount: money(amount) })
  }

  get #now(): number {
    return START + this.#seq * 1000
  }
}

/** Walks the price at random and fills what it passes, at times in two parts; every third move tells the price too. */
export function recordRun(
  strategy: AnyStrategy,
  moves: number,
  seed: number,
  given: unknown = parameters,
): StrategyEvent[] {
  const account = new NaiveAccount(InstanceEngine.start(strategy, given, contextAt(10_001)))
  let random = seed
  let last = 10_001
  for (let move = 0; move < moves; move++) {
    random = (random * 48_271) % 2_147_483_647
    const next = Math.min(11_300, Math.max(8_700, last + (random % 801) - 400))
    account.meetTarget(last)
    account.fillPassed(next, random % 2 === 1)
    last = next
    if (move % 3 === 0) account.tell(last)
    if (move % 7 === 0) account.fund(-move)
  }
  return account.events
}
