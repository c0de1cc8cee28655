/** Schemas of what tells of the processes in detail. */
import { z } from 'zod'
import { instanceStates } from '../../domain/instance-state.ts'
import type { HealthDetails, HealthWorkers, ProcessRow } from '../../protocol/api-messages.ts'
import { as } from './common.ts'
import { health } from './fleet.ts'
import { feed } from './instances.ts'
import { connection } from './market.ts'

export const metricsText = z.string().describe('text/plain; version=0.0.4')

const process = as(
  'Process',
  z.strictObject({
    name: z.string().describe('control, exchange, desk-NAME or bot-ID'),
    pid: z.int().nullable(),
    state: z.string(),
    restarts: z.int(),
    uptime_s: z.int().nullable(),
    memory_bytes: z.number().nullable(),
    cpu_seconds: z.number().nullable(),
  }),
) satisfies z.ZodType<ProcessRow>

export const healthDetails = as(
  'HealthDetails',
  z.strictObject({
    ...health.shape,
    version: z.string(),
    node: z.string(),
    system_health: z.number().describe('0 to 100'),
    feed: feed.nullable(),
    faults: z.array(z.string()),
    processes: z.array(process),
    instances: z.array(
      z.strictObject({
        id: z.string(),
        state: z.enum(instanceStates),
        reason: z.string().nullable(),
      }),
    ),
    connections: z.array(connection),
  }),
) satisfies z.ZodType<HealthDetails>

export const healthWorkers = as(
  'HealthWorkers',
  z.strictObject({
    status: z.enum(['healthy', 'warning', 'unhealthy', 'disabled']),
    workers: z.int(),
    active_tasks: z.int(),
    queues: z.array(z.string()),
  }),
) satisfies z.ZodType<HealthWorkers>
