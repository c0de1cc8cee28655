/** What must never stand in a log: recognised by the path it stands at, by its value, and by its form in an address. */

const MASK = '***'
/** Shorter values would mask pieces of ordinary words and numbers; where they stand at their path they are masked. */
const SECRET_LENGTH_MIN = 6
/** A variable that nobody configured only sounds like a secret: a short value of it is more likely a word. */
const VARIABLE_LENGTH_MIN = 8
/** What such variables say beside secrets (`TOKEN_STORE=database`), and what every log is full of. */
const ordinaryWords: ReadonlySet<string> = new Set(
  `anonymous configuration dashboard database default development disabled exchange hyperliquid instance
  keychain localhost optional password perpfleet postgres postgresql production quarantined reconciling
  required restarting standard supervision undefined unreachable`.split(/\s+/),
)

/** Names of keys, variables and headers whose values are secrets. */
export const secretKey =
  /secret|passw|passphrase|token|authorization|cookie|credential|mnemonic|totp|(api|private|access|vault)_?key|webhook_?url/i

/** `scheme://user:password@host` and `Bearer TOKEN`, wherever they stand. */
const inAddress = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi
const inHeader = /\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{6,}/g

/** Values that must never be written, whatever field or sentence they stand in. */
export class SecretMask {
  #values: readonly string[] = []

  /** Registers a value; it is also recognised in its JSON and in its URL form. Very short values are ignored. */
  add(value: string): void {
    if (value.length < SECRET_LENGTH_MIN || this.#values.includes(value)) return
    const escaped = JSON.stringify(value).slice(1, -1)
    const all = new Set([...this.#values, value, escaped, encodeURIComponent(value)])
    // Longest first: a secret that contains another is masked as a whole.
    this.#values = [...all].sort((a, b) => b.length - a.length)
  }

  apply(line: string): string {
    let masked = line
    for (const value of this.#values) masked = masked.replaceAll(value, MASK)
    if (masked.includes('://')) masked = masked.replace(inAddress, `$1${MASK}@`)
    return /Bearer|Basic/.test(masked) ? masked.replace(inHeader, `$1 ${MASK}`) : masked
  }
}

/** Every text below a key whose name says that it is a secret: of configurations and of environments. */
export function secretsIn(value: unknown, isSecret = false): string[] {
  if (typeof value === 'string') return isSecret ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    secretsIn(inner, isSecret || secretKey.test(key)),
  )
}

/**
 * Secrets of an environment. What carries the prefix of the configuration counts as configured and is masked as it is;
 * of other variables whose names sound secret, short values and ordinary words are left out: they would hide harmless
 * words in every line.
 */
export function secretsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const isHarmless = (value: string): boolean =>
    value.length < VARIABLE_LENGTH_MIN || ordinaryWords.has(value.toLowerCase())
  return Object.entries(environment).flatMap(([name, value]) => {
    const found = secretsIn({ [name]: value })
    return name.startsWith('PERPFLEET_') ? found : found.filter((one) => !isHarmless(one))
  })
}
