/** What a bot of two legs says of itself, and an opportunity that it took, for tests of what is shown. */

const leg = (settle: string) => ({
  ...{ bought: '0.4', sold: '0.4', cash: '6.2', fees: '1.1', funding: '-0.05' },
  ...{ slippage: '0.3', total: '5.05', settle, instrument: `here:ETH/${settle}:${settle}` },
})

/** Half a minute long: a return for a year would be absurd, so none is told. */
const short = {
  ...{ number: 2, opened_at: Date.UTC(2026, 0, 2), closed_at: Date.UTC(2026, 0, 2, 0, 0, 30) },
  ...{ first_leg: 'short', exit: 'converged at 1.8 bps', outcome: 'profit', held_ms: 30_000 },
  ...{ size: '0.4', total: '10.09', fees: '2.2', funding: '-0.1', slippage: '0.6' },
  ...{ margin_max: '1204', margin_return: '0.84 %', annual_return: null },
  legs: [leg('USDT'), leg('USDC')],
}

const long = {
  ...short,
  ...{ number: 1, opened_at: Date.UTC(2026, 0, 1), closed_at: Date.UTC(2026, 0, 2) },
  ...{ first_leg: 'long', held_ms: 86_400_000, annual_return: '306.60 %' },
}

const held = {
  ...short,
  ...{ number: 3, opened_at: Date.UTC(2026, 0, 3), closed_at: null, outcome: null, exit: null },
}

/** As GET /api/status of its own port answers, as far as a pair goes. */
export const pairStatus = {
  legs: [
    { venue: 'okx', symbol: 'ETH/USDT:USDT' },
    { venue: 'hyperliquid', symbol: 'ETH/USDC:USDC' },
  ],
  grid: {
    ...{ phase: 'holding', base: 'ETH', aim: '-0.4', net_delta: '0.001' },
    ...{ entries_stopped: null, entries_pause_until: null },
    delta: {
      ...{ now: '0.001', bound: '0.109', dust: '0.009', imbalanced_ms: 0, repair: 'none' },
      ...{ longest_ms: 1500, longest_closed_ms: 12_000, unwinds: 1 },
    },
    ...{ edge_now_bps: null, min_edge_bps: '5', exit_spread_bps: '31.2', exit_at_bps: '2' },
    ...{ opportunities_closed: 2, annual_return: '306.60 %' },
    opportunities_by_outcome: { profit: 2, loss: 0, unwound: 0 },
    legs: [{ settle: 'USDT' }, { settle: 'USDC' }],
    opportunities: [long, short, held],
  },
}
