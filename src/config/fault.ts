/** What is wrong with a configuration, said in one sentence with file, line, key, found, allowed and a hint. */

export type FaultCode =
  | 'syntax'
  | 'unreadable'
  | 'permission'
  | 'unknown_key'
  | 'wrong_value'
  | 'missing'
  | 'missing_variable'
  | 'conflict'
  | 'duplicate'
  | 'not_built'

/** Where a value stands. Line 0 = not in a file (environment) or the file as a whole. */
export interface Place {
  readonly file: string
  readonly line: number
}

export interface Fault extends Place {
  readonly code: FaultCode
  /** Dotted path, e.g. `strategy_config.grid_num` or `exchanges[0].name`; empty for the file as a whole. */
  readonly key: string
  readonly found: string | null
  readonly allowed: string | null
  /** What was probably meant. */
  readonly suggestion: string | null
  /** The whole sentence for people. */
  readonly text: string
}

/** Something that works but should be looked at. */
export interface Warning extends Place {
  readonly key: string
  readonly text: string
}

const TEXT_MAX = 60

/** `file:line` as people and editors write it. */
export const placeText = (place: Place): string =>
  place.line > 0 ? `${place.file}:${place.line}` : place.file

/** Long words of mixed letters and digits, and long hexadecimal numbers: nobody writes them by hand. */
const SECRET_LIKE =
  /(?=[\w+=-]*[A-Z])(?=[\w+=-]*[a-z])(?=[\w+=-]*\d)[\w+=-]{24,}|\b(?:0x)?[0-9a-fA-F]{32,}\b/g

/** A value as it is shown in a sentence: quoted text, shortened when long, control characters escaped. */
export function shown(value: unknown, lengthMax = TEXT_MAX): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value !== 'string') return String(value)
  // the password of an address is a secret wherever the address stands
  const address = value.replaceAll(/[^\s/@]*:[^\s/@]+@|[^\s/@]{16,}@/g, '***@')
  // a damaged file may have put the value of a secret at another key
  const text = address.slice(0, 8 * lengthMax).replaceAll(SECRET_LIKE, '***')
  const short = text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text
  return JSON.stringify(short)
}

/** Control characters of files never reach a terminal or a log as they are. */
const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).padStart(4, '0')}`
  })

/** Makes a fault; `sentence` starts with the key and is put behind the place. */
export function faultAt(
  place: Place,
  code: FaultCode,
  key: string,
  sentence: string,
  details: { found?: string; allowed?: string; suggestion?: string | null } = {},
): Fault {
  return {
    file: place.file,
    line: place.line,
    code,
    key,
    found: details.found ?? null,
    allowed: details.allowed ?? null,
    suggestion: details.suggestion ?? null,
    text: printable(`${placeText(place)}: ${sentence}`),
  }
}

/** A value that is not allowed; `hint` is appended as it is and carries the suggestion in words. */
export function wrongValue(
  place: Place,
  key: string,
  found: string,
  allowed: string,
  hint: { text: string; suggestion: string } | null = null,
): Fault {
  const end = hint === null ? '' : `; ${hint.text}`
  return faultAt(place, 'wrong_value', key, `${key} must be ${allowed}, found ${found}${end}`, {
    found,
    allowed,
    suggestion: hint?.suggestion ?? null,
  })
}

export function warningAt(place: Place, key: string, sentence: string): Warning {
  const text = printable(`${placeText(place)}: ${sentence}`)
  return { file: place.file, line: place.line, key, text }
}
