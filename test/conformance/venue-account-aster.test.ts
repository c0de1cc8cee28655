import { AsterDialect } from '../../src/adapters/venues/aster/dialect.ts'
import { venueAccountConformance } from './venue-account.ts'
import { sandboxUnderTest } from './venue-account-sandbox.ts'

venueAccountConformance('aster, over the sandbox', () =>
  sandboxUnderTest({
    venue: 'aster',
    symbol: 'SOL/USDT:USDT',
    idScheme: 'text',
    make: async (parts) => new AsterDialect(parts),
    adoptsDuplicates: false,
    latencyMs: 5,
  }),
)
