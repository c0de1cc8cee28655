/** Schemas of what concerns the whole fleet. */
import { z } from 'zod'
import type {
  CleanupResult,
  FleetActionResult,
  HealthReport,
  VersionReport,
} from '../../protocol/fleet-messages.ts'
import { as, time } from './common.ts'
import { actionResult } from './instances.ts'

const check = z.enum(['healthy', 'warning', 'unhealthy', 'disabled'])

export const health = as(
  'Health',
  z.strictObject({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    timestamp: time,
    uptime: z.int().describe('s'),
    checks: z.strictObject({
      database: check,
      redis: check,
      memory: check,
      disk: check,
      bots: check,
      venues: check,
    }),
  }),
) satisfies z.ZodType<HealthReport>

export const ready = z.strictObject({ ready: z.boolean() })

export const version = as(
  'Version',
  z.strictObject({
    name: z.literal('perpfleet'),
    version: z.string(),
    node: z.string(),
    protocol: z.int(),
  }),
) satisfies z.ZodType<VersionReport>

export const cleanup = z.strictObject({
  rows: z.int(),
  pid_files: z.int(),
}) satisfies z.ZodType<CleanupResult>

export const shutdownBody = z.object({
  stop_bots: z.boolean().default(false),
  wait: z.boolean().default(false).describe('answer when everything has stopped'),
})

export const shutdown = z.strictObject({
  ok: z.literal(true),
  stop_bots: z.boolean(),
  left: z.array(z.string()).optional().describe('what has not stopped'),
})

export const fleetActionResult = as(
  'FleetActionResult',
  z.strictObject({
    ok: z.boolean().describe('with all of them'),
    items: z.array(actionResult),
  }),
) satisfies z.ZodType<FleetActionResult>
