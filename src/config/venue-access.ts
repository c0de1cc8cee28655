/** How the desk of an account reaches its venue: addresses and credentials of the instance, else of `exchanges[]`. */
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { TradingMode } from '../domain/trading-mode.ts'
import { type Fault, faultAt, type Place, wrongValue } from './fault.ts'
import type { FleetConfiguration } from './fleet-configuration.ts'
import type { InstanceValues } from './instance-schema.ts'

/** The names of a venue's credentials, as exchange_config spells them. */
export type CredentialName =
  | 'api_key'
  | 'secret_key'
  | 'passphrase'
  | 'wallet_address'
  | 'private_key'

export type Credential =
  /** An entry of the vault: only the desk opens it. */
  | { readonly kind: 'vault'; readonly entry: string }
  /** From the instance's file, usually by `${NAME}`. */
  | {
      readonly kind: 'given'
      readonly values: Readonly<Partial<Record<CredentialName, string>>>
    }
  /** The sandbox hands out its own. */
  | { readonly kind: 'sandbox' }

export interface VenueAccess {
  readonly credential: Credential
  /** null = the venue's own. */
  readonly restUrl: string | null
  readonly wsUrl: string | null
  readonly proxy: string | null
  readonly acceptsUnverified: boolean
  readonly acceptsMainKey: boolean
  /** With mode sandbox: the conditions of the account there, from exchange_config.paper. */
  readonly sandbox: PaperTerms | null
}

/** Venues whose adapters are verified against recorded messages and the sandbox. */
export const VERIFIED_VENUES: readonly string[] = ['okx', 'hyperliquid', 'backpack', 'aster']
/** Venues whose accounts have cross margin and nothing else. */
const CROSS_ONLY: readonly string[] = ['backpack']
/** Venues without a test network. */
const WITHOUT_TESTNET: readonly string[] = ['backpack', 'aster']

const WALLET: readonly CredentialName[] = ['wallet_address', 'private_key']
const NEEDED: Readonly<Record<string, readonly CredentialName[]>> = {
  okx: ['api_key', 'secret_key', 'passphrase'],
  backpack: ['api_key', 'secret_key'],
  hyperliquid: WALLET,
  aster: WALLET,
}
const USUAL: readonly CredentialName[] = ['api_key', 'secret_key']

/** Whether a venue has a test network. */
export const hasTestnet = (venue: string): boolean => !WITHOUT_TESTNET.includes(venue)

/** What a venue asks for. */
export const credentialNames = (venue: string): readonly CredentialName[] => NEEDED[venue] ?? USUAL

export interface AccessInput {
  readonly venue: string
  readonly values: InstanceValues
  readonly fleet: FleetConfiguration
  readonly placeOf: (key: string) => Place
  /** Of exchange_config.paper. */
  readonly paper: PaperTerms
}

/** Null on paper; what keeps the instance from its venue is added to the faults. */
export function resolveAccess(input: AccessInput, faults: Fault[]): VenueAccess | null {
  const { mode, account, capital } = input.values.exchange_config
  if (mode === 'paper') return null
  const { venue, fleet } = input
  const shared = fleet.exchanges.find((one) => one.name === venue && one.account === account)
  faults.push(...modeFaults(input, mode, shared?.testnet ?? false))
  if (capital === null) {
    const key = 'exchange_config.capital'
    const sentence = `${key} is missing: with mode ${mode} say how much of the account the instance works with`
    faults.push(faultAt(input.placeOf(key), 'missing', key, sentence))
  }
  const exchange = input.values.exchange_config
  if (CROSS_ONLY.includes(venue) && exchange.margin_mode !== 'cross') {
    const key = 'exchange_config.margin_mode'
    const allowed = `cross: ${venue} knows no other`
    faults.push(wrongValue(input.placeOf(key), key, exchange.margin_mode, allowed))
  }
  return {
    credential: credentialOf(input, mode, shared?.key ?? null, faults),
    restUrl: exchange.base_url ?? shared?.rest_url ?? null,
    wsUrl: exchange.ws_url ?? shared?.ws_url ?? null,
    proxy: exchange.proxy ?? shared?.proxy ?? null,
    acceptsUnverified: exchange.accept_unverified,
    acceptsMainKey: exchange.accept_main_key,
    sandbox: mode === 'sandbox' ? input.paper : null,
  }
}

function modeFaults(
  { venue, values, fleet, placeOf }: AccessInput,
  mode: TradingMode,
  isTestAccount: boolean,
): Fault[] {
  const key = 'exchange_config.mode'
  const refuse = (sentence: string): Fault =>
    faultAt(placeOf(key), 'conflict', key, `${key} ${mode}: ${sentence}`)
  const isVerified = VERIFIED_VENUES.includes(venue)
  if (mode === 'sandbox' && !isVerified)
    return [refuse(`the sandbox speaks for ${VERIFIED_VENUES.join(', ')}, not for ${venue}`)]
  if (mode === 'testnet' && WITHOUT_TESTNET.includes(venue))
    return [refuse(`${venue} has no test network; rehearse with mode sandbox`)]
  const faults: Fault[] = []
  if (mode === 'live' && (!fleet.trading.live || values.risk_config.live === false)) {
    const switchedOff = fleet.trading.live ? 'risk_config.live is false' : 'trading.live is false'
    faults.push(refuse(`${switchedOff}; set it to true when real orders may be sent`))
  }
  if (mode === 'live' && isTestAccount)
    faults.push(
      refuse(`the account stands in exchanges with testnet true, which forbids live trading`),
    )
  if (!isVerified && !values.exchange_config.accept_unverified)
    faults.push(
      refuse(
        `the adapter of ${venue} is not verified; accept that with exchange_config.accept_unverified true`,
      ),
    )
  return faults
}

function credentialOf(
  input: AccessInput,
  mode: TradingMode,
  sharedEntry: string | null,
  faults: Fault[],
): Credential {
  if (mode === 'sandbox') return { kind: 'sandbox' }
  const { values, venue, placeOf } = input
  const exchange = values.exchange_config
  const needed = credentialNames(venue)
  const given = Object.fromEntries(
    needed.flatMap((name) => (exchange[name] === null ? [] : [[name, exchange[name]]])),
  )
  const entry = exchange.key ?? (Object.keys(given).length === 0 ? sharedEntry : null)
  if (entry !== null) {
    if (Object.keys(given).length > 0) {
      const key = 'exchange_config.key'
      const allowed = `alone, or left out: ${Object.keys(given).join(', ')} stand beside it`
      faults.push(wrongValue(placeOf(key), key, 'both', allowed))
    }
    return { kind: 'vault', entry }
  }
  const missing = needed.filter((name) => exchange[name] === null)
  if (missing.length > 0) {
    const key = 'exchange_config.key'
    const sentence = `${key} is missing: name the vault entry of the account (perpfleet keys add), or give ${missing.join(', ')}`
    faults.push(faultAt(placeOf(key), 'missing', key, sentence))
  }
  return { kind: 'given', values: given }
}
