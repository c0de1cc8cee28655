/**
 * `npm run test:mutants [-- FILTER…]`: applies each patch of this folder to a copy of the repository and demands that
 * the tests named in its head fail. A patch is a unified diff with lines like these before it:
 *
 *     # Removes: what guard, in a sentence
 *     # Caught by: src/desk/account-desk.test.ts
 *     # Test: not found is no proof            (optional: part of the test's name)
 *
 * Without a head the tests of the order path, the domain and the strategies run. Table: reports/mutants.md.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const folder = join(root, 'test/mutants')

interface Mutant {
  readonly name: string
  readonly path: string
  readonly removes: string
  readonly files: readonly string[]
  readonly test: string | null
}

interface Result {
  readonly mutant: Mutant
  readonly isCaught: boolean
  readonly detail: string
}

function headOf(text: string, key: string): string | null {
  return new RegExp(`^# ${key}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? null
}

const defaultFiles = [
  'src/desk',
  'src/engine',
  'src/domain',
  'src/strategies',
  'src/simulation',
  'test/desk',
]

function testFiles(names: readonly string[], base: string): string[] {
  return names.flatMap((name) => {
    if (name.endsWith('.ts')) return [name]
    const all = readdirSync(join(base, name), { recursive: true, encoding: 'utf8' })
    return all.filter((file) => file.endsWith('.test.ts')).map((file) => join(name, file))
  })
}

/** @param filters parts of names; none = all */
function loadMutants(filters: readonly string[]): Mutant[] {
  const isMeant = (file: string): boolean =>
    filters.length === 0 || filters.some((filter) => file.includes(filter))
  return readdirSync(folder)
    .filter((file) => file.endsWith('.patch') && isMeant(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const caughtBy = headOf(text, 'Caught by')
      return {
        name: file.slice(0, -'.patch'.length),
        path: join(folder, file),
        removes: headOf(text, 'Removes') ?? 'not described',
        files: caughtBy === null ? defaultFiles : caughtBy.split(/[ ,]+/),
        test: headOf(text, 'Test'),
      }
    })
}

/** A copy of what git knows or would know, without history; packages are shared with this checkout. */
function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'perpfleet-mutants-'))
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  // A file that was moved away and not committed yet is listed and not there.
  const files = listed.stdout.split('\0').filter((name) => existsSync(join(root, name)))
  for (const file of files.filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

interface Run {
  readonly passed: number
  readonly failed: number
  readonly firstFailure: string
}

function runTests(copy: string, mutant: Mutant): Run {
  const pattern =
    mutant.test === null
      ? []
      : [`--test-name-pattern=${mutant.test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`]
  const files = testFiles(mutant.files, copy)
  const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', ...pattern, ...files], {
    cwd: copy,
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 1 << 28,
  })
  const count = (word: string): number =>
    Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(run.stdout)?.[1] ?? 0)
  const failure = /^\s*not ok \d+ - (.*)$/m.exec(run.stdout)?.[1] ?? ''
  return { passed: count('pass'), failed: count('fail'), firstFailure: failure }
}

function apply(copy: string, mutant: Mutant, isReverse: boolean): string | null {
  const words = ['apply', '--recount', ...(isReverse ? ['-R'] : []), mutant.path]
  const run = spawnSync('git', words, { cwd: copy, encoding: 'utf8' })
  return run.status === 0 ? null : run.stderr.trim()
}

function judge(copy: string, mutant: Mutant): Result {
  const before = runTests(copy, mutant)
  if (before.failed > 0 || before.passed === 0) {
    return {
      mutant,
      isCaught: false,
      detail: `without the patch: ${before.passed} passed, ${before.failed} failed`,
    }
  }
  const refused = apply(copy, mutant, false)
  if (refused !== null)
    return { mutant, isCaught: false, detail: `the patch does not apply: ${refused}` }
  const after = runTests(copy, mutant)
  apply(copy, mutant, true)
  const isCaught = after.failed > 0
  return { mutant, isCaught, detail: isCaught ? after.firstFailure : 'no test failed' }
}

function report(results: readonly Result[]): void {
  const rows = results.map(
    ({ mutant, isCaught, detail }) =>
      `| ${mutant.name} | ${mutant.removes} | ${isCaught ? 'caught' : 'SURVIVED'} | ${detail} |`,
  )
  const text = `# Mutants\n\n| mutant | removes | result | first failing test |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
  mkdirSync(join(root, 'reports'), { recursive: true })
  writeFileSync(join(root, 'reports/mutants.md'), text)
}

const mutants = loadMutants(process.argv.slice(2))
const copy = copyRepository()
const results: Result[] = []
try {
  for (const mutant of mutants) {
    const result = judge(copy, mutant)
    results.push(result)
    process.stdout.write(
      `${result.isCaught ? 'caught  ' : 'SURVIVED'}  ${mutant.name}: ${result.detail}\n`,
    )
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
report(results)
const caught = results.filter((result) => result.isCaught).length
process.stdout.write(`${caught} passed, ${results.length - caught} failed, 0 skipped\n`)
process.exitCode = caught === results.length && caught > 0 ? 0 : 1
