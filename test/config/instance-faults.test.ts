/** Bad instance files, each with the exact sentences it gets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileOf, load, type Sections, sentences } from './instance-files.ts'

const A = 'config/active/a.json:1: '

/** Sections → the sentences of config/active/a.json. */
const BAD: readonly (readonly [sections: Sections, ...sentences: string[]])[] = [
  [
    { strategy_config: { grid_nun: 3 } },
    `${A}strategy_config.grid_nun is not a known key; did you mean grid_num?`,
  ],
  [{ stategy_config: {} }, `${A}stategy_config is not a known key; did you mean strategy_config?`],
  [
    { daemon_config: { memory_limit: 5 } },
    `${A}daemon_config.memory_limit is not a known key; did you mean memory_limit_mb?`,
  ],
  [
    { daemon_config: { crash_loop: { exit: 1 } } },
    `${A}daemon_config.crash_loop.exit is not a known key; did you mean exits?`,
  ],
  [
    { strategy_config: { grid_num: 1 } },
    `${A}strategy_config.grid_num must be a whole number at least 2 and at most 1001, found 1`,
  ],
  [
    { strategy_config: { grid_num: 2.5 } },
    `${A}strategy_config.grid_num must be a whole number at least 2 and at most 1001, found 2.5`,
  ],
  [
    { strategy_config: { grid_num: '20' } },
    `${A}strategy_config.grid_num must be a whole number at least 2 and at most 1001, found "20"; write 20 without quotes`,
  ],
  [
    { strategy_config: { grid_upper_price: -1 } },
    `${A}strategy_config.grid_upper_price must be a number above 0, found -1`,
  ],
  [
    { strategy_config: { grid_upper_price: '1,5' } },
    `${A}strategy_config.grid_upper_price must be a number above 0, found "1,5"`,
  ],
  [
    { strategy_config: { grid_upper_price: true } },
    `${A}strategy_config.grid_upper_price must be a number above 0, found true`,
  ],
  [
    { strategy_config: { grid_lower_price: null } },
    `${A}strategy_config.grid_lower_price is missing`,
  ],
  [
    { strategy_config: { grid_type: 'nuetral' } },
    `${A}strategy_config.grid_type must be one of neutral, long, short, found "nuetral"; did you mean neutral?`,
  ],
  [
    { strategy_config: { auto_price: 'on' } },
    `${A}strategy_config.auto_price must be true or false, found "on"; did you mean true?`,
  ],
  [
    { strategy_config: { trailing_up: true } },
    `${A}strategy_config.trailing_up must be false or a number, found true`,
  ],
  [
    { strategy_config: { threshold: 40 } },
    `${A}strategy_config.threshold must be a number at least 0 and at most 1, found 40; for 40 percent write 0.4`,
  ],
  [
    { risk_config: { max_daily_loss: 5 } },
    `${A}risk_config.max_daily_loss must be a share above 0 and at most 1, found 5; for 5 percent write 0.05`,
  ],
  [
    { metadata: { exchange: 'hyperliquit' } },
    `${A}metadata.exchange must be the name of a venue, found "hyperliquit"; did you mean hyperliquid?`,
  ],
  [
    { metadata: { exchange: 'Backpack' } },
    `${A}metadata.exchange must be the name of a venue in small letters, e.g. hyperliquid, found "Backpack"`,
  ],
  [{ metadata: { exchange: null } }, `${A}metadata.exchange is missing`],
  [
    { metadata: { strategy: 'perp-gird' } },
    `${A}metadata.strategy must be one of perp_grid, dual_ma, found "perp-gird"; did you mean perp_grid?`,
  ],
  [
    { metadata: { symbol: 'SOL/USDC' } },
    `${A}metadata.symbol: symbol "SOL/USDC" names no perpetual contract: write SOL/USDC:USDC or SOL_USDC_PERP`,
  ],
  [
    { metadata: { symbol: 'BTC/USD:BTC' } },
    `${A}metadata.symbol: BTC/USD:BTC settles in BTC; only contracts that settle in their quote currency are traded`,
  ],
  [
    { metadata: { market_type: 'spot' } },
    `${A}metadata.market_type must be one of perp, swap, found "spot"`,
  ],
  [
    { metadata: { instance_id: 'My Bot' } },
    `${A}metadata.instance_id must be an id of small letters, digits, - and _, at most 48, beginning with a letter or digit, found "My Bot"; did you mean my_bot?`,
  ],
  [
    { metadata: { instance_id: '../up' } },
    `${A}metadata.instance_id must be an id of small letters, digits, - and _, at most 48, beginning with a letter or digit, found "../up"; did you mean up?`,
  ],
  [
    { metadata: { instance_id: 'desk' } },
    `${A}metadata.instance_id must be an id other than fleet, control, desk, exchange, account, instances, sandbox, all, which are reserved, found "desk"`,
  ],
  [
    { metadata: { tags: 'demo' } },
    `${A}metadata.tags must be a list of texts, found "demo"; write ["demo"]`,
  ],
  [
    { metadata: { strategy: 'dual_ma' }, strategy_config: {} },
    `${A}strategy_config.grid_lower_price is not a known key; this section knows no keys`,
    `${A}strategy_config.grid_upper_price is not a known key; this section knows no keys`,
    `${A}strategy_config.grid_num is not a known key; this section knows no keys`,
  ],
  [
    { exchange_config: { mode: 'live', capital: 100, key: 'one', margin_mode: 'cross' } },
    `${A}exchange_config.mode live: trading.live is false; set it to true when real orders may be sent`,
  ],
  [
    {
      metadata: { exchange: 'backpack' },
      exchange_config: { mode: 'testnet', capital: 100, key: 'one', margin_mode: 'cross' },
    },
    `${A}exchange_config.mode testnet: backpack has no test network; rehearse with mode sandbox`,
  ],
  [
    { exchange_config: { mode: 'papr' } },
    `${A}exchange_config.mode must be one of paper, testnet, live, sandbox, found "papr"; did you mean paper?`,
  ],
  [
    { exchange_config: { feed: 'replay:sol' } },
    `${A}exchange_config.feed must be demo, live or replay:venue/symbol/timeframe, found "replay:sol"`,
  ],
  [
    { exchange_config: { shadow: 'yes' } },
    `${A}exchange_config.shadow must be true or false, found "yes"; did you mean true?`,
  ],
  [
    { exchange_config: { leverage: 2 }, strategy_config: { leverage: 3 } },
    `${A}exchange_config.leverage 2 contradicts strategy_config.leverage 3 (config/active/a.json:1); make them the same or remove one`,
  ],
  [
    { exchange_config: { leverage: 11 } },
    `${A}exchange_config.leverage must be at most trading.max_leverage, which is 10, found 11`,
  ],
  [
    { strategy_config: { leverage: 3 }, risk_config: { max_leverage: 2 } },
    `${A}strategy_config.leverage must be at most risk_config.max_leverage, which is 2, found 3`,
  ],
  [
    { strategy_config: { leverage: 1.5 } },
    `${A}strategy_config.leverage must be a whole number, found 1.5`,
  ],
  [
    { exchange_config: { capital: 20_000 } },
    `${A}exchange_config.capital must be at most exchange_config.paper.initial_balance, which is 10000, found 20000`,
  ],
  [
    { exchange_config: { api_key: 5, secret_key: ['x'] } },
    `${A}exchange_config.secret_key must be a text, found a value that is not shown`,
  ],
  [
    { daemon_config: { environment: { '1X': 'a' } } },
    `${A}daemon_config.environment must be variable names, each with a text, found a section`,
  ],
  [
    { daemon_config: { db_path: '' } },
    `${A}daemon_config.db_path must be the path of a file, found ""`,
  ],
  [
    { daemon_config: { log_dir: '${LOGS}/x' } },
    `${A}daemon_config.log_dir names the variable LOGS, which is not set; set it in the environment or in .env, or write \${LOGS:-default}`,
  ],
  [
    { daemon_config: { bot_args: ['--symbol', 'ETH_USDC_PERP'] } },
    `${A}--symbol ETH_USDC_PERP of daemon_config.bot_args contradicts metadata.symbol "SOL_USDC_PERP" (config/active/a.json:1); make them the same or remove one`,
  ],
  [
    { daemon_config: { bot_args: ['--grid-lowre', '5', '--grid-num'] } },
    `${A}daemon_config.bot_args has the unknown argument "--grid-lowre"; did you mean --grid-lower?`,
    `${A}daemon_config.bot_args has --grid-num without a value; write it behind the argument`,
  ],
  [
    { daemon_config: { bot_args: ['--grid-num', 'many'] } },
    `${A}strategy_config.grid_num must be a whole number at least 2 and at most 1001, found "many"`,
  ],
]

test('each bad file gets its sentences, and only these', () => {
  for (const [sections, ...expected] of BAD) {
    const loaded = load({ 'a.json': fileOf(sections) })
    assert.deepEqual(sentences(loaded), expected, JSON.stringify(sections))
    assert.deepEqual(loaded.instances, [])
  }
})

test('faults name the line of the value, in JSON and in YAML; a missing key that of its section', () => {
  const json = `{
  // comment
  "metadata": {
    "exchange": "okx",
    "symbol": "SOL"
  },
  "strategy_config": {
    "grid_lower_price": 135,
    "grid_num": 0
  }
}`
  const yaml = `metadata:
  exchange: okx
  symbol: SOL/USDC:USDC
  strategy: perp_grid

strategy_config:
  # the lines
  grid_num: 31
  grid_type: 7
`
  const loaded = load({ 'a.json': json, 'b.yml': yaml })
  assert.deepEqual(
    loaded.faults.map(({ file, line, key }) => `${file}:${line} ${key}`),
    [
      'config/active/a.json:3 metadata.strategy',
      'config/active/a.json:5 metadata.symbol',
      'config/active/b.yml:9 strategy_config.grid_type',
      'config/active/b.yml:6 strategy_config.grid_lower_price',
    ],
  )
})

test('control characters of a file are shown escaped', () => {
  const [fault] = load({ 'a.json': '\u001b[2J{}' }).faults
  assert.ok(fault?.text.includes('\\u001b'), fault?.text)
  assert.ok(fault && !fault.text.includes('\u001b'))
})

test('files that are no instance file at all', () => {
  const cases: [name: string, text: string, sentence: string][] = [
    [
      'a.json',
      '',
      'config/active/a.json: the file must hold the sections metadata, daemon_config, exchange_config, risk_config, strategy_config, found nothing',
    ],
    [
      'a.json',
      '[]',
      'config/active/a.json: the file must hold the sections metadata, daemon_config, exchange_config, risk_config, strategy_config, found a list',
    ],
    [
      'a.yml',
      'a: &x [*x]\n',
      'config/active/a.yml: the file cannot be read: it is nested too deeply or too large',
    ],
    [
      'a.json',
      '['.repeat(50_000),
      'config/active/a.json: the file cannot be read: it is nested too deeply or too large',
    ],
    [
      'a.json',
      '{"metadata": {',
      'config/active/a.json:1: this is no valid JSON: a closing brace } is missing',
    ],
    [
      'a.json',
      '{"metadata": 5 // x',
      'config/active/a.json:1: this is no valid JSON: a closing brace } is missing',
    ],
    [
      'Bad Name.json',
      fileOf(),
      'config/active/Bad Name.json: the file name must be an id of small letters, digits, - and _, at most 48, beginning with a letter or digit, found "Bad Name"; did you mean bad_name?',
    ],
    [
      'all.yml',
      fileOf(),
      'config/active/all.yml: the file name must be an id other than fleet, control, desk, exchange, account, instances, sandbox, all, which are reserved, found "all"',
    ],
  ]
  for (const [name, text, sentence] of cases)
    assert.deepEqual(sentences(load({ [name]: text })), [sentence])
})
