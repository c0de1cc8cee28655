/** The doctor on venues: whether an account can be reached with its keys, and whether those may do too much. */
import { formatMoney, type Money } from '../domain/money.ts'
import type { DoctorCheck } from '../protocol/doctor-report.ts'
import { counted, fail, ok, warn } from './doctor-words.ts'

/** An account as its venue told of it, or why it did not. */
export interface VenueAccountFacts {
  /** e.g. `live/okx/main`, or the entry of the vault. */
  readonly name: string
  readonly outcome:
    | {
        readonly kind: 'open'
        readonly canWithdraw: boolean | null
        readonly isAddressBound: boolean | null
        readonly clockOffsetMs: number
        readonly warnings: readonly string[]
        readonly settle: string
        readonly equity: Money
        readonly positions: number
        readonly orders: number
      }
    | {
        readonly kind: 'failed'
        /** As of a VenueError; `other` = it did not come so far. */
        readonly why: 'credential' | 'rejected' | 'unreachable' | 'other'
        readonly text: string
      }
}

export interface VenueFacts {
  readonly name: string
  readonly known: readonly string[]
  readonly suggestion: string | null
  readonly isVerified: boolean
  readonly hasTestnet: boolean
  /** Of the instances that trade there for real, in a test network or in the sandbox. */
  readonly accounts: readonly VenueAccountFacts[]
}

/** Deadlines of orders are some seconds: a clock that differs by more lets every order be refused, ms. */
const OFFSET_FAIL_MS = 2000
const OFFSET_WARN_MS = 500

export function venueChecks(facts: VenueFacts): DoctorCheck[] {
  const { name, known, suggestion, accounts } = facts
  if (!known.includes(name)) {
    const meant =
      suggestion === null ? `known are ${known.join(', ')}` : `did you mean ${suggestion}?`
    return [fail('venue', `no venue ${name} is known`, meant)]
  }
  return [adapterCheck(facts), ...accounts.flatMap(accountChecks)]
}

function adapterCheck({ name, isVerified, hasTestnet, accounts }: VenueFacts): DoctorCheck {
  const rehearsal = hasTestnet ? 'mode testnet or sandbox' : 'mode sandbox'
  if (!isVerified)
    return warn(
      'venue',
      `${name} is reached by the generic adapter, which nobody has verified`,
      'watch its first orders, and see that exchange_config.accept_unverified is what you want',
    )
  const none =
    accounts.length === 0 ? `; no instance trades there yet, begin with ${rehearsal}` : ''
  return ok('venue', `${name} has an adapter of its own${none}`)
}

export function accountChecks({ name, outcome }: VenueAccountFacts): DoctorCheck[] {
  if (outcome.kind === 'failed') return [failedCheck(name, outcome)]
  const { settle, equity, positions, orders } = outcome
  const holds = `${counted(positions, 'position')}, ${counted(orders, 'order')}`
  const account = `${name}: equity ${formatMoney(equity)} ${settle}, ${holds}`
  return [
    equity > 0
      ? ok('account', account)
      : warn('account', account, `pay money in, or see that the key is of the right account`),
    withdrawCheck(name, outcome.canWithdraw),
    addressCheck(name, outcome.isAddressBound),
    offsetCheck(name, outcome.clockOffsetMs),
    ...outcome.warnings.map((text) => warn('account', `${name}: ${text}`, 'see the venue')),
  ]
}

const MENDS = {
  credential: 'give other keys: perpfleet keys add, then exchange_config.key',
  rejected: 'change it at the venue as the sentence says',
  unreachable: 'see the network, proxy and addresses (base_url, ws_url) of this machine',
  other: 'see the configuration of the account',
} as const

const failedCheck = (
  name: string,
  { why, text }: Extract<VenueAccountFacts['outcome'], { kind: 'failed' }>,
): DoctorCheck => fail('account', `${name}: ${text.replace(/\.$/, '')}`, MENDS[why])

function withdrawCheck(name: string, canWithdraw: boolean | null): DoctorCheck {
  if (canWithdraw === false) return ok('key', `${name}: it may not withdraw`)
  if (canWithdraw === null)
    return warn(
      'key',
      `${name}: the venue does not tell whether it may withdraw`,
      'look at the key at the venue and take that right away',
    )
  return fail(
    'key',
    `${name}: it may withdraw, its desk refuses it`,
    'make a key without that right and give it instead',
  )
}

function addressCheck(name: string, isBound: boolean | null): DoctorCheck {
  if (isBound === true) return ok('key', `${name}: it is bound to internet addresses`)
  if (isBound === null) return ok('key', `${name}: the venue does not tell of bound addresses`)
  return warn(
    'key',
    `${name}: it works from every internet address`,
    'bind it to the address of this machine at the venue',
  )
}

function offsetCheck(name: string, offsetMs: number): DoctorCheck {
  const found = `${name}: our clock differs by ${Math.round(offsetMs)} ms`
  const mend = 'set up time synchronisation (chrony or systemd-timesyncd)'
  if (Math.abs(offsetMs) > OFFSET_FAIL_MS) return fail('clock', found, mend)
  return Math.abs(offsetMs) > OFFSET_WARN_MS ? warn('clock', found, mend) : ok('clock', found)
}
