/**
 * Every command × (control plane up, down, remote), run as people run it and compared with command-cases.ts; writes
 * reports/commands.md and, when all is as said, docs/reference/command-behaviour.md.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Command } from 'commander'
import { buildProgram } from '../../src/cli/program.ts'
import { registerLocalJobs } from '../../src/main/jobs-local.ts'
import { cases, everywhere, type Phase, phases } from './command-cases.ts'
import { CommandHome, type Told } from './command-home.ts'
import { table } from './figures.ts'
import type { DrillReport } from './fleet-home.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const EXPECTED = /^(\d)([+*]*)(?: (.*))?$/

interface Outcome {
  readonly command: string
  readonly phase: Phase
  readonly expected: string
  readonly told: Told
  /** What is not as said; null = all is. */
  readonly fault: string | null
}

/** Every command that does something, by its words. */
export function commandNames(): string[] {
  const program = buildProgram()
  registerLocalJobs(program)
  const leaves = (command: Command, words: string): string[] =>
    command.commands.length === 0
      ? [words]
      : command.commands.flatMap((child) => leaves(child, `${words} ${child.name()}`.trim()))
  return leaves(program, '').filter((words) => words !== 'help')
}

/** The command of a line: the longest name that it begins with. */
const nameIn = (line: string, names: readonly string[]): string | null =>
  names
    .filter((name) => `${line} `.startsWith(`${name} `))
    .sort((a, b) => b.length - a.length)[0] ?? null

export async function commandDrill(report: DrillReport): Promise<void> {
  const names = commandNames()
  const home = new CommandHome()
  const outcomes: Outcome[] = []
  const foreign: string[] = []
  const startedAt = performance.now()
  try {
    home.prepare()
    await home.ensure('up')
    for (const phase of phases) outcomes.push(...(await runPhase(home, phase)))
    outcomes.push(...(await wrongOptions(home, names)))
    const remote = await wrongAddresses(home, names)
    outcomes.push(...remote.outcomes)
    foreign.push(...remote.left)
    outcomes.push(...(await runPhase(home, 'down', [['down --stop-bots', '-', '0', '-']])))
  } finally {
    await home.end()
  }
  judge(report, names, outcomes, foreign)
  const seconds = (performance.now() - startedAt) / 1000
  const text = page(names, outcomes, seconds)
  mkdirSync(join(ROOT, 'reports'), { recursive: true })
  writeFileSync(join(ROOT, 'reports', 'commands.md'), text)
  const isWell = outcomes.every(({ fault }) => fault === null) && uncovered(names).length === 0
  if (isWell) writeFileSync(join(ROOT, 'docs', 'reference', 'command-behaviour.md'), text)
  report.section(
    `## Commands\n\n${names.length} commands, ${outcomes.length} processes in ${seconds.toFixed(0)} s: reports/commands.md.`,
  )
}

/** The lines that begin with some words, `keys,vault`: what they come to is compared and told in reports/commands-part.md. */
export async function partOfCommandDrill(report: DrillReport, begin: string): Promise<void> {
  const isPart = (line: string) =>
    begin.split(',').some((words) => line.replace('^C ', '').startsWith(words))
  const rows = cases.filter(([line]) => isPart(line))
  const names = commandNames().filter((name) => isPart(name))
  const home = new CommandHome()
  const outcomes: Outcome[] = []
  const startedAt = performance.now()
  try {
    home.prepare()
    await home.ensure('up')
    for (const phase of phases) outcomes.push(...(await runPhase(home, phase, rows)))
    outcomes.push(...(await wrongOptions(home, names)))
    await home.tell(['down', '--stop-bots'])
  } finally {
    await home.end()
  }
  judgePhases(report, outcomes)
  const seconds = (performance.now() - startedAt) / 1000
  mkdirSync(join(ROOT, 'reports'), { recursive: true })
  writeFileSync(join(ROOT, 'reports', 'commands-part.md'), page(names, outcomes, seconds))
}

async function runPhase(home: CommandHome, phase: Phase, rows = cases): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [command, ...wanted] of rows) {
    const expected = wanted[phases.indexOf(phase)] ?? '-'
    const isLast = command === 'down --stop-bots'
    if (expected === '-' || (isLast && rows === cases)) continue
    await home.ensure(phase)
    outcomes.push(await run(home, command, phase, expected))
  }
  return outcomes
}

async function run(
  home: CommandHome,
  command: string,
  phase: Phase,
  expected: string,
  address?: { readonly url: string; readonly token: string | null },
): Promise<Outcome> {
  const isInterrupted = command.startsWith('^C ')
  const words = command.replace('^C ', '').replaceAll('@', home.files).split(' ')
  const control = home.control()
  const known = control === null ? {} : { remote: control }
  const remote = phase === 'remote' ? (address === undefined ? known : { remote: address }) : {}
  const told = await home.tell(words, { isInterrupted, ...remote })
  const fault = faultOf(told, expected, control?.token ?? 'no token')
  if (fault !== null) console.log(`  ✗ ${phase}: ${command}: ${fault}`)
  return { command: unwound(command, home), phase, expected, told: shown(told, home), fault }
}

/** What differs from what was said. */
function faultOf({ code, stdout, stderr }: Told, expected: string, token: string): string | null {
  const [, wanted, form = '', words = ''] = EXPECTED.exec(expected) ?? []
  const said = `exit ${code}, ${JSON.stringify((stderr || stdout).slice(0, 300))}`
  if (String(code) !== wanted) return `expected ${expected}, found ${said}`
  if (/^\s+at .+[:(]|node:internal/m.test(`${stdout}${stderr}`)) return `a stack trace: ${said}`
  if (`${stdout}${stderr}`.includes(token)) return 'the token is told'
  if (code === 0) return faultOfSuccess(stdout, stderr, words)
  if (!form.includes('+') && stdout !== '') return `failed, and printed ${JSON.stringify(stdout)}`
  if (!form.includes('*') && stderr.trim().includes('\n')) return `more than one sentence: ${said}`
  const isSilent = stderr.trim() === '' && !form.includes('+')
  if (!stderr.includes(words) || isSilent) return `expected ${expected}, found ${said}`
  return null
}

function faultOfSuccess(stdout: string, stderr: string, kind: string): string | null {
  if (stderr !== '') return `done, and complained: ${JSON.stringify(stderr.slice(0, 300))}`
  if (kind === 'silent') return stdout === '' ? null : 'it printed something'
  if (stdout.trim() === '') return 'it printed nothing'
  if (kind !== 'json') return null
  try {
    JSON.parse(stdout)
    return null
  } catch {
    return `no JSON: ${JSON.stringify(stdout.slice(0, 100))}`
  }
}

/** A wrong option is wrong usage, whatever the command. */
async function wrongOptions(home: CommandHome, names: readonly string[]): Promise<Outcome[]> {
  return twoAtATime(names, (name) => run(home, `${name} --no-such-option`, 'down', '2 option'))
}

/** What changes nothing may run side by side. */
async function twoAtATime<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const left = [...items]
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift())
      results.push(await run(item))
  }
  await Promise.all([work(), work()])
  return results
}

/** A line of a command that is carried out from elsewhere. */
const remoteCase = (name: string, names: readonly string[]): string | null =>
  cases.find(([line, , , remote]) => nameIn(line, names) === name && remote.startsWith('0'))?.[0] ??
  null

/** Every command that works from another machine, with addresses and tokens that do not. */
async function wrongAddresses(home: CommandHome, names: readonly string[]) {
  await home.ensure('remote')
  const { url, token } = home.control() ?? { url: '', token: '' }
  const outcomes: Outcome[] = []
  const tried = async (
    line: string,
    expected: string,
    address: { url: string; token: string | null },
  ) => {
    const one = await run(home, line, 'remote', expected, address)
    outcomes.push({ ...one, command: `${one.command} (${naming(address, url)})` })
  }
  const lines = names
    .filter((name) => !everywhere.includes(name))
    .flatMap((name) => remoteCase(name, names) ?? [])
  await twoAtATime(lines, async (line) => {
    await tried(line, '1 does not answer', { url: 'http://127.0.0.1:1', token })
    await tried(line, '4 does not know this token', { url, token: 'f'.repeat(64) })
  })
  await tried('list', '2 asks for a token', { url, token: null })
  await tried('list', '2 must be an address', { url: 'fleet', token })
  await tried('list', '1* no machine has that name', { url: 'http://fleet.invalid', token })
  for (const [body, expected] of [
    ['<html>', '1 another program answers'],
    ['{"version":"0.0.1","node":"v24.0.0"}', '4 of an older version'],
  ] as const) {
    const server = await answering(body)
    const { port } = server.address() as AddressInfo
    await tried('list', expected, { url: `http://127.0.0.1:${port}`, token })
    server.close()
  }
  const left = readdirSync(home.empty).map((name) => `${name} in the empty home`)
  left.push(...home.filesWith(token).map((path) => `the token in ${path}`))
  return { outcomes, left }
}

function naming({ url, token }: { url: string; token: string | null }, right: string): string {
  if (url === right) return token === null ? 'no token' : 'wrong token'
  if (url.endsWith(':1')) return 'nothing listens'
  return url.startsWith('http://127') ? 'something else listens' : `--url ${url}`
}

async function answering(body: string): Promise<Server> {
  const server = createServer((_asked, response) => void response.end(body))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return server
}

const unwound = (command: string, { files }: CommandHome): string =>
  command.replaceAll('@/', '').replaceAll(`${files}/`, '')

/** Without what is different at each run. */
function shown(told: Told, { dir, files, empty }: CommandHome): Told {
  const plain = (text: string) =>
    [files, dir, empty]
      .reduce((all, folder) => all.replaceAll(folder, '~'), text)
      .replaceAll('~/', '')
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replace(/pid \d+/g, 'pid N')
  return { code: told.code, stdout: plain(told.stdout), stderr: plain(told.stderr) }
}

const uncovered = (names: readonly string[]): string[] => {
  const covered = new Set(cases.map(([line]) => nameIn(line.replace('^C ', ''), names)))
  return names.filter((name) => !covered.has(name))
}

function judge(
  { check }: DrillReport,
  names: readonly string[],
  outcomes: readonly Outcome[],
  foreign: readonly string[],
): void {
  const covered = new Set(outcomes.map(({ command }) => nameIn(command.replace('^C ', ''), names)))
  const missing = uncovered(names)
  const strange = cases.filter(([line]) => nameIn(line.replace('^C ', ''), names) === null)
  check(
    'every command has a case',
    missing.length === 0,
    missing.join(', ') || `${covered.size} commands`,
  )
  check(
    'every case is of a command',
    strange.length === 0,
    strange.map(([line]) => line).join(', ') || `${cases.length} lines`,
  )
  judgePhases({ check }, outcomes)
  for (const code of [0, 1, 2, 3, 4]) {
    const reached = names.filter((name) => codesOf(name, names, outcomes).includes(code))
    check(
      `exit code ${code}`,
      reached.length > 0,
      `reached by ${reached.length} of ${names.length} commands`,
    )
  }
  check(
    'asking from elsewhere leaves nothing behind',
    foreign.length === 0,
    foreign.join(', ') || 'no file, no token in a log',
  )
}

function judgePhases({ check }: Pick<DrillReport, 'check'>, outcomes: readonly Outcome[]): void {
  for (const phase of [...phases]) {
    const own = outcomes.filter((one) => one.phase === phase)
    const faults = own.filter(({ fault }) => fault !== null)
    check(
      `as said: ${phase}`,
      faults.length === 0,
      `${own.length - faults.length} of ${own.length}`,
    )
  }
}

const codesOf = (
  name: string,
  names: readonly string[],
  outcomes: readonly Outcome[],
): number[] => {
  const own = outcomes.filter(({ command }) => nameIn(command.replace('^C ', ''), names) === name)
  return [...new Set(own.map(({ told }) => told.code))].sort()
}

/** The table of docs/reference/command-behaviour.md. */
function page(names: readonly string[], outcomes: readonly Outcome[], seconds: number): string {
  const lines = [...new Set(outcomes.map(({ command }) => command))]
  const cell = (command: string, phase: Phase): string => {
    const own = outcomes.find((one) => one.command === command && one.phase === phase)
    return own === undefined ? '' : cellOf(own)
  }
  const usual = lines.filter((line) => !line.endsWith('--no-such-option') && !line.endsWith(')'))
  const rows = usual.map((line) => [
    `\`${line.replaceAll('|', '\\|')}\``,
    ...phases.map((phase) => cell(line, phase)),
  ])
  const addresses = lines.filter((line) => line.endsWith(')'))
  const codes = names.map((name) => [`\`${name}\``, codesOf(name, names, outcomes).join(', ')])
  return `${[
    '# What every command comes to',
    `Generated by \`npm run test:drills -- --only commands\` on ${new Date().toISOString().slice(0, 10)}: ${names.length} commands, ${outcomes.length} processes, ${seconds.toFixed(0)} s. Expected outcomes stand in \`test/drills/command-cases.ts\`; a command without one fails the drill.`,
    '*up*: a control plane runs; *down*: it has ended and the bots trade on; *remote*: asked by `--url` from an empty home. A cell is the exit code with what is printed: a table or text, JSON, or the sentence on standard error (then nothing is on standard output). `^C`: interrupted. Several files or orders may be told of one line each.',
    table(['command', 'up', 'down', 'remote'], rows),
    '## Addresses and tokens that are wrong',
    table(
      ['command', 'remote'],
      addresses.map((line) => [`\`${line.replace(' (', '` (')}`, cell(line, 'remote')]),
    ),
    '## Exit codes that were reached',
    '`--no-such-option` is exit 2 for each of them.',
    table(['command', 'exit codes'], codes),
  ].join('\n\n')}\n`
}

const SENTENCE_LENGTH_MAX = 140

function cellOf({ told: { code, stdout, stderr }, expected, fault }: Outcome): string {
  if (fault !== null) return `**${code}, not ${expected.replaceAll('|', '\\|')}**`
  if (code === 0) return expected.includes('json') ? '0 JSON' : '0 text'
  const [first = '', ...others] = (stderr || stdout).trim().split('\n')
  const rest = others.length > 0 ? ' …' : ''
  const text =
    first.length > SENTENCE_LENGTH_MAX ? `${first.slice(0, SENTENCE_LENGTH_MAX)}…` : first
  return `${code} ${text.replace(/[|<>*_`]/g, (sign) => `\\${sign}`)}${rest}`
}
