/** What every question about a user needs: whose address it is, and its views. An agent's address owns nothing. */
import type { SandboxAccount, SandboxBackend, SandboxPayment } from '../front.ts'
import { clearinghouseState, FundingSums, fundingView, pages } from './account-views.ts'
import type { OrderDesk } from './order-desk.ts'
import { frontendOrderView } from './order-views.ts'
import type { Universe } from './universe.ts'
import { wireDecimal, wireRatio } from './wire-number.ts'

/** Rows of a history in one answer. */
export const ROWS_MAX = 500
const LEDGER_MAX = 10_000

export class AccountBook {
  readonly backend: SandboxBackend
  readonly universe: Universe
  readonly desk: OrderDesk
  readonly #funding = new Map<string, FundingSums>()

  constructor(backend: SandboxBackend, universe: Universe, desk: OrderDesk) {
    this.backend = backend
    this.universe = universe
    this.desk = desk
  }

  /** The account whose money an address owns; null for agents and strangers. */
  ownedBy(address: string): SandboxAccount | null {
    const account = this.backend.accountOf(address)
    return account?.credentials.walletAddress === address ? account : null
  }

  named(name: string): SandboxAccount | null {
    return this.backend.accounts().find((one) => one.name === name) ?? null
  }

  fundingOf(account: SandboxAccount): FundingSums {
    const known = this.#funding.get(account.name)
    if (known) return known
    const sums = new FundingSums(account)
    this.#funding.set(account.name, sums)
    return sums
  }

  onPayment(account: SandboxAccount, payment: SandboxPayment): void {
    // Sums that nobody has asked for read this payment from the history.
    this.#funding.get(account.name)?.add(payment)
  }

  clearinghouse(account: SandboxAccount | null) {
    const { backend, universe } = this
    return clearinghouseState(backend, universe, account, () => {
      if (!account) throw new RangeError('funding of an account that does not exist was asked for')
      return this.fundingOf(account)
    })
  }

  openOrders(account: SandboxAccount | null) {
    return (account?.openOrders() ?? []).flatMap((order) => {
      const coin = this.universe.byInstrument(order.instrument)
      return coin ? [frontendOrderView(coin, order)] : []
    })
  }

  /** Oldest first. */
  payments(
    account: SandboxAccount | null,
    kind: 'funding' | 'cash',
    from: number,
    until: number,
  ): readonly SandboxPayment[] {
    if (!account) return []
    const ask = (query: Parameters<SandboxAccount['payments']>[0]) => account.payments(query)
    return pages(ask, { kind, from, until }, LEDGER_MAX).slice(0, ROWS_MAX)
  }

  fundings(payments: readonly SandboxPayment[]) {
    return payments.flatMap((one) => {
      const coin = one.instrument === null ? null : this.universe.byInstrument(one.instrument)
      return coin ? [fundingView(coin, one)] : []
    })
  }

  /** Everything lies with the perps: the spot side holds nothing. */
  spotState() {
    return { balances: [{ coin: 'USDC', token: 0, total: '0.0', hold: '0.0', entryNtl: '0.0' }] }
  }

  activeAssetData(account: SandboxAccount | null, name: string, user: string) {
    const coin = this.universe.byName(name)
    if (!coin) return null
    const { instrument } = coin
    const mark = this.backend.price(instrument.id).mark
    const terms = account?.terms(instrument.id) ?? { leverage: 1, marginMode: 'cross' as const }
    const free = account?.balance().available ?? 0
    const lots = Math.floor((free * terms.leverage) / (mark * instrument.moneyPerUnit))
    const size = wireDecimal(lots * instrument.lotSize, instrument.quantityDecimals)
    const { leverage, marginMode } = terms
    const isCross = marginMode === 'cross'
    return {
      user,
      coin: name,
      leverage: {
        type: marginMode,
        value: leverage,
        ...(isCross ? {} : { rawUsd: '0.0' }),
      },
      maxTradeSzs: [size, size],
      availableToTrade: [wireDecimal(free, 8), wireDecimal(free, 8)],
      markPx: wireDecimal(mark, instrument.priceDecimals),
    }
  }

  userFees(account: SandboxAccount | null) {
    const { maker, taker } = account?.fees ?? { maker: 15_000, taker: 45_000 }
    const [add, cross] = [wireRatio(maker as never), wireRatio(taker as never)]
    return {
      dailyUserVlm: [],
      feeSchedule: {
        cross,
        add,
        spotCross: '0.0007',
        spotAdd: '0.0004',
        tiers: { vip: [], mm: [] },
        referralDiscount: '0.04',
        stakingDiscountTiers: [{ bpsOfMaxSupply: '0.0', discount: '0.0' }],
      },
      userCrossRate: cross,
      userAddRate: add,
      userSpotCrossRate: '0.0007',
      userSpotAddRate: '0.0004',
      activeReferralDiscount: '0.0',
      trial: null,
      feeTrialEscrow: '0.0',
      nextTrialAvailableTimestamp: null,
      stakingLink: null,
      activeStakingDiscount: { bpsOfMaxSupply: '0.0', discount: '0.0' },
    }
  }
}
