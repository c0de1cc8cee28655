// Runs the tests with node:test: `npm test -- [PATH …] [--name REGEXP] [--concurrency N] [--timeout SECONDS]`.
// Prints failures, then exactly one closing line: N passed, N failed, N skipped.
import { globSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import { addEvent, closingLine, newTally, type TestEvent } from './test-report.ts'

const root = dirname(import.meta.dirname)

function usage(sentence: string): never {
  console.error(`perpfleet: ${sentence}`)
  process.exit(2)
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        concurrency: { type: 'string', default: '2' },
        timeout: { type: 'string', default: '300' },
      },
    })
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

function testFiles(filters: string[]): string[] {
  const files = globSync(['{src,test,dashboard/src}/**/*.test.ts'], { cwd: root })
  const all = files.map((file) => file.split(sep).join('/')).sort()
  const wanted = filters.map((filter) =>
    relative(root, resolve(filter)).startsWith('..') ? filter : relative(root, resolve(filter)),
  )
  return wanted.length === 0 ? all : all.filter((file) => wanted.some((w) => file.includes(w)))
}

const { values, positionals } = readArguments()
const files = testFiles(positionals)
const tally = newTally(root)

if (files.length > 0) {
  const stream = run({
    files: files.map((file) => resolve(root, file)),
    concurrency: Number(values.concurrency),
    timeout: Number(values.timeout) * 1000,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    cwd: root,
    ...(values.name === undefined ? {} : { testNamePatterns: [new RegExp(values.name)] }),
  })
  for await (const event of stream) addEvent(tally, event as TestEvent)
}

for (const failure of tally.failures) console.log(`${failure}\n`)
for (const skip of tally.skips) console.log(`skipped: ${skip}`)
if (tally.passed + tally.failed === 0) console.log('no test ran')
console.log(closingLine(tally))
process.exit(tally.failed > 0 || tally.passed + tally.failed === 0 ? 1 : 0)
