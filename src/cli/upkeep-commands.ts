/** reload, cleanup. */
import type { Command } from 'commander'
import type { FleetAccess } from '../client/fleet-access.ts'
import { action, type Invocation, type Joined } from './action.ts'
import { CliError } from './context.ts'
import { messages } from './messages.ts'

export function registerUpkeepCommands(program: Command, joined: Joined): void {
  program
    .command('reload')
    .description('replace the bots one at a time; orders stay at the venue meanwhile')
    .option('--json', 'as JSON')
    .action(action(joined, reload))
  program
    .command('cleanup')
    .description('remove registry rows and pid files of processes that are gone')
    .option('--json', 'as JSON')
    .action(action(joined, cleanup))
}

/** An instance whose bot has come back, in whatever state it trades or waits. */
const SETTLED = ['running', 'paused', 'reduce_only', 'halted', 'killed', 'disarmed']
const BACK_WAIT_MS = 60_000
const LOOK_MS = 250

async function reload({ context, isJson }: Invocation): Promise<number> {
  const fleet = await context.open()
  if (!fleet.hasControlPlane) throw new CliError(4, messages().noControlPlane)
  const before = (await fleet.list()).items.filter(({ pid }) => pid !== null)
  const results: { id: string; from: number | null; to: number | null; state: string }[] = []
  for (const [index, { id, pid }] of before.entries()) {
    const answer = await fleet.act('restart', id)
    const now = answer.ok ? await untilBack(context, fleet, id, pid) : null
    if (now === null) {
      const left = before.slice(index + 1).map((one) => one.id)
      const rest = left.length === 0 ? '' : `; not replaced: ${left.join(', ')}`
      throw new CliError(1, `${id} did not come back (${answer.text}), reload ends here${rest}`)
    }
    results.push({ id, from: pid, to: now.pid, state: now.state })
    if (!isJson) {
      context.print(`${index + 1}/${before.length} ${id}: pid ${pid} → ${now.pid}, ${now.state}\n`)
    }
  }
  if (isJson) context.print(`${JSON.stringify({ items: results }, null, 2)}\n`)
  else context.print(`${results.length} ${results.length === 1 ? 'bot' : 'bots'} replaced\n`)
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

async function cleanup({ context, isJson }: Invocation): Promise<number> {
  const { rows, pid_files: files } = await (await context.open()).cleanup()
  if (isJson) context.print(`${JSON.stringify({ rows, pid_files: files })}\n`)
  else {
    const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`
    context.print(`removed ${count(rows, 'registry row')} and ${count(files, 'pid file')}\n`)
  }
  return 0
}
