/** Sends a test to a receiver, without a control plane. */
import { hostname } from 'node:os'
import { testNotification } from '../alerts/alert-center.ts'
import { CliError } from '../cli/context.ts'
import type { FleetConfiguration } from '../config/fleet-configuration.ts'
import { BUILT_CHANNELS } from '../config/notification-schema.ts'
import { notifierOf } from './control-alerts.ts'

/** @throws CliError 2 for a channel without a sender, 4 for one that is not enabled; NotifierError */
export async function sendTest(channel: string, configuration: FleetConfiguration): Promise<void> {
  if (!BUILT_CHANNELS.includes(channel))
    throw new CliError(2, `${channel} is no receiver: use ${BUILT_CHANNELS.join(' or ')}`)
  const notifier = notifierOf(channel, configuration, () => Date.now())
  if (notifier === null)
    throw new CliError(
      4,
      `notifications.${channel} is not enabled, or lacks what it needs: perpfleet config show fleet`,
    )
  await notifier.send(testNotification(hostname(), Date.now()))
}
