/** Instances as the control plane tells them, for tests of what is shown. */
import type { InstanceView } from '../../src/protocol/fleet-messages.ts'

/** One that runs a grid with half a SOL at hand. @param other what is another way */
export const runningView = (id: string, other: Partial<InstanceView> = {}): InstanceView => ({
  id,
  name: id,
  state: 'running',
  desired: 'running',
  reason: null,
  pid: 10,
  port: 5001,
  venue: 'backpack',
  symbol: 'SOL/USDC:USDC',
  mode: 'paper',
  strategy: 'perp_grid',
  equity: '10012.3456',
  pnl: '12.3456',
  pnl_today: null,
  position: '0.5',
  fills: 3,
  orders: 30,
  restarts: 0,
  memory_mb: 60,
  cpu_percent: 0.5,
  uptime_s: 65,
  config_file: `config/active/${id}.json`,
  started_at: '2026-01-01T00:00:00.000Z',
  node: 'here',
  tags: [],
  last_lines: [],
  ...other,
})
