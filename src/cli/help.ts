/** Help and complaints of commander in the language of the run, with columns that hold wide characters. */
import type { Command, HelpConfiguration, Option } from 'commander'
import { programMessages as m, usageMessages } from './messages/program.ts'
import { type Message, type Speech, speechIn } from './speech.ts'
import { displayWidth, wrap } from './width.ts'

const HEADINGS: readonly Message[] = [
  m.headUsage,
  m.headArguments,
  m.headOptions,
  m.headGlobalOptions,
  m.headCommands,
]

/** Before the first command is added: commands inherit it. */
export function speakHelp(program: Command, { say, language }: Speech): void {
  const layout: HelpConfiguration = {
    showGlobalOptions: true,
    styleTitle: (title) => HEADINGS.find(({ en }) => en === title)?.[language] ?? title,
    optionDescription: (option) => optionText(option, say),
    displayWidth,
    boxWrap: wrap,
  }
  const usage = speechIn(language, usageMessages)
  program
    .configureHelp(layout)
    .helpOption('-h, --help', say(m.help))
    .helpCommand('help [command]', say(m.help))
    .configureOutput({
      outputError: (text, write) => write(`${usage.relay(text.trimEnd())}\n`),
    })
}

function optionText(option: Option, say: Speech['say']): string {
  const { argChoices, defaultValue, description } = option
  const isSaid = defaultValue !== undefined && typeof defaultValue !== 'boolean'
  const notes = [
    ...(argChoices ? [say(m.choices, { list: argChoices.join(', ') })] : []),
    ...(isSaid && String(defaultValue) !== ''
      ? [say(m.byDefault, { value: String(defaultValue) })]
      : []),
  ]
  if (notes.length === 0) return description
  return say(m.noted, { text: description, notes: notes.join(', ') })
}
