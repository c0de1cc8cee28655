/** Schemas of alerts. */
import { z } from 'zod'
import { as, time } from './common.ts'

const alert = as(
  'Alert',
  z.strictObject({
    id: z.string(),
    alert: z.string().describe('e.g. BotDown'),
    level: z.enum(['critical', 'warning', 'info']),
    subject: z.string().describe('an instance, a desk, an account or the fleet'),
    text: z.string(),
    since: time,
    ended_at: time.nullable().describe('null: it still holds'),
  }),
)

export const alertList = z.strictObject({
  items: z.array(alert).describe('those that hold, then those that ended, the latest first'),
})

export const channelParams = z.object({ channel: z.string().describe('e.g. telegram') })

export const tested = z.strictObject({ channel: z.string(), sent: z.literal(true) })
