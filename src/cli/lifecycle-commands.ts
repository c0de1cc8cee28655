/** up, down. */
import { type Command, Option } from 'commander'
import { action, type Invocation, isSet, type Joined, textOption } from './action.ts'
import { CliError } from './context.ts'
import { commonMessages } from './messages/common.ts'
import { lifecycleMessages as m } from './messages/lifecycle.ts'
import { sentence } from './speech.ts'

export function registerLifecycleCommands(program: Command, joined: Joined): void {
  const { say } = joined.speech
  program
    .command('up')
    .description(say(m.up))
    .option('--detach', say(m.detach))
    .option('--port <port>', say(m.port))
    .option('--feed <feed>', say(m.feed))
    .option('--speed <factor>', say(m.speed))
    .option('--seed <number>', say(m.seed))
    .addOption(new Option('--pace <pace>', say(m.pace)).choices(['free', 'lockstep']))
    .action(action(joined, up))
  program
    .command('down')
    .description(say(m.down))
    .option('--stop-bots', say(m.stopBots))
    .action(action(joined, ({ context, options }) => context.down(isSet(options, 'stopBots'))))
}

function up({ context, options, args }: Invocation): Promise<number> {
  if (args.length > 0) throw new CliError(2, sentence(m.upTakesNone, { ids: args.join(' ') }))
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
  const { wholeNumber, number } = commonMessages
  throw new CliError(2, sentence(isWhole ? wholeNumber : number, { name, min, max, found: text }))
}
