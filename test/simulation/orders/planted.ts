/**
 * `npm run test:simulation -- --planted [FILTER…]`: plants one bug after the other in a copy of the source and demands that the
 * simulation finds it. Table with the number of seeds that it took: reports/simulation-planted.md.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PlantedBug, plantedBugs } from './planted-bugs.ts'

const root = join(fileURLToPath(import.meta.url), '../../../..')

/** Which simulation is to find which bugs. */
export interface PlantedSet {
  /** The program that hunts. */
  readonly hunter: string
  readonly bugs: readonly PlantedBug[]
  readonly report: string
}

const orderBugs: PlantedSet = {
  hunter: 'test/simulation/orders/hunt.ts',
  bugs: plantedBugs,
  report: 'reports/simulation-planted.md',
}

interface Finding {
  readonly bug: PlantedBug
  /** null = it was not found. */
  readonly seed: number | null
  readonly problem: string
}

function copySource(): string {
  const copy = mkdtempSync(join(tmpdir(), 'perpfleet-planted-'))
  for (const part of ['src', 'test/support', 'test/simulation'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** @returns what the files held before, or the text that is not there any more */
function plant(copy: string, { edits }: PlantedBug): Map<string, string> | string {
  const before = new Map<string, string>()
  for (const { file, find, put } of edits) {
    const text = readFileSync(join(copy, file), 'utf8')
    if (!text.includes(find)) return `${file} does not hold "${find}"`
    if (!before.has(file)) before.set(file, text)
    writeFileSync(
      join(copy, file),
      text.replace(find, () => put),
    )
  }
  return before
}

function hunt(copy: string, hunter: string, { level, seedsMax }: PlantedBug): Omit<Finding, 'bug'> {
  const words = [hunter, String(level ?? 1), String(seedsMax ?? 2000)]
  const run = spawnSync(process.execPath, words, { cwd: copy, encoding: 'utf8', timeout: 600_000 })
  const line = run.stdout.trim().split('\n').at(-1) ?? ''
  if (run.status !== 0 || line === '') return { seed: null, problem: run.stderr.slice(0, 300) }
  return JSON.parse(line) as Omit<Finding, 'bug'>
}

function examine(copy: string, hunter: string, bug: PlantedBug): Finding {
  const before = plant(copy, bug)
  if (typeof before === 'string') return { bug, seed: null, problem: before }
  const found = hunt(copy, hunter, bug)
  for (const [file, text] of before) writeFileSync(join(copy, file), text)
  return { bug, ...found }
}

function report(findings: readonly Finding[], file: string): void {
  const rows = findings.map(
    ({ bug, seed, problem }) =>
      `| ${bug.name} | ${bug.level ?? 1} | ${seed ?? 'NOT FOUND'} | ${problem.split('\n')[0]} |`,
  )
  const head = '| planted bug | level | seeds until found | by |\n| --- | --- | --- | --- |'
  mkdirSync(join(root, 'reports'), { recursive: true })
  writeFileSync(join(root, file), `# Planted bugs\n\n${head}\n${rows.join('\n')}\n`)
}

/** @param filters parts of names; none = all. @returns the exit code */
export function provePlanted(filters: readonly string[], set: PlantedSet = orderBugs): number {
  const isMeant = ({ name }: PlantedBug): boolean =>
    filters.length === 0 || filters.some((filter) => name.includes(filter))
  const copy = copySource()
  const findings: Finding[] = []
  try {
    for (const bug of set.bugs.filter(isMeant)) {
      const finding = examine(copy, set.hunter, bug)
      findings.push(finding)
      const { seed, problem } = finding
      const what = seed === null ? 'NOT FOUND  ' : `seed ${String(seed).padStart(5)} `
      process.stdout.write(`${what} ${bug.name}: ${problem.split('\n')[0]}\n`)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
  if (filters.length === 0) report(findings, set.report)
  const missed = findings.filter(({ seed }) => seed === null).length
  process.stdout.write(`${findings.length - missed} passed, ${missed} failed, 0 skipped\n`)
  return missed === 0 && findings.length > 0 ? 0 : 1
}
