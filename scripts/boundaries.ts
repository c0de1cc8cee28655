// Which folder of src/ may import which. The one place where these rules are written down in code;
// scripts/check-imports.ts enforces them, CONTRIBUTING.md explains them.
import type { IForbiddenRuleType } from 'dependency-cruiser'

/** Every folder of src/ has a row; adapters stand for each folder inside src/adapters. */
export const MAY_IMPORT: Record<string, string[] | 'everything'> = {
  domain: [],
  strategies: ['domain'],
  kit: ['domain'],
  simulation: ['domain'],
  ports: ['domain'],
  protocol: ['domain'],
  engine: ['domain', 'ports'],
  bot: ['engine', 'strategies', 'domain', 'ports', 'protocol'],
  desk: ['engine', 'domain', 'ports', 'protocol'],
  exchange: ['simulation', 'domain', 'ports', 'protocol'],
  backtest: ['engine', 'strategies', 'simulation', 'domain', 'ports'],
  config: ['strategies', 'domain'],
  client: ['protocol', 'domain'],
  fleet: ['config', 'domain', 'ports', 'protocol'],
  alerts: ['config', 'domain', 'ports', 'protocol'],
  jobs: ['backtest', 'domain', 'ports'],
  arbitrage: ['config', 'domain', 'ports', 'protocol'],
  assistant: ['fleet', 'jobs', 'alerts', 'domain', 'ports'],
  adapters: ['domain', 'ports', 'protocol'],
  api: ['fleet', 'jobs', 'alerts', 'assistant', 'config', 'domain', 'ports', 'protocol'],
  cli: ['client', 'config', 'domain', 'protocol'],
  main: 'everything',
}

/** Folders without Node.js, clocks or chance: the same input gives the same output. */
export const PURE = ['domain', 'strategies', 'kit', 'simulation', 'engine']

const WITHOUT_BUILTINS = [...PURE, 'ports', 'protocol']

/** What makes a process heavy; bots and desks exist many times over and must not load it. */
export const HEAVY = /(^|node_modules\/)(zod|fastify|prom-client)(\/|$)|^(node:)?http$/

/** The programs that must stay light: everything they import counts, however far away. */
export const LIGHT_PROGRAMS: Record<string, RegExp> = {
  'light-bot': /^src\/(bot\/|main\/bot(-[\w-]+)?\.ts$)/,
  'light-desk': /^src\/(desk\/|main\/desk(-[\w-]+)?\.ts$)/,
}

const TEST = '\\.test\\.ts$'
const anyOf = (folders: string[]) => `^src/(${folders.join('|')})/`
const packages = (names: string[]) => `(^|node_modules/)(${names.join('|')})(/|$)`

function tableRules(): IForbiddenRuleType[] {
  return Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) =>
    allowed === 'everything'
      ? []
      : [
          {
            name: `table-${folder}`,
            severity: 'error' as const,
            from: { path: `^src/${folder}/`, pathNot: TEST },
            to: { path: '^src/', pathNot: anyOf([folder, ...allowed]) },
          },
        ],
  )
}

const extraRules: IForbiddenRuleType[] = [
  {
    name: 'nothing-imports-main',
    comment: 'main joins the parts; a part that needs another gets it as an argument',
    severity: 'error',
    from: { path: '^src/(?!main/)' },
    to: { path: '^src/main/' },
  },
  {
    name: 'strategies-apart',
    comment: 'what two strategies share belongs to domain; registry.ts alone lists them',
    severity: 'error',
    from: { path: '^src/strategies/([^/.]+)', pathNot: [TEST, '^src/strategies/registry\\.ts$'] },
    to: { path: '^src/strategies/', pathNot: '^src/strategies/$1(/|\\.)' },
  },
  {
    name: 'adapters-apart',
    comment: 'an adapter never imports another adapter',
    severity: 'error',
    from: { path: '^src/adapters/([^/]+)/', pathNot: TEST },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'no-cycle',
    severity: 'error',
    from: { path: '^(src|dashboard)/' },
    to: { circular: true },
  },
  {
    name: 'domain-no-package',
    severity: 'error',
    from: { path: '^src/domain/', pathNot: TEST },
    to: { pathNot: '^src/' },
  },
  {
    name: 'pure-no-builtin',
    severity: 'error',
    from: { path: anyOf(WITHOUT_BUILTINS), pathNot: TEST },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'ccxt-in-venues',
    comment: 'trading goes through venues, the history of a venue through history/download',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/adapters/(venues|history/download)/' },
    to: { path: packages(['ccxt']) },
  },
  {
    name: 'sql-in-stores',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/adapters/stores/' },
    to: { path: [`^(node:)?sqlite$`, packages(['pg', 'kysely'])] },
  },
  {
    name: 'programs-do-not-import-tests',
    severity: 'error',
    from: { path: '^src/', pathNot: TEST },
    to: { path: [TEST, '^(test|bench|scripts)/'] },
  },
]

/** What of src/ the dashboard takes along; scripts/dashboard.mjs builds it anew when one of them changes. */
const DASHBOARD_MAY =
  '^src/(client/api-types\\.ts|protocol/|domain/reason\\.ts|cli/speech\\.ts|cli/messages/(phrases[\\w-]*|reasons|words)\\.ts)'

const dashboardRules: IForbiddenRuleType[] = [
  {
    name: 'dashboard-apart',
    comment: 'the dashboard talks to the control plane over HTTP; words and types alone are shared',
    severity: 'error',
    from: { path: '^dashboard/', pathNot: TEST },
    to: { path: '^src/', pathNot: DASHBOARD_MAY },
  },
  {
    name: 'dashboard-protocol-types',
    comment: 'of the messages it takes the types: code would have to be watched when it is built',
    severity: 'error',
    from: { path: '^dashboard/', pathNot: TEST },
    to: { path: '^src/(protocol|client|domain)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'dashboard-no-builtin',
    severity: 'error',
    from: { path: '^dashboard/src/', pathNot: TEST },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'nothing-imports-dashboard',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^dashboard/' },
  },
]

export const IMPORT_RULES: IForbiddenRuleType[] = [
  ...tableRules(),
  ...extraRules,
  ...dashboardRules,
]
