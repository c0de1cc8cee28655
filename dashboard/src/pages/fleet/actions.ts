/** What can be asked of an instance now, and why not. The server decides; this says it before somebody asks. Pure. */
import type { InstanceView } from '../../../../src/protocol/fleet-messages.ts'
import { isOpen } from './figures.ts'

export const actionNames = [
  'start',
  'resume',
  'arm',
  'pause',
  'restart',
  'stop',
  'close',
  'kill',
] as const
export type ActionName = (typeof actionNames)[number]

/** Asks for an action: a dialog follows. */
export type Act = (id: string, action: ActionName) => void

/** Keys below `refusal.` in fleet.json. */
export type Refusal =
  | 'operator'
  | 'admin'
  | 'foreign'
  | 'runs'
  | 'stopped'
  | 'paused'
  | 'stricter'
  | 'unheld'
  | 'arm'
  | 'armed'
  | 'pausedNotArmed'
  | 'open'
  | 'start'
  | 'empty'
  | 'killed'

export interface Rights {
  readonly operator: boolean
  readonly admin: boolean
}

/** Actions that end positions or end an instance: shown in red. */
export const isDangerous = (action: ActionName): boolean =>
  action === 'stop' || action === 'close' || action === 'kill'

const STRICT = ['killed', 'halted', 'disarmed']

/** The state that holds it, also while its process does not run and it is shown as stopped. */
const heldState = ({ restraint, state }: InstanceView): string => restraint?.state ?? state

const isDown = ({ state, desired }: InstanceView): boolean =>
  desired === 'stopped' || state === 'stopped' || state === 'quarantined'

const isEmpty = (item: InstanceView): boolean =>
  item.position !== null && !isOpen(item) && (item.orders ?? 0) === 0

const RULES: Readonly<Record<ActionName, (item: InstanceView) => Refusal | null>> = {
  start: (item) => (isDown(item) ? null : 'runs'),
  stop: ({ desired, pid }) => (desired === 'stopped' && pid === null ? 'stopped' : null),
  restart: (item) => (isDown(item) ? 'start' : null),
  pause: (item) => {
    if (item.desired === 'stopped') return 'stopped'
    if (STRICT.includes(heldState(item))) return 'stricter'
    return item.desired === 'paused' || item.state === 'paused' ? 'paused' : null
  },
  resume: (item) => {
    const held = heldState(item)
    if (held === 'killed' || held === 'disarmed') return 'arm'
    if (isDown(item)) return 'start'
    const isHeld = ['paused', 'halted', 'reduce_only'].includes(held)
    return isHeld || item.desired === 'paused' || item.position_venue != null ? null : 'unheld'
  },
  arm: (item) => {
    const held = heldState(item)
    if (['paused', 'halted', 'reduce_only'].includes(held)) return 'pausedNotArmed'
    if (held !== 'killed' && held !== 'disarmed') return 'armed'
    return held === 'killed' && isOpen(item) ? 'open' : null
  },
  close: (item) => (isDown(item) && isEmpty(item) ? 'empty' : null),
  kill: (item) => (heldState(item) === 'killed' && isEmpty(item) ? 'killed' : null),
}

/** Why an action cannot be asked for; null = it can. */
export function refusalOf(action: ActionName, item: InstanceView, may: Rights): Refusal | null {
  if (!may.operator) return 'operator'
  if (action === 'arm' && !may.admin) return 'admin'
  if (item.state === 'foreign') return 'foreign'
  return RULES[action](item)
}

/** One command, and nothing else that leads out or comes before it. */
const SHELL_WAY =
  /^(?:it (?:opens nothing|does not run) until )?perpfleet (\w+) (?!.*(?:perpfleet (?:start|resume|arm) |next day|compare ))/

const WAYS_OUT: Readonly<Partial<Record<string, ActionName>>> = {
  paused: 'resume',
  reduce_only: 'resume',
  halted: 'resume',
  killed: 'arm',
  disarmed: 'arm',
  quarantined: 'start',
  stopped: 'start',
}

/** Whether the button for its way out says all that the sentence of the server does, which names the command for a shell. */
export function buttonSays(item: InstanceView, may: Rights): boolean {
  const way = wayOutOf(item, may)
  const [, command] = SHELL_WAY.exec(item.restraint?.way_out ?? '') ?? []
  return way !== null && command === way
}

/** What leads out of its state, where the user may ask for it now. */
export function wayOutOf(item: InstanceView, may: Rights): ActionName | null {
  const action = WAYS_OUT[item.state] ?? null
  return action !== null && refusalOf(action, item, may) === null ? action : null
}
