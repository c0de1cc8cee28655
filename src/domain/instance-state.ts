/** The words for what an instance is doing and what it should be doing; the same in list, API, metrics and dashboard. */

/** Every state that an instance can be shown in (docs/concepts/instance-life.md). */
export const instanceStates = [
  'starting',
  'reconciling',
  'running',
  'paused',
  'reduce_only',
  'halted',
  'killed',
  'disarmed',
  'stopping',
  'stopped',
  'restarting',
  'quarantined',
  'unreachable',
  'foreign',
] as const

export type InstanceState = (typeof instanceStates)[number]

export const desiredStates = ['running', 'paused', 'stopped'] as const

/** What the operator wants; kept in fleet.db and honoured after a reboot. */
export type DesiredState = (typeof desiredStates)[number]

export const isDesiredState = (word: unknown): word is DesiredState =>
  typeof word === 'string' && (desiredStates as readonly string[]).includes(word)
