/**
 * What two venues tell of an account over their own wires, asked by a client that is not ours: OKX's fills, bills, balance and
 * positions with a signature made here, Hyperliquid's userFills, userFunding and clearinghouseState by the master's address.
 */
import { createHmac } from 'node:crypto'
import type { SandboxAccountKeys, SandboxKeysFile } from '../../src/protocol/sandbox-messages.ts'
import { type Decimal, decimal, minus, plus, times, zero } from './decimal.ts'

export type WireVenue = 'okx' | 'hyperliquid'

export interface WireLeg {
  readonly venue: WireVenue
  readonly account: string
  /** As the venue calls the contract: SOL-USDT-SWAP, SOL. */
  readonly contract: string
}

export interface WireFill {
  readonly venue: WireVenue
  /** Grows within a venue. */
  readonly id: number
  /** ms, the venue's stamp. */
  readonly at: number
  readonly orderId: string
  readonly price: Decimal
  /** Signed, in base. */
  readonly size: Decimal
  /** Positive = paid. */
  readonly fee: Decimal
  readonly isMaker: boolean
}

export interface WirePayment {
  readonly at: number
  readonly amount: Decimal
}

export interface WireStatement {
  /** Of the contract, oldest first. */
  readonly fills: readonly WireFill[]
  readonly funding: readonly WirePayment[]
  /** Signed, in base, as the venue reports it. */
  readonly position: Decimal
  readonly openOrders: number
  /** Of the whole account, without unrealised profit while nothing is held. */
  readonly balance: Decimal
  /** Of the whole account. */
  readonly deposits: Decimal
}

interface Address {
  readonly url: string
  readonly keys: SandboxAccountKeys
}

const OKX_PAGE = 100
const ATTEMPTS = 5
const AGAIN_MS = 2100

export class Wires {
  readonly #file: SandboxKeysFile

  constructor(file: SandboxKeysFile) {
    this.#file = file
  }

  #address({ venue, account }: WireLeg): Address {
    const found = this.#file.venues[venue]
    const keys = found?.accounts[account]
    if (found === undefined || keys === undefined)
      throw new Error(`the sandbox serves no account ${venue}/${account}`)
    return { url: found.rest_url, keys }
  }

  statement(leg: WireLeg): Promise<WireStatement> {
    const address = this.#address(leg)
    return leg.venue === 'okx' ? okxStatement(address, leg) : hyperliquidStatement(address, leg)
  }

  /** Market time as OKX stamps it. */
  async marketAt(): Promise<number> {
    const url = this.#file.venues.okx?.rest_url ?? ''
    const rows = await okxRows({ url, keys: null }, 'market/ticker?instId=BTC-USDT-SWAP')
    return Number(rows[0]?.['ts'])
  }
}

/** A venue that has too much to do is asked again; anything else is a fault. */
async function answerOf(url: string, request: () => RequestInit): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(url, request())
    if (answer.ok) return answer.json()
    if (answer.status !== 429 || attempt === ATTEMPTS)
      throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

// OKX

type OkxRow = Readonly<Record<string, string>>

async function okxRows(
  { url, keys }: { readonly url: string; readonly keys: SandboxAccountKeys | null },
  path: string,
): Promise<readonly OkxRow[]> {
  const target = `/api/v5/${path}`
  const headers = (): Record<string, string> => {
    if (keys === null) return {}
    const time = new Date().toISOString()
    const signed = createHmac('sha256', keys.secret_key).update(`${time}GET${target}`)
    return {
      'OK-ACCESS-KEY': keys.api_key,
      'OK-ACCESS-PASSPHRASE': keys.passphrase,
      'OK-ACCESS-TIMESTAMP': time,
      'OK-ACCESS-SIGN': signed.digest('base64'),
    }
  }
  const answer = (await answerOf(`${url}${target}`, () => ({ headers: headers() }))) as {
    readonly code: string
    readonly msg: string
    readonly data: readonly OkxRow[]
  }
  if (answer.code !== '0') throw new Error(`OKX ${path}: ${answer.code} ${answer.msg}`)
  return answer.data
}

/** All pages, newest first. */
async function okxPages(address: Address, path: string, id: string): Promise<OkxRow[]> {
  const rows: OkxRow[] = []
  for (;;) {
    const last = rows.at(-1)?.[id]
    const after = last === undefined ? '' : `&after=${last}`
    const page = await okxRows(address, `${path}&limit=${OKX_PAGE}${after}`)
    rows.push(...page)
    if (page.length < OKX_PAGE) return rows
  }
}

async function okxStatement(address: Address, { contract }: WireLeg): Promise<WireStatement> {
  const swap = `instType=SWAP&instId=${contract}`
  const [terms] = await okxRows(address, `public/instruments?${swap}`)
  const size = decimal(terms?.['ctVal'] ?? '')
  const fills = await okxPages(address, `trade/fills-history?${swap}`, 'billId')
  const paid = await okxPages(address, `account/bills?type=8&instId=${contract}`, 'billId')
  const cash = await okxPages(address, 'account/bills?type=1', 'billId')
  const [held] = await okxRows(address, `account/positions?instId=${contract}`)
  const open = await okxRows(address, `trade/orders-pending?${swap}`)
  const [balance] = await okxRows(address, 'account/balance')
  const [detail] = (balance?.['details'] ?? []) as unknown as readonly OkxRow[]
  return {
    fills: fills.toReversed().map((row) => okxFill(row, size)),
    funding: paid
      .toReversed()
      .map((row) => ({ at: Number(row['ts']), amount: decimal(row['balChg'] ?? '') })),
    position: held === undefined ? zero : times(decimal(held['pos'] ?? ''), size),
    openOrders: open.length,
    balance: decimal(detail?.['cashBal'] ?? ''),
    deposits: cash.reduce((sum, row) => plus(sum, decimal(row['balChg'] ?? '')), zero),
  }
}

function okxFill(row: OkxRow, contractSize: Decimal): WireFill {
  const size = times(decimal(row['fillSz'] ?? ''), contractSize)
  return {
    venue: 'okx',
    id: Number(row['billId']),
    at: Number(row['fillTime'] ?? row['ts']),
    orderId: row['ordId'] ?? '',
    price: decimal(row['fillPx'] ?? ''),
    size: row['side'] === 'buy' ? size : minus(zero, size),
    // The venue tells what is paid as a negative amount.
    fee: minus(zero, decimal(row['fee'] ?? '')),
    isMaker: row['execType'] === 'M',
  }
}

// Hyperliquid

interface HyperliquidFill {
  readonly coin: string
  readonly px: string
  readonly sz: string
  readonly side: 'A' | 'B'
  readonly time: number
  readonly oid: number
  readonly tid: number
  readonly crossed: boolean
  readonly fee: string
}

interface LedgerDelta {
  readonly type: string
  readonly coin?: string
  readonly usdc: string
}

async function hyperliquidStatement(
  { url, keys }: Address,
  { contract }: WireLeg,
): Promise<WireStatement> {
  const user = keys.wallet_address
  const ask = (body: object): Promise<unknown> =>
    answerOf(`${url}/info`, () => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, ...body }),
    }))
  const fills = (await ask({ type: 'userFills' })) as readonly HyperliquidFill[]
  const moved = async (type: string) =>
    (await ask({ type, startTime: 0 })) as readonly { time: number; delta: LedgerDelta }[]
  const funding = await moved('userFunding')
  const cash = await moved('userNonFundingLedgerUpdates')
  const state = (await ask({ type: 'clearinghouseState' })) as {
    readonly marginSummary: { readonly accountValue: string }
    readonly assetPositions: readonly { position: { coin: string; szi: string } }[]
  }
  const open = (await ask({ type: 'frontendOpenOrders' })) as readonly { coin: string }[]
  const held = state.assetPositions.find(({ position }) => position.coin === contract)
  return {
    fills: fills
      .filter(({ coin }) => coin === contract)
      .toReversed()
      .map(hyperliquidFill),
    funding: funding
      .filter(({ delta }) => delta.coin === contract)
      .map(({ time, delta }) => ({ at: time, amount: decimal(delta.usdc) })),
    position: held === undefined ? zero : decimal(held.position.szi),
    openOrders: open.filter(({ coin }) => coin === contract).length,
    balance: decimal(state.marginSummary.accountValue),
    deposits: cash.reduce((sum, { delta }) => {
      const amount = decimal(delta.usdc)
      return delta.type === 'deposit' ? plus(sum, amount) : minus(sum, amount)
    }, zero),
  }
}

function hyperliquidFill(row: HyperliquidFill): WireFill {
  const size = decimal(row.sz)
  return {
    venue: 'hyperliquid',
    id: row.tid,
    at: row.time,
    orderId: String(row.oid),
    price: decimal(row.px),
    size: row.side === 'B' ? size : minus(zero, size),
    fee: decimal(row.fee),
    isMaker: !row.crossed,
  }
}
