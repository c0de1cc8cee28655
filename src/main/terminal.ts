/** What is read from the person at the terminal, or from whoever writes to standard input, and where output goes. */
import { fstatSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError } from '../cli/context.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { sentence } from '../cli/speech.ts'
import { type Environment, processEnvironment } from '../config/process-environment.ts'

/** A line may be so long; what is longer is no password. */
const LINE_LENGTH_MAX = 4096

/** Asks on standard error and shows nothing of what is typed. @throws CliError 1 on Ctrl-C */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const typed = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await new Promise((resolve, reject) => {
      typed.once('line', resolve)
      typed.once('SIGINT', () => reject(new CliError(1, sentence(commonMessages.nothingDone))))
      typed.once('close', () => resolve(''))
    })
  } finally {
    typed.close()
    process.stderr.write('\n')
  }
}

/** The first line of standard input, without its end. */
export async function readFirstLine(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk)
    if (text.includes('\n') || text.length > LINE_LENGTH_MAX) break
  }
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** Whether a service manager writes standard output to a log: the journal of systemd, or PM2. */
export function isOutputLogged(environment: Environment = processEnvironment()): boolean {
  // PM2 gives each of its programs a number.
  if (environment['pm_id'] !== undefined) return true
  // systemd names the file; a terminal that was started below a service inherits the variable alone.
  const { dev, ino } = fstatSync(1)
  return environment['JOURNAL_STREAM'] === `${dev}:${ino}`
}
