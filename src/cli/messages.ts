/** The words of the command line, one table a language. English is the only one served so far. */
export const languages = ['en'] as const
export type Language = (typeof languages)[number]

const english = {
  listHead:
    'instance|state|pid|port|venue|symbol|strategy|equity|PnL|PnL today|fills|restarts|memory|CPU|uptime',
  listHeadWide: 'configuration|started|node',
  noInstances: 'no instances here: copy a file from config/templates/ into config/active/',
  noControlPlane: 'no control plane runs here: perpfleet up',
  whichInstances: 'say which instances: ID…, --all or --tag TAG',
  noneMatches: 'no instance carries the tag',
  ordersHead: 'instance|sent|side|kind|price|quantity|filled|state|slot|reason|client id',
  fillsHead: 'instance|market time|side|price|quantity|fee|maker|fill',
  positionsHead: 'instance|symbol|position|equity|orders',
  nothing: 'nothing to show',
}

export type Messages = typeof english

const tables: Readonly<Record<Language, Messages>> = { en: english }

export const messages = (language: Language = 'en'): Messages => tables[language]
