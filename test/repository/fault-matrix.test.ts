/** The fault matrix names its proofs; this keeps them true: every file and every title of a test exists. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const PAGE = readFileSync(join(ROOT, 'docs', 'concepts', 'fault-matrix.md'), 'utf8')
const ROWS = 72
const PROVEN_MIN = 60

interface Proof {
  readonly file: string
  readonly titles: readonly string[]
}

interface MatrixRow {
  readonly number: number
  readonly proofs: readonly Proof[]
  readonly text: string
}

const PROOF = /`((?:src|test)\/[^`]+)`(?::((?:,? \*[^*]+\*)+))?/g

function rowsOf(page: string): MatrixRow[] {
  return page.split('\n').flatMap((line) => {
    const cells = line.split(' | ')
    const number = Number(/^\| (\d+)$/.exec(cells[0] ?? '')?.[1])
    if (!Number.isInteger(number)) return []
    const text = cells[4] ?? ''
    const proofs = [...text.matchAll(PROOF)].map(([, file = '', titles = '']) => ({
      file,
      titles: [...titles.matchAll(/\*([^*]+)\*/g)].map(([, title = '']) => title),
    }))
    return [{ number, proofs, text }]
  })
}

/** A title stands in the file as a whole text, in whatever quotes. */
function hasTitle(file: string, title: string): boolean {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`))
}

function faultsOf({ number, proofs, text }: MatrixRow): string[] {
  if (proofs.length === 0)
    return text.length > 20 ? [] : [`row ${number} has neither a proof nor a reason`]
  return proofs.flatMap(({ file, titles }) => {
    if (!existsSync(join(ROOT, file))) return [`row ${number}: ${file} does not exist`]
    const isTest = file.endsWith('.test.ts')
    if (isTest && titles.length === 0) return [`row ${number}: ${file} is named without a test`]
    return titles.flatMap((title) =>
      hasTitle(file, title) ? [] : `row ${number}: ${file} has no test "${title}"`,
    )
  })
}

test('every row of the fault matrix names proofs that exist, or says why there is none', () => {
  const rows = rowsOf(PAGE)
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: ROWS }, (_, index) => index + 1),
  )
  assert.deepEqual(rows.flatMap(faultsOf), [])
})

test('sixty rows of the fault matrix are proven, and the page counts them rightly', () => {
  const proven = rowsOf(PAGE).filter(({ proofs }) => proofs.length > 0).length
  assert.ok(proven >= PROVEN_MIN, `${proven}`)
  assert.match(PAGE, new RegExp(`^Review page\\. ${ROWS} ways .* ${proven} rows have a test`, 'm'))
})

test('a proof that is gone is noticed', () => {
  const row = (proof: string) => rowsOf(`| 1 | a | b | c | ${proof} |`).flatMap(faultsOf)
  assert.equal(row('`test/nowhere.test.ts`: *a title*').length, 1)
  assert.equal(row('`test/repository/fault-matrix.test.ts`: *a title that is not there*').length, 1)
  assert.deepEqual(
    row('`test/repository/fault-matrix.test.ts`: *a proof that is gone is noticed*'),
    [],
  )
  assert.equal(row('`test/repository/fault-matrix.test.ts`').length, 1)
  assert.equal(row('–').length, 1)
})
