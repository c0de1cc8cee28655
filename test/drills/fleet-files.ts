/** Instance files of the fleet drills: ten narrow grids on each of four paper accounts. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultVariables } from './fleet-fault.ts'

const VENUES = ['backpack', 'hyperliquid', 'okx', 'aster']
const BASES = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'BNB', 'ADA', 'AVAX', 'LINK', 'SUI']
const TYPES = ['neutral', 'long', 'short']

export interface FleetFile {
  readonly id: string
  readonly venue: string
  readonly base: string
}

/** At most forty: each account holds every contract once. */
export function fleetFiles(count: number): FleetFile[] {
  return Array.from({ length: count }, (_, index) => {
    const venue = VENUES[index % VENUES.length] ?? ''
    const base = BASES[Math.floor(index / VENUES.length)] ?? ''
    return { id: `${venue}_${base.toLowerCase()}`, venue, base }
  })
}

export interface FileChange {
  readonly daemon?: Readonly<Record<string, unknown>>
  readonly strategy?: Readonly<Record<string, unknown>>
  /** The bot obeys `inject` of fleet-fault.ts. */
  readonly canFail?: boolean
}

export function writeFleetFile(home: string, file: FleetFile, change: FileChange = {}): void {
  const folder = join(home, 'config', 'active')
  mkdirSync(folder, { recursive: true })
  const index = BASES.indexOf(file.base)
  const environment = change.canFail === true ? faultVariables(home, file.id) : {}
  const text = {
    metadata: {
      instance_id: file.id,
      exchange: file.venue,
      symbol: `${file.base}/USDC:USDC`,
      strategy: 'perp_grid',
      tags: [file.venue],
    },
    daemon_config: { ...change.daemon, environment },
    exchange_config: { mode: 'paper', leverage: 2 },
    strategy_config: {
      grid_type: TYPES[index % TYPES.length],
      grid_mode: 'geometric',
      auto_price: true,
      price_range: 4,
      grid_num: 41,
      order_notional: 50,
      ...change.strategy,
    },
  }
  writeFileSync(join(folder, `${file.id}.json`), `${JSON.stringify(text, null, 2)}\n`)
}
