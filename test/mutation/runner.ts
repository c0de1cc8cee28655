/**
 * A test runner for Stryker that runs node:test files in its own process: a mutant costs the tests that reach it, a few
 * milliseconds, and not the start of a process. Loaded by Stryker (main.ts names it as a plug-in).
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { COLLECTOR_URL, type CollectedTest, collect } from './collector.ts'

/** What instrumented code reads and writes: the mutant that is active, and which ones a test has reached. */
interface Instrumentation {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  mutantCoverage?: unknown
  hitCount?: number | undefined
  hitLimit?: number | undefined
}

interface Options {
  /** Paths from the root of the repository. */
  readonly nodeTestFiles: readonly string[]
}

interface RunOptions {
  readonly disableBail: boolean
}

interface MutantRunOptions extends RunOptions {
  readonly testFilter?: readonly string[]
  readonly hitLimit?: number
  readonly activeMutant: { readonly id: string }
  readonly mutantActivation: 'runtime' | 'static'
}

interface TestOutcome {
  readonly id: string
  readonly name: string
  readonly timeSpentMs: number
  /** As Stryker counts: success, failed, skipped. */
  readonly status: 0 | 1 | 2
  readonly failureMessage?: string
}

const shared = globalThis as { __stryker__?: Instrumentation }
shared.__stryker__ ??= {}
const state = shared.__stryker__

class NodeTestRunner {
  readonly #files: readonly string[]
  /** Modules of the sandbox are loaded anew under each number. */
  #generation = 0
  /** A mutant was active while modules were loaded, or a test that it broke may have left something in them. */
  #isSpoilt = false

  /** @param options of Stryker; its own `testFiles` would keep it from loading anew what is computed at loading */
  constructor({ nodeTestFiles }: Options) {
    this.#files = nodeTestFiles.map((file) => join(process.cwd(), file))
    // Properties must draw the same examples for every mutant and in every run.
    fc.configureGlobal({ seed: 20_261_121, endOnFailure: true })
    this.#registerHooks()
  }

  #registerHooks(): void {
    const root = `${pathToFileURL(process.cwd()).href}/`
    registerHooks({
      resolve: (specifier, context, next) => {
        if (specifier === 'node:test' && context.parentURL?.startsWith(root))
          return { url: COLLECTOR_URL, shortCircuit: true }
        const found = next(specifier, context)
        const isOfSandbox = found.url.startsWith(root) && !found.url.includes('/node_modules/')
        if (!isOfSandbox || found.url.includes('?')) return found
        return { ...found, url: `${found.url}?generation=${this.#generation}` }
      },
    })
  }

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true }
  }

  async dryRun(options: RunOptions): Promise<unknown> {
    state.activeMutant = undefined
    const tests = await this.#run(await this.#collect(this.#files), options.disableBail)
    return { status: 'complete', tests, mutantCoverage: state.mutantCoverage }
  }

  async mutantRun(options: MutantRunOptions): Promise<unknown> {
    const { activeMutant, testFilter, hitLimit, mutantActivation } = options
    const isStatic = mutantActivation === 'static'
    if (isStatic || this.#isSpoilt) this.#generation += 1
    state.hitCount = hitLimit === undefined ? undefined : 0
    state.hitLimit = hitLimit
    state.activeMutant = isStatic ? activeMutant.id : undefined
    const began = performance.now()
    let tests: readonly TestOutcome[]
    try {
      const isMeant = (id: string): boolean => testFilter?.includes(id) ?? true
      const files = this.#files.filter((file) => isReached(file, testFilter))
      const all = await this.#collect(files)
      state.activeMutant = activeMutant.id
      tests = await this.#run(
        all.filter(({ id }) => isMeant(id)),
        options.disableBail,
      )
    } catch (error) {
      // A mutant that already breaks the loading of a module is seen by whoever loads it.
      tests = [{ ...failed('loading', error), timeSpentMs: performance.now() - began }]
    } finally {
      state.activeMutant = undefined
    }
    this.#isSpoilt = isStatic || tests.some(({ status }) => status === 1)
    return this.#verdict(tests, hitLimit)
  }

  #verdict(tests: readonly TestOutcome[], hitLimit: number | undefined): unknown {
    const nrOfTests = tests.filter(({ status }) => status !== 2).length
    if (hitLimit !== undefined && (state.hitCount ?? 0) > hitLimit)
      return { status: 'timeout', reason: `reached more than ${hitLimit} times` }
    const killer = tests.find(({ status }) => status === 1)
    if (killer === undefined) return { status: 'survived', nrOfTests }
    const { id, failureMessage } = killer
    return { status: 'killed', killedBy: [id], failureMessage, nrOfTests }
  }

  #loads = 0
  async #collect(files: readonly string[]): Promise<readonly CollectedTest[]> {
    this.#loads += 1
    const query = `?generation=${this.#generation}&load=${this.#loads}`
    return await collect(files, (file) => import(pathToFileURL(file).href + query))
  }

  async #run(tests: readonly CollectedTest[], isWhole: boolean): Promise<TestOutcome[]> {
    const outcomes: TestOutcome[] = []
    for (const test of tests) {
      const outcome = await runOne(test)
      outcomes.push(outcome)
      if (outcome.status === 1 && !isWhole) break
    }
    return outcomes
  }
}

const isReached = (file: string, filter: readonly string[] | undefined): boolean =>
  filter === undefined ||
  filter.some((id) => join(process.cwd(), id.split(' > ')[0] ?? '') === file)

const failed = (id: string, error: unknown): TestOutcome => ({
  id,
  name: id,
  timeSpentMs: 0,
  status: 1,
  failureMessage: inspect(error),
})

async function runOne({ id, isSkipped, run }: CollectedTest): Promise<TestOutcome> {
  if (isSkipped) return { id, name: id, timeSpentMs: 0, status: 2 }
  const began = performance.now()
  state.currentTestId = id
  try {
    await run()
    return { id, name: id, timeSpentMs: performance.now() - began, status: 0 }
  } catch (error) {
    return { ...failed(id, error), timeSpentMs: performance.now() - began }
  } finally {
    state.currentTestId = undefined
  }
}

const create = (options: Options): NodeTestRunner => new NodeTestRunner(options)
create.inject = ['options']

export const strykerPlugins = [{ kind: 'TestRunner', name: 'node-test', factory: create }]

/** Stryker warns of options that no schema knows. */
export const strykerValidationSchema = {
  properties: { nodeTestFiles: { type: 'array', items: { type: 'string' }, default: [] } },
}
