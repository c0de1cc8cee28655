/**
 * Lockstep: the market stands still until every account that has attached instances has said that it is done with the
 * step. It begins when all expected instances are attached, and stands while one of them is missing, without a limit.
 */
import type { ExchangeState } from '../protocol/exchange-messages.ts'
import type { ExchangeBooks } from './exchange-books.ts'
import type { Pace, Teller } from './pace.ts'

export class LockstepPace implements Pace {
  readonly #books: ExchangeBooks
  readonly #teller: Teller
  readonly #expected: Set<string>
  readonly #notDone = new Set<string>()
  #isEndTold = false

  constructor(books: ExchangeBooks, teller: Teller, expectedInstances: readonly string[]) {
    this.#books = books
    this.#teller = teller
    this.#expected = new Set(expectedInstances)
    // After a restart of the exchange the present step is done by nobody: it is sent again.
    if (books.step > 0) this.#awaitAll()
  }

  get state(): ExchangeState {
    if (this.#isEndTold && this.#notDone.size === 0) return 'ended'
    return this.waitingFor.length > 0 ? 'waiting' : 'running'
  }

  get waitingFor(): readonly string[] {
    const missing = this.#missing().map((instance) => `instance ${instance}`)
    return [...missing, ...[...this.#notDone].map((account) => `account ${account}`)]
  }

  start(): void {}
  stop(): void {}

  onAttached(account: string): void {
    this.#tellFresh()
    if (this.#books.step > 0) {
      // The market must not move before the plans of the newly attached have been made.
      this.#notDone.add(account)
      if (this.#isAccountComplete(account)) this.#sendStep(account)
    }
    this.#proceed()
  }

  onDetached(account: string, instance: string | null): void {
    // An instance that was refused and let go is not coming: the market does not wait for it.
    if (instance !== null) this.#expected.delete(instance)
    const isEmpty = (this.#books.attached().get(account) ?? []).length === 0
    if (isEmpty) this.#notDone.delete(account)
    this.#proceed()
  }

  onHandled(): void {
    this.#tellFresh()
    // Between steps the market stands; only after its end may a request be what makes the next step.
    if (this.#isEndTold) this.#proceed()
  }

  onStepDone(account: string, step: number): void {
    if (step !== this.#books.step || !this.#notDone.delete(account)) return
    this.#proceed()
  }

  #tellFresh(): void {
    for (const { account, events } of this.#books.takeFresh()) {
      this.#teller.push(account, { type: 'account', events })
    }
  }

  /** Expected or attached instances without a living connection. */
  #missing(): readonly string[] {
    const wanted = new Set(this.#books.step === 0 ? this.#expected : [])
    for (const instances of this.#books.attached().values()) {
      for (const instance of instances) wanted.add(instance)
    }
    return [...wanted].filter((instance) => !this.#teller.isLive(instance))
  }

  #isAccountComplete(account: string): boolean {
    const instances = this.#books.attached().get(account) ?? []
    return instances.every((instance) => this.#teller.isLive(instance))
  }

  #awaitAll(): void {
    for (const [account, instances] of this.#books.attached()) {
      if (instances.length > 0) this.#notDone.add(account)
    }
  }

  /** Goes on when nobody is missing and everybody is done. */
  #proceed(): void {
    if (this.#notDone.size > 0 || this.#missing().length > 0) return
    if (!this.#hasAttached()) return
    if (this.#books.step === 0 || this.#books.hasKept) this.#release([])
    else this.#advance()
  }

  #hasAttached(): boolean {
    for (const instances of this.#books.attached().values()) if (instances.length > 0) return true
    return false
  }

  #advance(): void {
    const { endAt } = this.#books.feed
    for (;;) {
      const moment = this.#books.advance(endAt ?? Number.MAX_SAFE_INTEGER)
      if (moment === null) {
        this.#end()
        return
      }
      // Prices of contracts that nobody trades any more are no step.
      const market = moment.market.filter((event) => this.#books.isHeard(event.instrument))
      if (market.length === 0 && moment.account.length === 0) continue
      this.#release(market)
      return
    }
  }

  #release(market: Parameters<ExchangeBooks['releaseStep']>[0]): void {
    this.#books.releaseStep(market)
    this.#awaitAll()
    for (const account of this.#notDone) this.#sendStep(account)
  }

  #sendStep(account: string): void {
    const { step, at } = this.#books
    this.#teller.push(account, { type: 'step', step, at, ...this.#books.stepFor(account) })
  }

  #end(): void {
    if (this.#isEndTold) return
    this.#isEndTold = true
    this.#books.commit()
    for (const account of this.#books.attached().keys()) {
      this.#teller.push(account, { type: 'ended', at: this.#books.at })
    }
  }
}
