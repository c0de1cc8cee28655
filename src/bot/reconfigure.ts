/**
 * POST /api/configure: a changed instance file whose changes act without a restart. The fleet sends what the bot would
 * be started with now; the bot judges it as at a start, and takes it over whole or not at all.
 */
import type { DeskInstanceSettings } from '../protocol/desk-messages.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import type { Parameters } from './record.ts'
import type { WebError } from './web-guard.ts'

export interface Configuration {
  readonly parameters: Parameters
  readonly settings: DeskInstanceSettings
  /** Of the further legs, in their order; absent = as they are. */
  readonly legs?: readonly DeskInstanceSettings[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads the body; a sentence when it is none of the fleet for this instance. */
export function readConfiguration(body: unknown, instance: string): Configuration | string {
  if (!isObject(body)) return 'The body must be an object with parameters, settings and log_level.'
  const { parameters, settings, legs = [], log_level: level } = body
  if (!isObject(parameters) || !isObject(settings) || !isObject(settings['limits'])) {
    return 'parameters, settings and settings.limits must be objects.'
  }
  if (settings['instance'] !== instance) {
    return `The settings are those of another instance than ${instance}.`
  }
  if (!Array.isArray(legs) || !legs.every(isObject)) return 'legs must be a list of settings.'
  const logLevel = LEVELS.find((known) => known === level)
  if (logLevel === undefined) return `log_level must be one of ${LEVELS.join(', ')}.`
  // The fleet has checked them against the schemas; the strategy judges them once more.
  return {
    parameters: parameters as Parameters,
    settings: settings as unknown as DeskInstanceSettings,
    legs: legs as unknown as readonly DeskInstanceSettings[],
    logLevel,
  }
}

/** Why an instance takes no configuration now; null = it does. */
export function cannotReconfigure({ engine, ended }: InstanceKeeper): WebError | null {
  if (engine === null) {
    const message = 'The instance has not started yet: try again shortly.'
    return { status: 503, code: 'SERVICE_UNAVAILABLE', message }
  }
  if (ended === null && engine.wants().finish === null) return null
  const message = 'The instance is ending and takes no configuration any more.'
  return { status: 409, code: 'CONFLICT', message }
}
