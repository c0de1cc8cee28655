/** The keys of one leg of an instance file's `legs`: what exchange_config says for all, a leg may say for itself. */
import {
  anyText,
  decimal,
  type Keyed,
  type Leaf,
  type ListOf,
  listOf,
  type Section,
  section,
  text,
  venueName,
} from './schema.ts'

/** The same keys without values of their own. */
type Inherited<Keys extends Keyed> = {
  readonly [Name in keyof Keys]: Keys[Name] extends Leaf<infer T>
    ? Leaf<T | null>
    : Keys[Name] extends Section<infer Below>
      ? Section<Inherited<Below>>
      : never
}

function inherited<Keys extends Keyed>(keys: Keys, from: string): Inherited<Keys> {
  const pairs = Object.entries(keys).map(([name, key]) => {
    const place = `${from}.${name}`
    if (key.kind === 'section') return [name, section(inherited(key.keys, place))]
    if (key.kind === 'listOf') return [name, key]
    const schema = key.default === null ? key.schema : key.schema.nullable()
    return [name, { ...key, schema, default: null, defaultText: place, isRequired: false }]
  })
  // the names stay, each leaf may now be without a value
  return Object.fromEntries(pairs) as Inherited<Keys>
}

/** Of exchange_config, what each leg may say for itself; mode and feed are those of the instance. */
export const LEG_KEYS = [
  'account',
  'capital',
  'margin_mode',
  'leverage',
  'accept_unverified',
  'accept_main_key',
  'key',
  'api_key',
  'secret_key',
  'passphrase',
  'wallet_address',
  'private_key',
  'base_url',
  'ws_url',
  'proxy',
  'paper',
] as const

type LegKey = (typeof LEG_KEYS)[number]

const ownKeys = {
  exchange: text(venueName, {
    default: null,
    defaultText: 'required',
    isRequired: true,
    doc: 'venue of the leg; no two legs are the same contract at the same venue',
  }),
  symbol: text(anyText, {
    default: null,
    defaultText: 'required',
    isRequired: true,
    doc: 'contract of the leg, spelt like metadata.symbol',
  }),
  settle_rate: decimal(
    { min: 0, max: 10_000, isAbove: true },
    {
      default: '1',
      unit: 'settlement currency of the first leg',
      doc: 'worth of one unit of the settlement currency of the leg, by which sums over all legs are made; of the first leg always 1',
    },
  ),
} as const

/** @param exchange the keys of exchange_config */
export function legsKey<Keys extends Record<LegKey, Keyed[string]>>(
  exchange: Keys,
): ListOf<Section<typeof ownKeys & Inherited<Pick<Keys, LegKey>>>> {
  const picked = Object.fromEntries(LEG_KEYS.map((name) => [name, exchange[name]]))
  const below = inherited(picked as unknown as Pick<Keys & Keyed, LegKey>, 'exchange_config')
  return listOf(section({ ...ownKeys, ...(below as Inherited<Pick<Keys, LegKey>>) }))
}
