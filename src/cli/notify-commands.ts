/** notify test: whether people would hear of an alert. */
import type { Command } from 'commander'
import { action, type Invocation, type Joined } from './action.ts'
import { commonMessages } from './messages/common.ts'
import { notifyMessages as m } from './messages/notify.ts'
import { printJson } from './output.ts'

export function registerNotifyCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  program
    .command('notify')
    .description(say(m.notify))
    .command('test <channel>')
    .description(say(m.test))
    .option('--json', say(commonMessages.json))
    .action(action(joined, test))
}

async function test({ context, args, isJson, speech }: Invocation): Promise<number> {
  const [channel = ''] = args
  await context.notifyTest(channel)
  if (isJson) printJson(context, { channel, sent: true })
  else context.print(`${speech.say(m.sent, { channel })}\n`)
  return 0
}
