/**
 * What every command must come to, with a control plane (up), without one while its bots trade on (down), and by --url
 * from another home (remote). One string an outcome: the exit code, then what is printed.
 *
 * `0` text on standard output · `0 json` JSON on standard output · `0 silent` nothing · `4 WORDS` one sentence with these
 * words on standard error and nothing on standard output · `4+ WORDS` what was done so far is on standard output ·
 * `4* WORDS` several sentences · `-` is not run there. `^C ` before a command: it is interrupted after a moment.
 * ID of the running grids: sol, eth. Files are those of command-home.ts; `@` is the folder that holds them.
 */
export const phases = ['up', 'down', 'remote'] as const
export type Phase = (typeof phases)[number]

type Row = readonly [command: string, up: string, down: string, remote: string]

/** The same wherever it is asked. */
const same = (command: string, outcome: string): Row => [command, outcome, outcome, outcome]
/** Files of this machine are read: refused with --url. */
const here = (command: string, outcome: string): Row => [command, outcome, outcome, '4 leave --url']
/** Told before anything is asked: the same everywhere, run once. */
const once = (command: string, outcome: string): Row => [command, outcome, '-', '-']
/** Only a control plane can do it. */
const needed = (command: string, outcome: string): Row => [
  command,
  outcome,
  '4 no control plane runs here: perpfleet up',
  outcome,
]

const unknown = '3 there is no instance nobody'
const which = '2 say which instances'

const ON_SOL = '--strategy dual_ma --data okx/SOL_USDC_PERP/1m'

export const cases: readonly Row[] = [
  same('list', '0'),
  same('list --wide', '0'),
  same('list --json', '0 json'),
  same('^C list --watch', '0'),
  same('list nobody', unknown),
  same('list --tag nothing', '3 no instance carries the tag'),
  same('status', '0'),
  same('status sol --json', '0 json'),
  same('status nobody', unknown),

  same('pause sol', '0'),
  same('arm sol', '4 sol is paused'),
  same('resume sol --json', '0 json'),
  once('pause', which),
  same('pause nobody', unknown),
  once('resume', which),
  same('resume nobody', unknown),
  same('disarm sol', '0'),
  same('resume sol', '4 disarmed'),
  same('arm sol', '0'),
  once('disarm', which),
  same('disarm nobody', unknown),
  once('arm', which),
  same('arm nobody', unknown),

  same('stop eth', '0'),
  same('pause eth', '4 eth is stopped'),
  same('start eth', '0+'),
  once('start', which),
  same('start nobody', unknown),
  here('start --config @/nowhere.json', '3 there is no file'),
  here('start --config @/faulty.json', '1* faulty.json'),
  once('start --instance-id x', '2 --instance-id goes with --config'),
  once('start --no-copy', '2 --no-copy goes with --config'),
  once('stop', which),
  same('stop nobody', unknown),
  once('stop sol --orders keep --positions close', '2 --positions close needs --orders cancel'),
  needed('restart sol', '0'),
  once('restart', which),
  needed('reload', '0'),
  same('cleanup', '0'),
  same('cleanup --json', '0 json'),

  same('close-all eth --yes', '0'),
  same('resume eth --json', '0 json'),
  same('close-all eth', '4 needs --yes'),
  same('close-all nobody --yes', unknown),
  here('close-all eth --yes --direct', '0'),
  same('kill eth --yes --json', '0 json'),
  same('resume eth', '4 killed'),
  same('arm eth', '0'),
  same('kill eth', '4 needs --yes'),
  same('kill nobody --yes', unknown),
  here('kill eth --yes --direct', '0'),
  ['arm eth --json', '0 json', '0 json', '-'],
  here('kill nobody --yes --direct', '3 nobody'),

  same('logs sol -n 5', '0'),
  same('logs --all -n 1 --json', '0 json'),
  same('logs sol --stream daemon -n 3', '0'),
  ['logs sol --stream journal -n 3', '0', '0', '4 leave --url'],
  same('^C logs sol -n 2 -f', '0'),
  once('logs', '2 say which instances'),
  same('logs nobody', unknown),
  once('logs sol --grep (', '2 --grep is no regular expression'),
  once('logs sol --since yesterday', '2 --since must be a time'),
  once('logs sol --stream all', '2 --stream'),

  same('grid preview sol', '0'),
  same('grid preview sol --json', '0 json'),
  ['grid preview @/narrow.json', '4+* fees', '4+* fees', '3 there is no instance'],
  same('grid preview nobody', '3 nobody'),
  same('grid show sol', '0'),
  same('grid show sol --json', '0 json'),
  same('grid show nobody', unknown),
  needed('grid adjust sol --lower 135 --upper 165 --dry-run', '0'),
  needed('grid adjust sol --lower 136 --upper 164 --temporary --json', '0 json'),
  once('grid adjust sol --lower x --upper 165', '2 --lower must be a price'),
  once('grid adjust sol --lower 135', '2 --upper'),
  needed('grid adjust sol --lower 165 --upper 135', '2 grid_'),
  needed('grid adjust nobody --lower 135 --upper 165', unknown),

  ...['orders', 'fills', 'trades', 'positions', 'balances'].flatMap((table) => [
    same(table, '0'),
    same(`${table} --json`, '0 json'),
    same(`${table} --instance nobody`, unknown),
    once(`${table} --venue nowhere`, '0'),
  ]),
  ...['orders', 'fills', 'trades'].flatMap((table) => [
    once(`${table} --limit 0`, '2 --limit must be a whole number'),
    once(`${table} --since 1h --limit 3`, '0'),
  ]),

  same('config show sol', '0'),
  same('config show fleet', '0'),
  same('config show sol --effective', '0 json'),
  same('config show nobody', '3 no file of nobody'),
  same('config show sol 99', '3 sol has no version 99'),
  once('config show sol x', '2 a version is a number'),
  same('config history sol', '0'),
  same('config history sol --json', '0 json'),
  same('config history nobody', '3 no file of nobody'),
  same('config diff sol 1', '0'),
  same('config diff sol 99', '3 sol has no version 99'),
  once('config diff sol x', '2 a version is a number'),
  same('config new grid_neutral extra', '0'),
  same('config new grid_neutral extra', '4 extra exists already'),
  same('config new nothing extra2', '3 there is no template nothing'),
  same('config rollback sol 1', '0'),
  same('config rollback sol 99', '3 sol has no version 99'),
  same('config rollback fleet 1', '4 several layers'),
  once('config rollback sol x', '2 a version is a number'),
  same('config archive sol', '4 sol runs'),
  ['stop extra', '0', '0', '0'],
  same('config archive extra', '0'),
  same('config archive nobody', '3 no file of nobody'),
  here('config import @/older.json --instance-id older', '0'),
  ['config archive older', '0', '0', '-'],
  here('config import @/nowhere.json', '3 there is no file'),
  here('config import @/faulty.json', '1* faulty.json'),
  same('config validate', '0'),
  same('config validate --json', '0 json'),
  here('config validate @/sol.json', '0'),
  here('config validate @/faulty.json', '1* faulty.json'),
  here('config validate @/nowhere.json', '3 there is no file'),
  here('init', '0'),
  here('init --json', '0 json'),

  here(
    'data import @/candles.csv --venue okx --symbol SOL_USDC_PERP --timeframe 1m --replace',
    '0',
  ),
  here(
    'data import @/nowhere.csv --venue okx --symbol SOL_USDC_PERP --timeframe 1m',
    '3 nowhere.csv',
  ),
  here(
    'data import @/broken.csv --venue okx --symbol ETH_USDC_PERP --timeframe 1m',
    '1 broken.csv',
  ),
  once('data import @/candles.csv --venue okx --symbol SOL_USDC_PERP', '2 --timeframe'),
  once('data import @/other.csv --venue okx --symbol SOL_USDC_PERP --timeframe 1m', '4 --replace'),
  here('data list', '0'),
  once('data list --json', '0 json'),
  here('data check okx/SOL_USDC_PERP/1m', '0'),
  once('data check okx/BTC_USDC_PERP/1m', '3 okx/BTC_USDC_PERP'),
  once('data check what', '2 what'),
  once('data resample okx/SOL_USDC_PERP/1m 15m', '0'),
  once('data resample okx/SOL_USDC_PERP/1m 90s', '2 whole candles of 1m'),
  once('data download kraken SOL_USDC_PERP 1m --from 2026-01-01', '4 kraken'),
  once('data download okx SOL_USDC_PERP', '2 --from'),
  here('data export okx/SOL_USDC_PERP/1m', '0'),
  once('data export okx/BTC_USDC_PERP/1m', '3 okx/BTC_USDC_PERP'),
  once('data export okx/SOL_USDC_PERP/1m --json', '2 --json goes with --output'),
  here('backtest --config @/sol.json --data okx/SOL_USDC_PERP/1m', '0'),
  once('backtest --config @/sol.json --data okx/SOL_USDC_PERP/1m --json', '0 json'),
  once('backtest --config @/sol.json --data okx/SOL_USDC_PERP/5m', '3 okx/SOL_USDC_PERP'),
  once('backtest --config @/narrow.json --data okx/SOL_USDC_PERP/1m', '4 fees'),
  once('backtest --config @/faulty.json --data okx/SOL_USDC_PERP/1m', '1* faulty.json'),
  once('backtest --config @/sol.json --data what', '2 what'),
  here(`optimize ${ON_SOL} --space fast_length=3,5 --objective totalReturn`, '0'),
  once(`optimize ${ON_SOL} --space fast_length=3,5 --objective totalReturn --json`, '0 json'),
  once(`optimize ${ON_SOL} --space fast_length=3,5 --objective luck`, '2 luck'),
  once(`optimize ${ON_SOL}`, '2 --space'),
  once(`optimize ${ON_SOL} --space fsat_length=3,5`, '2 fsat_length'),
  once('optimize --strategy dual_ma --data okx/SOL_USDC_PERP/5m --space fast_length=3,5', '3 5m'),
  once(`walk-forward ${ON_SOL} --space fast_length=3,5`, '2 no room'),
  once('walk-forward --strategy dual_ma --data okx/SOL_USDC_PERP/5m --space fast_length=3', '3 5m'),
  once('compare', '2 two report folders'),
  once('compare nowhere other', '3 nowhere'),
  here(`lookahead ${ON_SOL}`, '0'),
  once(`lookahead ${ON_SOL} --json`, '0 json'),
  once('lookahead --strategy luck --data okx/SOL_USDC_PERP/1m', '3 luck'),
  once('strategy check', '2 file'),
  once('strategy check nowhere.ts', '3 nowhere.ts'),
  once('strategy check @/sol.json', '1 .ts'),

  once('data remove okx/SOL_USDC_PERP/1m', '4 --yes'),
  once('data remove okx/SOL_USDC_PERP/5m --yes', '3 okx/SOL_USDC_PERP'),
  once('data remove', '2'),
  here('data remove okx/SOL_USDC_PERP/1m --yes', '0'),

  same('user list', '0'),
  same('user list --json', '0 json'),
  [
    'user add ann --role operator',
    '0',
    '4 there is a user ann already',
    '4 there is a user ann already',
  ],
  same('user add local', '2 taken by the program itself'),
  once('user add ann --role root', '2 --role'),
  once('user add', '2 name'),
  once('user add eve password', '2 too many arguments'),
  same('user password ann', '0'),
  same('user password ann --json', '0 json'),
  same('user password nobody', '3 there is no user nobody'),
  once('user password ann --stdin', '2 --stdin'),
  same('user remove nobody', '3 there is no user nobody'),
  same('user remove admin', '4 the only admin'),
  ['user remove ann', '-', '-', '0'],

  [
    'arbitrage scan',
    '2 one venue alone cannot be compared',
    '2 one venue alone cannot be compared',
    '4 nothing is compared here',
  ],
  once('arbitrage scan --venues okx,kraken', '2 The books of kraken cannot be compared'),
  once('arbitrage scan --seconds x', '2 --seconds'),

  here('doctor', '0'),
  here('doctor --json', '0 json'),
  here('doctor --venue nowhere', '1+'),
  same('__complete li', '0'),
  same('completion bash', '0'),
  once('completion tcsh', '2 tcsh'),

  ['up', '4 already runs', '-', '4 leave --url'],
  once('up --port x', '2 --port must be a whole number'),
  once('up nobody', '2 too many arguments'),
  ['up --detach --port 0', '4 already runs', '0', '4 leave --url'],
  ['up --detach --port 0 --feed live', '-', '4 keeps it', '-'],
  ['down', '0', '4 no control plane runs here: perpfleet up', '0'],
  ['down --stop-bots', '-', '0', '-'],
]

/** Commands that work without a control plane anywhere: an address, right or wrong, changes nothing for them. */
export const everywhere: readonly string[] = ['completion', '__complete']
