/** reload, cleanup. */
import type { Command } from 'commander'
import type { FleetAccess } from '../client/fleet-access.ts'
import { action, type Invocation, type Joined } from './action.ts'
import { CliError } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { heldMessages } from './messages/held.ts'
import { lifecycleMessages as m } from './messages/lifecycle.ts'
import { stateText } from './messages/words.ts'
import { sentence } from './speech.ts'

export function registerUpkeepCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  program
    .command('reload')
    .description(say(m.reload))
    .option('--json', say(commonMessages.json))
    .action(action(joined, reload))
  program
    .command('cleanup')
    .description(say(m.cleanup))
    .option('--json', say(commonMessages.json))
    .action(action(joined, cleanup))
}

/** An instance whose bot has come back, in whatever state it trades or waits. */
const SETTLED = ['running', 'paused', 'reduce_only', 'halted', 'killed', 'disarmed']
const BACK_WAIT_MS = 60_000
const LOOK_MS = 250

async function reload({ context, isJson, speech }: Invocation): Promise<number> {
  const fleet = await context.open()
  if (!fleet.hasControlPlane) throw new CliError(4, sentence(commonMessages.noControlPlane))
  const before = (await fleet.list()).items.filter(({ pid }) => pid !== null)
  const results: { id: string; from: number | null; to: number | null; state: string }[] = []
  for (const [index, { id, pid }] of before.entries()) {
    const begun = { at: index + 1, count: before.length, id, pid: pid ?? '–' }
    if (!isJson) context.print(`${speech.say(heldMessages.replacing, begun)}\n`)
    const answer = await fleet.act('restart', id)
    const now = answer.ok ? await untilBack(context, fleet, id, pid) : null
    if (now === null) {
      const left = before.slice(index + 1).map((one) => one.id)
      const said = { id, why: speech.relay(answer.text), left: left.join(', ') }
      throw new CliError(1, sentence(left.length === 0 ? m.reloadEnds : m.reloadEndsEarly, said))
    }
    results.push({ id, from: pid, to: now.pid, state: now.state })
    if (!isJson) {
      const state = stateText(now.state, speech)
      const step = {
        number: index + 1,
        count: before.length,
        id,
        from: pid ?? '–',
        to: now.pid ?? '–',
      }
      context.print(`${speech.say(m.replaced, { ...step, state })}\n`)
    }
  }
  if (isJson) context.print(`${JSON.stringify({ items: results }, null, 2)}\n`)
  else {
    const count = results.length
    context.print(`${speech.say(count === 1 ? m.botReplaced : m.botsReplaced, { count })}\n`)
  }
  return 0
}

async function untilBack(
  context: Invocation['context'],
  fleet: FleetAccess,
  id: string,
  pid: number | null,
) {
  const end = performance.now() + BACK_WAIT_MS
  while (performance.now() < end && !context.interrupted.aborted) {
    const now = (await fleet.list()).items.find((one) => one.id === id)
    if (now && now.pid !== null && now.pid !== pid && SETTLED.includes(now.state)) return now
    await context.wait(LOOK_MS)
  }
  return null
}

async function cleanup({ context, isJson, speech }: Invocation): Promise<number> {
  const { rows, pid_files: files } = await (await context.open()).cleanup()
  if (isJson) context.print(`${JSON.stringify({ rows, pid_files: files })}\n`)
  else {
    const { say } = speech
    const said = {
      rows: say(rows === 1 ? m.row : m.rows, { count: rows }),
      files: say(files === 1 ? m.file : m.files, { count: files }),
    }
    context.print(`${say(m.removed, said)}\n`)
  }
  return 0
}
