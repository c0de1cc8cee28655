/** What is told of the sandbox over the exchange's control socket and its HTTP panel: venues, faults, states. */

export const sandboxVenues = ['okx', 'hyperliquid', 'backpack', 'aster'] as const
export type SandboxVenue = (typeof sandboxVenues)[number]

/**
 * What a request is for; faults are set by these classes. `orders`: lookups, open orders, histories, fills. `account`: balance,
 * positions, settings, bills. `market`: instruments, prices, books, candles, funding. `time`: the clock and the venue's state.
 * `stream`: everything on a WebSocket.
 */
export const endpointClasses = [
  'place',
  'cancel',
  'amend',
  'orders',
  'account',
  'market',
  'time',
  'stream',
] as const
export type EndpointClass = (typeof endpointClasses)[number]

/** Refusals that each venue words in its own way. */
export const wordedFaults = [
  'maintenance',
  'trading_paused',
  'rate_limited',
  'banned',
  'address_budget',
  'status_unknown',
  'busy',
  'duplicate_client_id',
  'key_revoked',
  'agent_expired',
  'nonce_refused',
] as const
export type WordedFault = (typeof wordedFaults)[number]

/** What happens to the bytes of a request or of its answer. */
export const wireFaults = [
  'drop_before',
  'drop_after',
  'reset_body',
  'drip',
  'latency',
  'http_status',
  'html',
  'port_closed',
] as const

/** What happens to the messages of a WebSocket. */
export const streamFaults = [
  'ws_silent',
  'ws_duplicate',
  'ws_reorder',
  'ws_drop',
  'ws_close',
  'ws_refuse',
] as const

/** What happens to orders. */
export const orderFaults = [
  'invisible',
  'batch_partial',
  'cancel_races_fill',
  'fills_before_ack',
] as const

/** What the venue changes: contracts, prices, its clock, the rights of a key. */
export const stateFaults = [
  'post_only',
  'close_only',
  'delisted',
  'tick',
  'lot',
  'min_notional',
  'funding_interval',
  'funding_twice',
  'wrong_price',
  'price_gap',
  'clock',
  'withdraw_right',
] as const

/** What happens once, at the moment it is set. */
export const actionFaults = ['liquidation', 'adl', 'foreign_order', 'foreign_position'] as const

export const faultKinds = [
  ...wireFaults,
  ...wordedFaults,
  ...orderFaults,
  ...stateFaults,
  ...streamFaults,
  ...actionFaults,
] as const
export type FaultKind = (typeof faultKinds)[number]
export type ActionFault = (typeof actionFaults)[number]

/** A fault as it is asked for; what is left out holds for all. docs/concepts/sandbox.md tells what `value` and `text` mean. */
export interface FaultWish {
  readonly kind: FaultKind
  readonly venue?: SandboxVenue
  /** Name of the account, e.g. main. */
  readonly account?: string
  readonly endpoint?: EndpointClass
  /** ccxt's unified symbol. */
  readonly symbol?: string
  /** 0 to 1, absent = always. */
  readonly probability?: number
  /** Strikes this often at most, absent = without limit. */
  readonly count?: number
  readonly seed?: number
  /** Ends after so long, ms of machine time; absent = when it is cleared. */
  readonly forMs?: number
  readonly value?: number
  readonly text?: string
}

export interface FaultState extends FaultWish {
  readonly id: string
  /** How often it has struck. */
  readonly hits: number
}

export interface SandboxAccountState {
  readonly account: string
  /** Equity as a decimal text, in `settle`. */
  readonly equity: string
  readonly settle: string
  readonly openOrders: number
  readonly positions: number
}

export interface SandboxVenueState {
  readonly venue: SandboxVenue
  readonly restUrl: string
  readonly wsUrl: string
  readonly connections: number
  readonly requests: number
  readonly accounts: readonly SandboxAccountState[]
}

export interface SandboxState {
  /** Where the keys stand (mode 0600). */
  readonly keysFile: string
  readonly latencyMs: number
  readonly hasRateLimits: boolean
  readonly venues: readonly SandboxVenueState[]
  readonly faults: readonly FaultState[]
}

/** Requests of control programs about the sandbox; each is answered with the state afterwards. */
export type SandboxRequest =
  | { readonly type: 'sandbox'; readonly action: 'status' }
  | { readonly type: 'sandbox'; readonly action: 'set'; readonly fault: FaultWish }
  /** `fault` null = all. */
  | { readonly type: 'sandbox'; readonly action: 'clear'; readonly fault: string | null }

/** `run/sandbox.json`, mode 0600; names as in a configuration file. */
export interface SandboxKeysFile {
  /** What the HTTP panel wants to see in `Authorization: Bearer`. */
  readonly token: string
  readonly panel_url: string
  readonly venues: Readonly<Partial<Record<SandboxVenue, SandboxVenueKeys>>>
}

export interface SandboxVenueKeys {
  readonly rest_url: string
  readonly ws_url: string
  readonly accounts: Readonly<Record<string, SandboxAccountKeys>>
}

export interface SandboxAccountKeys {
  readonly api_key: string
  readonly secret_key: string
  readonly passphrase: string
  readonly wallet_address: string
  readonly private_key: string
}
