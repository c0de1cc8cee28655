import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { venueAccountConformance } from './venue-account.ts'
import { sandboxUnderTest } from './venue-account-sandbox.ts'

venueAccountConformance('okx, over the sandbox', () =>
  sandboxUnderTest({
    venue: 'okx',
    symbol: 'SOL/USDT:USDT',
    idScheme: 'text',
    make: (parts) => OkxDialect.create(parts),
    adoptsDuplicates: true,
    latencyMs: 5,
  }),
)
