import { BackpackDialect } from '../../src/adapters/venues/backpack/dialect.ts'
import { venueAccountConformance } from './venue-account.ts'
import { sandboxUnderTest } from './venue-account-sandbox.ts'

venueAccountConformance('backpack, over the sandbox', () =>
  sandboxUnderTest({
    venue: 'backpack',
    symbol: 'SOL/USDC:USDC',
    idScheme: 'uint32',
    make: async (parts) => new BackpackDialect(parts),
    adoptsDuplicates: false,
    marginMode: 'cross',
    account: { marginMode: 'cross' },
    latencyMs: 5,
  }),
)
