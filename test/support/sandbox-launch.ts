/** What an exchange process of tests is told of its sandbox: one account `main` on each venue, free ports. */
import { join } from 'node:path'
import { money, ratio } from '../../src/domain/money.ts'
import type { SandboxAccountLaunch, SandboxLaunch } from '../../src/protocol/launch.ts'
import type { SandboxVenue } from '../../src/protocol/sandbox-messages.ts'

/** In 1e-8. */
export const DEPOSIT = money(10_000 * 1e8)

/** @param folder of the keys file, the seed and the store @param terms of the accounts, where they are others */
export const sandboxLaunch = (
  folder: string,
  venues: readonly SandboxVenue[],
  terms: Partial<SandboxAccountLaunch> = {},
): SandboxLaunch => ({
  file: join(folder, 'sandbox.json'),
  seedFile: join(folder, 'sandbox.seed'),
  dbPath: join(folder, 'sandbox.db'),
  latencyMs: 0,
  hasRateLimits: true,
  panelPort: 0,
  venues: venues.map((venue) => ({
    venue,
    port: 0,
    accounts: [
      {
        name: 'main',
        deposit: DEPOSIT,
        leverage: 5,
        marginMode: 'cross',
        maker: ratio(20_000),
        taker: ratio(50_000),
        volumeShare: ratio(1e8),
        ...terms,
      },
    ],
  })),
})
