import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectiveFacts } from './effective-facts.ts'

test('what holds is told by the keys and in the units of the file', () => {
  const groups = effectiveFacts({
    parameters: { grid_lower_price: '140', trailing_up: false },
    settings: {
      capital: 1_000_000_000_000,
      leverage: 2,
      limits: { dailyLossMax: 5_000_000, positionNotionalMax: null },
      paper: { maker: 20_000, taker: -5000 },
    },
    restart: { delayMaxMs: 60_500 },
    tags: [],
  })
  const flat = groups.flatMap(({ section, facts }) =>
    facts.map(({ key, value }) => `${section}.${key} = ${value}`),
  )
  assert.deepEqual(flat, [
    'strategy_config.grid_lower_price = 140',
    'strategy_config.trailing_up = false',
    'exchange_config.capital = 10,000',
    'exchange_config.leverage = 2',
    'exchange_config.paper.maker_bps = 2',
    'exchange_config.paper.taker_bps = \u22120.5',
    'risk_config.max_position_notional = –',
    'risk_config.max_daily_loss = 0.05 (5 %)',
    'daemon_config.restart_delay = 60.5 s',
    'metadata.tags = –',
  ])
})
