/** up, down. */
import { type Command, Option } from 'commander'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { CliError } from './context.ts'

export function registerLifecycleCommands(program: Command, joined: Joined): void {
  program
    .command('up')
    .description('start the control plane and every instance whose desired state is running')
    .option('--detach', 'return when it is ready and leave it running')
    .option('--port <port>', 'port of the dashboard, 8080 unless configured; 0 = any free one')
    .option('--feed <feed>', 'demo, live, or replay:SET with imported history')
    .option('--speed <factor>', 'market seconds per second; 60 unless chosen before')
    .option('--seed <number>', 'seed of the demo market; 7 unless chosen before')
    .addOption(
      new Option(
        '--pace <pace>',
        'free: the market waits for nobody; lockstep: for everybody',
      ).choices(['free', 'lockstep']),
    )
    .action(action(joined, up))
  program
    .command('down')
    .description('end the control plane; the bots go on trading')
    .option('--stop-bots', 'cancel orders, keep positions, end bots, desks and exchange too')
    .action(action(joined, ({ context, options }) => context.down(isSet(options, 'stopBots'))))
}

function up({ context, options, args }: Invocation): Promise<number> {
  if (args.length > 0)
    throw new CliError(2, `up takes no instance: perpfleet start ${args.join(' ')}`)
  const pace = textOption(options, 'pace')
  return context.up({
    port: numberOption(options, 'port', 0, 65_535, true),
    feed: textOption(options, 'feed'),
    speed: numberOption(options, 'speed', 0.001, 1_000_000, false),
    seed: numberOption(options, 'seed', 0, Number.MAX_SAFE_INTEGER, true),
    pace: pace === 'free' || pace === 'lockstep' ? pace : null,
    isDetached: isSet(options, 'detach'),
  })
}

/** @throws CliError 2 naming option, found and allowed */
export function numberOption(
  options: Readonly<Record<string, unknown>>,
  name: string,
  min: number,
  max: number,
  isWhole: boolean,
): number | null {
  const text = textOption(options, name)
  if (text === null) return null
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value
  const kind = isWhole ? 'a whole number' : 'a number'
  throw new CliError(2, `--${name} must be ${kind} from ${min} to ${max}, found ${text}`)
}
