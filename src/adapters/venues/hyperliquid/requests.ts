/**
 * How questions and actions leave: their weight, their nonce, their deadline. Weights and budgets: Hyperliquid
 * documentation, "Rate limits and user limits".
 */
import type { Clock } from '../../../ports/clock.ts'
import type {
  RequestBudget,
  RequestCost,
  RequestPool,
  RequestPriority,
} from '../../../ports/request-budget.ts'
import { VenueError, type VenueWord } from '../../../ports/venue.ts'
import { momentFrom } from '../live/decimal.ts'
import type { EndpointClass, Transport } from '../live/transport.ts'
import { ADDRESS_BUDGET } from './errors.ts'
import type { HyperliquidExchange } from './exchange.ts'
import { neededText, rawOf } from './raw.ts'
import type { VenueTime } from './venue-time.ts'

const IP_POOL = 'hyperliquid:ip'
const ACTION_POOL = 'hyperliquid:actions'
/** Actions that an address may send before it has traded: the pool shows the last of what is left. */
const ACTIONS_FREE = 10_000
/** Below this share of its budget an account is warned of. */
const BUDGET_LOW = 0.1
/** How often the budget is read, ms of machine time. */
const BUDGET_EVERY_MS = 60_000

export const POOLS: readonly RequestPool[] = [
  { name: IP_POOL, capacity: 1200, refillPerS: 20, reserve: 200, scope: 'address' },
  // An address earns one action with each USDC that it trades, else one each 10 s. Cancels are allowed far beyond it.
  {
    name: ACTION_POOL,
    capacity: ACTIONS_FREE,
    refillPerS: 0.1,
    reserve: 500,
    scope: 'account',
    isBudget: true,
  },
]

/** Weights of questions that are not 20. */
const WEIGHTS: Readonly<Record<string, number>> = {
  l2Book: 2,
  allMids: 2,
  clearinghouseState: 2,
  orderStatus: 2,
  spotClearinghouseState: 2,
  exchangeStatus: 2,
  userRole: 60,
}
const WEIGHT_DEFAULT = 20

export interface Question {
  readonly type: string
  readonly endpoint?: EndpointClass
  readonly priority?: RequestPriority
  /** For rows that cost extra, beside the weight of the question. */
  readonly extraWeight?: number
}

export interface Sending {
  readonly priority: RequestPriority
  /** Orders or cancels in it. */
  readonly count: number
  /** Of these, how many the address's budget counts before it lets them pass; cancels do not wait for it. */
  readonly budgeted: number
  /** Venue wall ms after which the venue must refuse it; null = none. */
  readonly expiresAt: number | null
  /** Instead of the next one: to use up the nonce of an earlier action. */
  readonly nonce?: number
  /** Told of the nonce before anything leaves. */
  readonly onNonce?: (nonce: number) => void
}

export interface BudgetState {
  readonly used: number
  readonly cap: number
  readonly isLow: boolean
}

export interface RequestsParts {
  readonly exchange: HyperliquidExchange
  readonly transport: Transport
  readonly budget: RequestBudget
  readonly clock: Clock
  readonly time: VenueTime
  /** The account that questions are asked for. */
  readonly user: string
  readonly nextNonce: () => number
}

export class Requests {
  readonly #parts: RequestsParts
  /** The account acted for, where it is not the agent's own master: a sub-account. */
  vaultAddress: string | null = null
  #budgetReadMs = Number.NEGATIVE_INFINITY

  constructor(parts: RequestsParts) {
    this.#parts = parts
  }

  get user(): string {
    return this.#parts.user
  }

  /** Venue wall ms. */
  venueNow(): number {
    return this.#parts.time.now()
  }

  /** @throws VenueError */
  ask(question: Question, fields: object = {}): Promise<unknown> {
    const { transport, exchange } = this.#parts
    const { type, endpoint = 'account', priority = 'reconcile', extraWeight = 0 } = question
    const weight = (WEIGHTS[type] ?? WEIGHT_DEFAULT) + extraWeight
    const costs: readonly RequestCost[] = [{ pool: IP_POOL, weight }]
    return transport.call({ name: type, endpoint, priority, costs }, () =>
      exchange.request('info', 'public', 'POST', { type, ...fields }),
    )
  }

  /** A question about the account. @throws VenueError */
  askUser(question: Question, fields: object = {}): Promise<unknown> {
    return this.ask(question, { user: this.#parts.user, ...fields })
  }

  /** Signs and sends an action once, when its allowance is there. @throws VenueError; NotSentError when nothing left */
  act(action: { readonly type: string }, sending: Sending): Promise<unknown> {
    const { transport, time } = this.#parts
    const costs: RequestCost[] = [{ pool: IP_POOL, weight: 1 + Math.floor(sending.count / 40) }]
    if (sending.budgeted > 0) costs.push({ pool: ACTION_POOL, weight: sending.budgeted })
    const { expiresAt, priority } = sending
    const leavesWithinMs = expiresAt === null ? null : Math.max(0, expiresAt - time.now())
    return transport.call(
      { name: action.type, endpoint: 'order', priority, costs, leavesWithinMs },
      () => this.#send(action, sending),
    )
  }

  async #send(action: { readonly type: string }, sending: Sending): Promise<unknown> {
    const { exchange, nextNonce } = this.#parts
    const nonce = sending.nonce ?? nextNonce()
    sending.onNonce?.(nonce)
    const vault = this.vaultAddress
    const expiresAfter = sending.expiresAt === null ? undefined : Math.floor(sending.expiresAt)
    const signature = exchange.signL1Action(action, nonce, vault?.slice(2), expiresAfter)
    try {
      return await exchange.request('exchange', 'private', 'POST', {
        action,
        nonce,
        signature,
        ...(vault === null ? {} : { vaultAddress: vault }),
        ...(expiresAfter === undefined ? {} : { expiresAfter }),
      })
    } catch (error) {
      throw this.#learn(error)
    }
  }

  /**
   * An address without a budget is told to the budget; as a refusal, because what is limited is the address, and cancels,
   * which the venue still takes, must not wait for it.
   */
  #learn(error: unknown): unknown {
    if (!(error instanceof VenueError) || error.code !== ADDRESS_BUDGET) return error
    this.#parts.budget.used(ACTION_POOL, ACTIONS_FREE)
    return new VenueError('rejected', error.code, error.message)
  }

  /** The venue's clock against ours, ms. @throws VenueError */
  async measureClock(): Promise<number> {
    const { clock, time } = this.#parts
    const askedMs = clock.monotonicMs()
    const answer = rawOf(await this.ask({ type: 'exchangeStatus', endpoint: 'market' }), 'clock')
    return time.set(momentFrom(answer['time']), askedMs)
  }

  /** `specialStatuses` is empty when all is well; what else may stand there is nowhere described, so it stops nothing by itself. */
  async word(): Promise<VenueWord | null> {
    const answer = rawOf(await this.ask({ type: 'exchangeStatus', endpoint: 'status' }), 'status')
    const isWell = (answer['specialStatuses'] ?? null) === null
    return isWell ? null : { text: 'its state is a special one', isDown: false }
  }

  /**
   * How many actions the address has left, told to the budget; at most once a minute unless it must be.
   * @returns null = read a short while ago
   * @throws VenueError
   */
  async readBudget(isForced: boolean): Promise<BudgetState | null> {
    const { clock, budget } = this.#parts
    const now = clock.monotonicMs()
    if (!isForced && now - this.#budgetReadMs < BUDGET_EVERY_MS) return null
    this.#budgetReadMs = now
    const state = budgetOf(await this.askUser({ type: 'userRateLimit', priority: 'data' }))
    budget.used(ACTION_POOL, ACTIONS_FREE - Math.min(ACTIONS_FREE, state.cap - state.used))
    return state
  }
}

/** The answer to `userRateLimit`; an address may be a little over its budget, never below nothing. */
export function budgetOf(answer: unknown): BudgetState {
  const row = rawOf(answer, 'rate limit')
  const cap = Number(neededText(row, 'nRequestsCap'))
  const used = Math.min(cap, Number(neededText(row, 'nRequestsUsed')))
  return { used, cap, isLow: cap - used < cap * BUDGET_LOW }
}
