/**
 * `npm run test:mutation [-- GROUP…]`: Stryker changes the code of a group (groups.ts) in every way it knows, one change at a
 * time, and the tests of the group must notice at least 80 % of the changes. Tables: reports/mutation-{group}.md.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import { GROUPS, type MutationGroup } from './groups.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const LEAST_PERCENT = 80

type StrykerOptions = ConstructorParameters<typeof Stryker>[0]
type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

interface Count {
  readonly killed: number
  readonly survived: number
  readonly unreached: number
  readonly percent: number
}

/** @param sandbox an empty folder for the copy that is mutated */
async function mutantsOf({ files, tests }: MutationGroup, sandbox: string): Promise<Mutant[]> {
  const stryker = new Stryker({
    mutate: [...files],
    nodeTestFiles: [...tests],
    testRunner: 'node-test',
    plugins: [join(root, 'test/mutation/runner.ts')],
    coverageAnalysis: 'perTest',
    ignorePatterns: ['**', '!package.json', '!src/**', '!test/{bot,desk,support}/**'],
    disableTypeChecks: false,
    tempDirName: sandbox,
    cleanTempDir: 'always',
    concurrency: 2,
    // Every run loads test files anew, and nothing unloads them.
    maxTestRunnerReuse: 150,
    timeoutMS: 10_000,
    reporters: [],
    logLevel: 'error' as NonNullable<StrykerOptions['logLevel']>,
    allowConsoleColors: false,
  })
  return await stryker.runMutationTest()
}

function countOf(mutants: readonly Mutant[]): Count {
  const number = (...statuses: readonly string[]): number =>
    mutants.filter(({ status }) => statuses.includes(status)).length
  // A mutant that never ends is noticed too.
  const killed = number('Killed', 'Timeout')
  const survived = number('Survived')
  const unreached = number('NoCoverage')
  const all = killed + survived + unreached
  return { killed, survived, unreached, percent: all === 0 ? 0 : (100 * killed) / all }
}

function tableOf(mutants: readonly Mutant[]): string {
  const row = (name: string, of: readonly Mutant[]): string => {
    const { killed, survived, unreached, percent } = countOf(of)
    return `| ${name} | ${killed} | ${survived} | ${unreached} | ${percent.toFixed(1)} % |`
  }
  const files = [...new Set(mutants.map(({ fileName }) => fileName))].sort()
  return [
    '| file | killed | survived | not reached | killed of all |',
    '| --- | --- | --- | --- | --- |',
    ...files.map((file) =>
      row(
        file.replace(`${root}/`, ''),
        mutants.filter(({ fileName }) => fileName === file),
      ),
    ),
    row('all', mutants),
  ].join('\n')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 120)

function survivorsOf(mutants: readonly Mutant[]): string {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ fileName, location, mutatorName, replacement, status }) => {
      const { line, column } = location.start
      const place = `${fileName.replace(`${root}/`, '')}:${line}:${column}`
      return `- ${place} ${mutatorName} → \`${oneLine(replacement ?? '')}\`${status === 'NoCoverage' ? ' (not reached)' : ''}`
    })
    .join('\n')
}

async function judge(name: string, group: MutationGroup): Promise<boolean> {
  const began = performance.now()
  const sandbox = mkdtempSync(join(tmpdir(), 'perpfleet-mutation-'))
  const remove = (): void => rmSync(sandbox, { recursive: true, force: true })
  // Stryker ends the process when it is interrupted.
  process.once('exit', remove)
  try {
    const mutants = await mutantsOf(group, sandbox)
    const table = tableOf(mutants)
    const survivors = survivorsOf(mutants)
    mkdirSync(join(root, 'reports'), { recursive: true })
    writeFileSync(
      join(root, `reports/mutation-${name}.md`),
      `# Mutation: ${name}\n\n${table}\n\n## Not noticed\n\n${survivors}\n`,
    )
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    process.stdout.write(`${name} (${seconds} s)\n${table}\n\n`)
    return countOf(mutants).percent >= LEAST_PERCENT
  } finally {
    remove()
    process.off('exit', remove)
  }
}

const words = process.argv.slice(2)
const unknown = words.find((word) => !Object.hasOwn(GROUPS, word))
if (unknown !== undefined) {
  process.stderr.write(
    `test:mutation: no group "${unknown}": use some of ${Object.keys(GROUPS).join(', ')}\n`,
  )
  process.exit(2)
}
process.chdir(root)
const failures: string[] = []
for (const [name, group] of Object.entries(GROUPS)) {
  if (words.length > 0 && !words.includes(name)) continue
  if (!(await judge(name, group))) failures.push(name)
}
process.stdout.write(
  failures.length === 0
    ? `every group: at least ${LEAST_PERCENT} % killed\n`
    : `below ${LEAST_PERCENT} % killed: ${failures.join(', ')}\n`,
)
process.exitCode = failures.length === 0 ? 0 : 1
