import type { AttachRequest } from '../../src/ports/venue.ts'
import { venueAccountConformance } from './venue-account.ts'
import { paperTerms } from './venue-account-harness.ts'
import { ExchangeProcess } from './venue-account-paper.ts'

const request: AttachRequest = {
  instance: 'conformance',
  symbol: 'SOL/USDC:USDC',
  leverage: 10,
  marginMode: 'isolated',
  paper: paperTerms,
  feed: 'demo',
}

for (const wireLatencyMs of [0, 30]) {
  venueAccountConformance(`paper, free pace, wire latency ${wireLatencyMs} ms`, async () => {
    const exchange = new ExchangeProcess({ wireLatencyMs })
    exchange.start()
    return {
      connect: (listener) => exchange.connect('backpack/main', listener, 500),
      request,
      freeze: () => exchange.signal('SIGSTOP'),
      thaw: () => exchange.signal('SIGCONT'),
      killAndRestart: async () => {
        await exchange.kill()
        exchange.start()
      },
      close: () => exchange.close(),
    }
  })
}
