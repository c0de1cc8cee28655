/**
 * Secrets in configuration files: found by their keys (the schema says which), by names that sound like one, and by
 * passwords inside addresses. What people are shown carries `***` in their place, comments included.
 */
import { type ConfigurationNode, parseConfiguration } from './document.ts'
import type { Place } from './fault.ts'
import { fleetSection } from './fleet-schema.ts'
import { instanceSection } from './instance-schema.ts'
import type { AnyKey } from './schema.ts'

export const MASK = '***'

/** A secret that stands in a file as it is, not as `${NAME}`. */
export interface LiteralSecret {
  readonly key: string
  readonly place: Place
  readonly text: string
  /** Nobody knows the key, and it does not sound like a secret: masked all the same. */
  readonly isGuess?: boolean
}

/** Names of variables and arguments that are treated as secret, whatever the schema says. */
const SOUNDS_SECRET =
  /(secret|password|passwd|passphrase|private|token|api[-_]?key|credential|mnemonic|webhook_url|key$)/i
const NO_SECRET = new Set([
  'exchange_config.key',
  'legs[].key',
  'exchanges[].key',
  'redis.key_prefix',
])
const VARIABLE_ONLY = /^\s*\$\{[A-Za-z_][A-Za-z0-9_]*\}\s*$/
/** `https://user:password@host`: the password. */
const IN_ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/gi

/** Whether a key, or the last name of a path, sounds like that of a secret. */
export const soundsSecret = (path: string): boolean =>
  SOUNDS_SECRET.test(path.split('.').at(-1) ?? '')

/** Every secret of a document that stands there in plain text. */
export function literalSecrets(root: ConfigurationNode | null): LiteralSecret[] {
  const found: LiteralSecret[] = []
  if (root !== null) collect(root, '', found)
  return found
}

function collect(node: ConfigurationNode, key: string, found: LiteralSecret[]): void {
  if (node.kind === 'map') {
    for (const [name, { node: child }] of node.entries) {
      collect(child, key === '' ? name : `${key}.${name}`, found)
    }
  } else if (node.kind === 'list') collectList(node.items, key, found)
  else if (typeof node.value === 'string' || typeof node.value === 'number') {
    const text = node.text
    if (text === '' || VARIABLE_ONLY.test(text)) return
    if (isSecretKey(key)) found.push({ key, place: node.place, text, isGuess: isGuess(key) })
    else {
      for (const [, password = ''] of text.matchAll(IN_ADDRESS))
        if (!password.startsWith('${')) found.push({ key, place: node.place, text: password })
    }
  }
}

/** `--api-secret VALUE` in a list of arguments hides VALUE. */
function collectList(
  items: readonly ConfigurationNode[],
  key: string,
  found: LiteralSecret[],
): void {
  let isAfterName = false
  for (const item of items) {
    const text = item.kind === 'scalar' ? item.text : ''
    if (item.kind === 'scalar' && isAfterName && !text.startsWith('--')) {
      if (!VARIABLE_ONLY.test(text)) found.push({ key, place: item.place, text })
      isAfterName = false
      continue
    }
    const [name = '', ...value] = text.split('=')
    isAfterName = name.startsWith('--') && SOUNDS_SECRET.test(name)
    if (isAfterName && value.length > 0) {
      const secret = value.join('=')
      if (!VARIABLE_ONLY.test(secret)) found.push({ key, place: item.place, text: secret })
      isAfterName = false
    } else collect(item, `${key}[]`, found)
  }
}

function isSecretKey(path: string): boolean {
  if (NO_SECRET.has(path)) return false
  const known = schemaKey(instanceSection, path) ?? schemaKey(fleetSection, path)
  if (known !== null && known.kind === 'leaf' && known.form !== 'map') return known.isSecret
  // A misspelt key may hold what the right one would.
  return /^(exchange|exchange_config|exchanges\[\]|legs\[\])\./.test(path) || soundsSecret(path)
}

const isGuess = (path: string): boolean =>
  !soundsSecret(path) &&
  (schemaKey(instanceSection, path) ?? schemaKey(fleetSection, path)) === null

function schemaKey(root: AnyKey, path: string): AnyKey | null {
  let key: AnyKey = root
  for (const name of path.replaceAll('[]', '').split('.')) {
    if (key.kind === 'listOf') key = key.item
    if (key.kind !== 'section') return null
    const child: AnyKey | undefined = Object.hasOwn(key.keys, name) ? key.keys[name] : undefined
    if (child === undefined) return null
    key = child
  }
  return key
}

/** `"name": value` or `name: value` of a text that cannot be parsed. */
const PAIR = /(["']?)([A-Za-z0-9_-]+)\1(\s*[:=]\s*)("(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|[^\s,}\]"']+)/g

/**
 * The text with every secret replaced by `***`: values of secret keys, and the same value wherever else it stands,
 * comments included. A text that cannot be parsed is masked by what stands behind names that sound like a secret.
 * @param file its ending decides between JSON and YAML
 * @param before an earlier text of the file: its secrets are masked as well
 */
export function maskedText(text: string, file: string, before: string | null = null): string {
  const { root, faults } = parseConfiguration(text, file)
  const isReadable = root !== null && faults.length === 0
  const older = before === null ? [] : literalSecrets(parseConfiguration(before, file).root)
  const masked = withoutLiterals(text, [...literalSecrets(root), ...older])
  return isReadable ? masked : maskedPairs(masked)
}

/** Keys whose secret differs between two texts: a masked comparison would not show them. */
export function changedSecrets(before: string, after: string, file: string): string[] {
  const read = (text: string) => {
    const pairs = literalSecrets(parseConfiguration(text, file).root)
    return new Map(pairs.map(({ key, text: value }) => [key, value]))
  }
  const [old, now] = [read(before), read(after)]
  const keys = new Set([...old.keys(), ...now.keys()])
  return [...keys].filter((key) => old.get(key) !== now.get(key)).sort()
}

function withoutLiterals(text: string, secrets: readonly LiteralSecret[]): string {
  // The longest first: one may be the beginning of another.
  const values = [...new Set(secrets.map((secret) => secret.text))]
  const written = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
  const longest = [...new Set(written)].sort((a, b) => b.length - a.length)
  let masked = text
  for (const value of longest) {
    // Very short values stand in every text: only the value itself is hidden, as the whole of a scalar.
    if (value.length >= 4) masked = masked.replaceAll(value, MASK)
    else masked = masked.replaceAll(`"${value}"`, `"${MASK}"`).replaceAll(`: ${value}`, `: ${MASK}`)
  }
  return masked
}

function maskedPairs(text: string): string {
  return text
    .replaceAll(PAIR, (pair, quote: string, name: string, colon: string, value: string) => {
      if (!soundsSecret(name) || name === 'key') return pair
      if (VARIABLE_ONLY.test(value.replaceAll(/["']/g, ''))) return pair
      return `${quote}${name}${quote}${colon}${MASK}`
    })
    .replaceAll(IN_ADDRESS, (address, password: string) =>
      address.replace(`:${password}@`, `:${MASK}@`),
    )
}
