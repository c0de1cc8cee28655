/**
 * The border between a plug-in and us: every answer is checked as plain data before the engine sees it. A fault is a
 * clause that names the field, what it must be and what was found.
 */
import type {
  Contradiction,
  Finish,
  Json,
  Objection,
  ParameterSchema,
  RestingWant,
  StrategyInputs,
  TargetWant,
  Wake,
  WantChange,
  Wanted,
} from '../../domain/strategy.ts'

/** What a plug-in said cannot be; the message is a clause. */
export class BorderFault extends Error {
  override readonly name = 'BorderFault'
}

/** As protocol/wants-check.ts has it: sums of some thousands of them stay exact. */
const LOTS_MAX = 1e11
const CHANGES_MAX = 20_000
const NOTES_MAX = 100
const NOTE_MAX = 1000
const SLOT_MAX = 64

type Fields = Readonly<Record<string, unknown>>

/** The instruments that a want may name; null = not known yet. */
export type KnownInstruments = ReadonlySet<string> | null

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function refuse(where: string, allowed: string, found: unknown): never {
  throw new BorderFault(`${where} must be ${allowed}, found ${shown(found)}`)
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(where, 'an object', value)
  return value as Fields
}

function listOf(value: unknown, where: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(where, 'a list', value)
  if (value.length > max) refuse(where, `a list of at most ${max}`, value.length)
  return value
}

function whole(value: unknown, where: string, minimum: number, maximum: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum)
    return Number(value)
  return refuse(where, `a whole number from ${minimum} to ${maximum}`, value)
}

const priceOf = (value: unknown, where: string): number =>
  whole(value, where, 1, Number.MAX_SAFE_INTEGER)

const orNull = <Value>(
  value: unknown,
  where: string,
  read: (v: unknown, where: string) => Value,
): Value | null => (value === null ? null : read(value, where))

const timeOf = (value: unknown, where: string): number =>
  whole(value, where, 0, Number.MAX_SAFE_INTEGER)

function textOf(value: unknown, where: string, max: number): string {
  if (typeof value === 'string' && /^\P{Cc}+$/u.test(value) && value.length <= max) return value
  return refuse(where, `a text of 1 to ${max} printable characters`, value)
}

function flag(value: unknown, where: string): boolean {
  return typeof value === 'boolean' ? value : refuse(where, 'true or false', value)
}

function oneOf<Word extends string>(value: unknown, where: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  return found ?? refuse(where, words.join(' or '), value)
}

function instrumentOf(value: unknown, where: string, known: KnownInstruments): string {
  if (typeof value === 'string' && known?.has(value) !== false) return value
  return refuse(where, `an instrument of the instance (${[...(known ?? [])].join(', ')})`, value)
}

function restingOf(value: unknown, known: KnownInstruments): RestingWant {
  const { slot, instrument, side, price, quantity, isPostOnly, isReduceOnly, trigger } = fieldsOf(
    value,
    'an order',
  )
  const name = textOf(slot, 'slot', SLOT_MAX)
  const at = `order ${shown(name)}:`
  return {
    slot: name,
    instrument: instrumentOf(instrument, `${at} instrument`, known),
    side: oneOf(side, `${at} side`, ['buy', 'sell']),
    price: priceOf(price, `${at} price`),
    quantity: quantity === 'position' ? quantity : whole(quantity, `${at} quantity`, 0, LOTS_MAX),
    isPostOnly: flag(isPostOnly, `${at} isPostOnly`),
    isReduceOnly: flag(isReduceOnly, `${at} isReduceOnly`),
    trigger: orNull(trigger, `${at} trigger`, triggerOf),
  } as RestingWant
}

function triggerOf(value: unknown, where: string): unknown {
  const { kind, price, by } = fieldsOf(value, where)
  return {
    kind: oneOf(kind, `${where}.kind`, ['stop', 'take_profit']),
    price: priceOf(price, `${where}.price`),
    by: oneOf(by, `${where}.by`, ['mark', 'last']),
  }
}

function targetOf(value: unknown, known: KnownInstruments): TargetWant {
  const { instrument, quantity, worstPrice, style, deadlineAt, isReduceOnly } = fieldsOf(
    value,
    'a target',
  )
  return {
    instrument: instrumentOf(instrument, 'target: instrument', known),
    quantity: whole(quantity, 'target: quantity', -LOTS_MAX, LOTS_MAX),
    worstPrice: orNull(worstPrice, 'target: worstPrice', priceOf),
    style: oneOf(style, 'target: style', ['take', 'maker_first']),
    deadlineAt: orNull(deadlineAt, 'target: deadlineAt', timeOf),
    isReduceOnly: flag(isReduceOnly, 'target: isReduceOnly'),
  } as TargetWant
}

function wakeOf(value: unknown, known: KnownInstruments): Wake {
  const { instrument, below, above, at, by } = fieldsOf(value, 'a wake')
  return {
    instrument: instrumentOf(instrument, 'wake: instrument', known),
    below: orNull(below, 'wake: below', priceOf),
    above: orNull(above, 'wake: above', priceOf),
    at: orNull(at, 'wake: at', timeOf),
    by: oneOf(by, 'wake: by', ['last', 'mark']),
  } as Wake
}

function finishOf(value: unknown): Finish | null {
  if (value === null) return null
  const { reason, orders, positions } = fieldsOf(value, 'finish')
  return {
    reason: textOf(reason, 'finish: reason', NOTE_MAX),
    orders: oneOf(orders, 'finish: orders', ['cancel', 'keep']),
    positions: oneOf(positions, 'finish: positions', ['close', 'keep']),
  }
}

function changeOf(value: unknown, known: KnownInstruments): WantChange {
  const { kind, want, slot, instrument } = fieldsOf(value, 'a change')
  switch (kind) {
    case 'rest':
      return { kind, want: restingOf(want, known) }
    case 'target':
      return { kind, want: targetOf(want, known) }
    case 'drop':
      return { kind, slot: textOf(slot, 'drop: slot', SLOT_MAX) }
    case 'drop_target':
      return {
        kind,
        instrument: instrumentOf(instrument, 'dropTarget', known),
      } as WantChange
    default:
      return refuse('a change', 'rest, drop, target or drop_target', kind)
  }
}

/** Control characters would forge lines of a log. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, NOTE_MAX)

function noteOf(value: unknown): { level: 'info' | 'warn'; text: string } {
  const { level, text } = fieldsOf(value, 'a note')
  return {
    level: oneOf(level, 'note: level', ['info', 'warn']),
    text: printable(typeof text === 'string' ? text : refuse('note: text', 'a text', text)),
  }
}

/** What came out of one event. */
export interface EventAnswer {
  readonly changes: readonly WantChange[]
  readonly wakes: readonly Wake[]
  readonly notes: readonly { readonly level: 'info' | 'warn'; readonly text: string }[]
  readonly finish: Finish | null
  /** As text; null when it was not asked for. */
  readonly state: string | null
}

const QUIET: EventAnswer = { changes: [], wakes: [], notes: [], finish: null, state: null }

/** @throws BorderFault */
export function eventAnswer(value: unknown, known: KnownInstruments): EventAnswer {
  if (value === 0) return QUIET
  const fields = fieldsOf(value, 'an answer')
  const state = fields['state'] ?? null
  if (state !== null && typeof state !== 'string') refuse('the state', 'a text', state)
  if (fields['quiet'] === true) return { ...QUIET, state }
  const { changes, wakes, notes, finish } = fields
  return {
    changes: listOf(changes, 'the changes', CHANGES_MAX).map((one) => changeOf(one, known)),
    wakes: listOf(wakes, 'the wakes', CHANGES_MAX).map((one) => wakeOf(one, known)),
    notes: listOf(notes, 'the notes', NOTES_MAX).map(noteOf),
    finish: finishOf(finish),
    state,
  }
}

/** @throws BorderFault */
export function wantedAnswer(value: unknown, known: KnownInstruments): Wanted {
  const { resting, targets, wakes, finish } = fieldsOf(value, 'what wanted() returns')
  return {
    resting: listOf(resting, 'resting', CHANGES_MAX).map((one) => restingOf(one, known)),
    targets: listOf(targets, 'targets', CHANGES_MAX).map((one) => targetOf(one, known)),
    wakes: listOf(wakes, 'wakes', CHANGES_MAX).map((one) => wakeOf(one, known)),
    finish: finishOf(finish ?? null),
  }
}

const REPORT_MAX = 200_000

/** Numbers for people: anything that is JSON, without what a terminal obeys. @throws BorderFault */
export function reportAnswer(value: unknown): Json {
  const text = JSON.stringify(value, (_, one) => (typeof one === 'string' ? printable(one) : one))
  if (text.length > REPORT_MAX) refuse('what report() returns', `shorter than ${REPORT_MAX}`, text)
  return JSON.parse(text)
}

/** @throws BorderFault */
export function objectionsAnswer(value: unknown): readonly Objection[] {
  return listOf(value, 'what check() returns', NOTES_MAX).map((one) => {
    const { code, text, overrideKey } = fieldsOf(one, 'an objection')
    return {
      code: textOf(code, 'objection: code', SLOT_MAX),
      text: printable(textOf(text, 'objection: text', NOTE_MAX)),
      overrideKey: orNull(overrideKey ?? null, 'objection: overrideKey', (key, where) =>
        textOf(key, where, SLOT_MAX),
      ),
    }
  })
}

/** @throws BorderFault */
export function contradictionsAnswer(value: unknown): readonly Contradiction[] {
  return listOf(value, 'what contradictions() returns', NOTES_MAX).map((one) => {
    const { keys, found, allowed } = fieldsOf(one, 'a contradiction')
    const [first, ...others] = listOf(keys, 'contradiction: keys', NOTES_MAX).map((key) =>
      textOf(key, 'contradiction: keys', SLOT_MAX),
    )
    if (first === undefined) refuse('contradiction: keys', 'a list of at least one key', keys)
    return {
      keys: [first, ...others],
      found: orNull(found, 'contradiction: found', (text, where) => textOf(text, where, NOTE_MAX)),
      allowed: printable(textOf(allowed, 'contradiction: allowed', NOTE_MAX)),
    }
  })
}

/** @throws BorderFault */
export function inputsAnswer(value: unknown): StrategyInputs {
  const fields = fieldsOf(value, 'what inputs() returns')
  const count = (name: string, maximum: number) =>
    whole(fields[name], `inputs: ${name}`, 0, maximum)
  return {
    instrumentsMin: count('instrumentsMin', 1),
    instrumentsMax: count('instrumentsMax', 100),
    timeframes: listOf(fields['timeframes'], 'inputs: timeframes', 10).map((one) =>
      textOf(one, 'inputs: timeframes', 8),
    ),
    warmUpCandles: count('warmUpCandles', 1e6),
    bookDepth: count('bookDepth', 1000),
  }
}

/** A strategy as its file describes it: plain data, for the configuration. */
export interface PlugInDescription {
  readonly id: string
  readonly stateVersion: number
  readonly parameters: Readonly<Record<string, ParameterSchema>>
  /** It has contradictions(). */
  readonly judges: boolean
  readonly caveat?: string
}

const TYPES = [
  'number',
  'integer',
  'decimal',
  'boolean',
  'string',
  'enum',
  'decimalOrFalse',
] as const
const ID = /^[a-z][a-z0-9_]{0,31}$/

/** @throws BorderFault */
export function descriptionAnswer(value: unknown): PlugInDescription {
  const { id, stateVersion, parameters, judges, caveat } = fieldsOf(value, 'a description')
  if (typeof id !== 'string' || !ID.test(id))
    refuse('id', 'lower-case letters, digits and _, 1 to 32 of them', id)
  const schemas = Object.entries(fieldsOf(parameters, 'parameters'))
  for (const [key, schema] of schemas) {
    if (!ID.test(key)) refuse('the name of a parameter', 'lower-case letters, digits and _', key)
    checkSchema(key, fieldsOf(schema, `parameters.${key}`))
  }
  return {
    id,
    stateVersion: whole(stateVersion, 'stateVersion', 1, 1e6),
    parameters: Object.fromEntries(schemas) as unknown as PlugInDescription['parameters'],
    judges: judges === true,
    ...(caveat === undefined ? {} : { caveat: printable(textOf(caveat, 'caveat', NOTE_MAX)) }),
  }
}

function checkSchema(key: string, schema: Fields): void {
  const at = `parameters.${key}`
  oneOf(schema['type'], `${at}.type`, TYPES)
  textOf(schema['doc'], `${at}.doc`, NOTE_MAX)
  for (const name of ['minimum', 'maximum', 'exclusiveMinimum']) {
    const bound = schema[name]
    if (bound !== undefined && typeof bound !== 'number') refuse(`${at}.${name}`, 'a number', bound)
  }
  if (schema['type'] === 'enum')
    for (const word of listOf(schema['values'], `${at}.values`, NOTES_MAX))
      textOf(word, `${at}.values`, SLOT_MAX)
}
