import { HyperliquidDialect } from '../../src/adapters/venues/hyperliquid/dialect.ts'
import { venueAccountConformance } from './venue-account.ts'
import { sandboxUnderTest } from './venue-account-sandbox.ts'

venueAccountConformance('hyperliquid, over the sandbox', () =>
  sandboxUnderTest({
    venue: 'hyperliquid',
    symbol: 'SOL/USDC:USDC',
    idScheme: 'hex128',
    make: async (parts) => new HyperliquidDialect(parts),
    adoptsDuplicates: true,
    latencyMs: 5,
  }),
)
