/** /api/v1/trading and /api/v1/positions/close-all: what is asked of the whole fleet, answered instance by instance. */
import type { FastifyInstance } from 'fastify'
import type { InstanceUnit } from '../../fleet/instance-unit.ts'
import { stateOf } from '../../fleet/view.ts'
import type { ActionResult, FleetActionResult } from '../../protocol/fleet-messages.ts'
import type { RouteRole, ZodRequests } from '../context.ts'
import { codeOf } from '../errors.ts'
import type { RouteParts } from '../parts.ts'
import { answers } from '../schemas/common.ts'
import { fleetActionResult } from '../schemas/fleet.ts'

interface FleetAction {
  readonly path: string
  readonly name: 'pause' | 'resume' | 'kill' | 'arm' | 'close'
  readonly role: RouteRole
  readonly lowersRisk: boolean
  readonly summary: string
}

const ACTIONS: readonly FleetAction[] = [
  {
    path: '/api/v1/trading/pause',
    name: 'pause',
    role: 'operator',
    lowersRisk: true,
    summary: 'Pause every instance that should run',
  },
  {
    path: '/api/v1/trading/resume',
    name: 'resume',
    role: 'operator',
    lowersRisk: false,
    summary: 'Resume every instance that is not stopped',
  },
  {
    path: '/api/v1/trading/kill',
    name: 'kill',
    role: 'operator',
    lowersRisk: true,
    summary: 'Kill every instance that its desk knows: cancel, flatten, and stay killed',
  },
  {
    path: '/api/v1/trading/arm',
    name: 'arm',
    role: 'admin',
    lowersRisk: false,
    summary: 'Arm every instance that is killed or disarmed',
  },
  {
    path: '/api/v1/positions/close-all',
    name: 'close',
    role: 'operator',
    lowersRisk: true,
    summary: 'Flatten every instance that its desk knows, proved by the venue’s own report',
  },
]

export function registerTrading(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  for (const { path, name, role, lowersRisk, summary } of ACTIONS) {
    api.post(
      path,
      {
        config: { role, lowersRisk },
        schema: { tags: ['trading'], summary, response: answers(fleetActionResult) },
      },
      () => actOnAll(parts, name),
    )
  }
}

/** All at once: one that takes long, or fails, keeps no other waiting. */
async function actOnAll(parts: RouteParts, name: FleetAction['name']): Promise<FleetActionResult> {
  const { fleet, commands } = parts
  const units = [...fleet.units.values()].filter((unit) => isMeant(parts, name, unit))
  const items = await Promise.all(
    units.map(async (unit): Promise<ActionResult> => {
      try {
        return await commands[name](unit.id)
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        const { state } = stateOf(fleet, unit)
        return { id: unit.id, ok: false, state, text, code: codeOf(error) }
      }
    }),
  )
  return { ok: items.every(({ ok }) => ok), items }
}

function isMeant({ fleet }: RouteParts, name: FleetAction['name'], unit: InstanceUnit): boolean {
  // Also while its bot does not run: what it holds stays on the venue.
  const mode = fleet.deskWatch.row(unit.id)?.mode ?? null
  switch (name) {
    case 'pause':
    case 'resume':
      return unit.desired !== 'stopped'
    case 'arm':
      return mode === 'killed' || mode === 'disarmed'
    case 'kill':
    case 'close':
      return mode !== null || unit.process.isAlive
  }
}
