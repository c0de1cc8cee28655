/**
 * Stands in for `node:test` while mutants run: node:test runs a file once a process, and here the same tests run
 * hundreds of times in one. What it does not know (subtests, mocks, `before`, `only`) fails loudly in the first run.
 */
import { relative } from 'node:path'

type Body = (context: { readonly name: string }) => unknown
type Hook = () => unknown

interface Suite {
  readonly parent: Suite | null
  readonly name: string
  readonly beforeEach: Hook[]
  readonly afterEach: Hook[]
}

export interface CollectedTest {
  /** File and names of the suites and of the test: unique, and the same in every process. */
  readonly id: string
  readonly isSkipped: boolean
  /** Throws what the test throws. */
  readonly run: () => Promise<void>
}

interface Options {
  readonly skip?: boolean | string
}

const newSuite = (parent: Suite | null, name: string): Suite => ({
  parent,
  name,
  beforeEach: [],
  afterEach: [],
})

let suite = newSuite(null, '')
let isSuiteSkipped = false
let collected: CollectedTest[] = []
let suitesUnderWay: Promise<unknown>[] = []

/** Collects the tests of files. @param load imports one of them anew */
export async function collect(
  files: readonly string[],
  load: (file: string) => Promise<unknown>,
): Promise<readonly CollectedTest[]> {
  collected = []
  for (const file of files) {
    suite = newSuite(null, relative(process.cwd(), file))
    suitesUnderWay = []
    await load(file)
    await Promise.all(suitesUnderWay)
  }
  return collected
}

const pathOf = (at: Suite): readonly Suite[] =>
  at.parent === null ? [at] : [...pathOf(at.parent), at]

const nameOf = (at: Suite, name: string): string =>
  [...pathOf(at).map((one) => one.name), name].join(' > ')

async function runWithin(at: Suite, body: () => unknown): Promise<void> {
  const path = pathOf(at)
  try {
    for (const hook of path.flatMap((one) => one.beforeEach)) await hook()
    await body()
  } finally {
    const inward = path.toReversed()
    for (const hook of inward.flatMap((one) => one.afterEach)) await hook()
  }
}

const partsOf = <Last>(rest: readonly (Options | Last)[]): { options: Options; body: Last } => ({
  options: rest.length > 1 ? (rest[0] as Options) : {},
  body: rest.at(-1) as Last,
})

export function test(name: string, ...rest: readonly (Options | Body)[]): void {
  const { options, body } = partsOf<Body>(rest)
  const at = suite
  collected.push({
    id: nameOf(at, name),
    isSkipped: isSuiteSkipped || Boolean(options.skip),
    run: () => runWithin(at, () => body({ name })),
  })
}

export function describe(name: string, ...rest: readonly (Options | Hook)[]): void {
  const { options, body } = partsOf<Hook>(rest)
  const outer = { suite, isSuiteSkipped }
  suite = newSuite(suite, name)
  isSuiteSkipped ||= Boolean(options.skip)
  try {
    suitesUnderWay.push(Promise.resolve(body()))
  } finally {
    suite = outer.suite
    isSuiteSkipped = outer.isSuiteSkipped
  }
}

export const it = (name: string, ...rest: readonly (Options | Body)[]): void => test(name, ...rest)
export const beforeEach = (hook: Hook): number => suite.beforeEach.push(hook)
export const afterEach = (hook: Hook): number => suite.afterEach.push(hook)

/** Where test files find this in place of node:test. */
export const COLLECTOR_URL = import.meta.url
