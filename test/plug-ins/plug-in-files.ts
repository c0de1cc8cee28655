/** Strategies in files for tests: written to a folder of their own, checked and opened as programs do it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PlugInOptions, PlugInStrategy } from '../../src/adapters/plug-ins/host.ts'
import { type Inspection, inspectPlugIn } from '../../src/adapters/plug-ins/inspect.ts'

/** What a strategy of a test says otherwise than the quiet one; bodies of functions as text. */
export interface Bodies {
  readonly id?: string
  readonly before?: string
  readonly start?: string
  readonly on?: string
  readonly wanted?: string
  readonly report?: string
  readonly more?: string
}

const QUIET_WANTS = '{ resting: [], targets: [], wakes: [], finish: null }'

/** The text of a strategy: quiet, but for what is given. */
export const strategyText = ({
  id = 'trial',
  before = '',
  start = 'return { n: 0 }',
  on = '',
  wanted = `return ${QUIET_WANTS}`,
  report = 'return { n: state.n }',
  more = '',
}: Bodies): string => `import { defineStrategy, price, quantity, type Wants, type StrategyEvent } from 'perpfleet/strategy'
interface State { n: number; [key: string]: any }
${before}
export default defineStrategy<Record<string, unknown>, State>({
  id: '${id}',
  stateVersion: 1,
  parameters: {},
  inputs: () => ({ instrumentsMin: 1, instrumentsMax: 1, timeframes: [], warmUpCandles: 0, bookDepth: 0 }),
  check: () => [],
  start(parameters, context) { ${start} },
  on(state: State, event: StrategyEvent, out: Wants) { ${on} },
  wanted(state) { ${wanted} },
  migrate: (state) => state as unknown as State,
  report(state) { ${report} },
  ${more}
})
`

export class PlugInFolder {
  readonly dir = mkdtempSync(join(tmpdir(), 'perpfleet-plug-in-'))
  readonly #open: PlugInStrategy[] = []

  write(name: string, text: string): string {
    const path = join(this.dir, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  inspect(name: string, text: string): Inspection {
    return inspectPlugIn(this.write(name, text), name, join(this.dir, 'copies'))
  }

  /** @throws Error with the faults of the file */
  open(bodies: Bodies, options: Partial<PlugInOptions> = {}): PlugInStrategy {
    const { checked, faults } = this.inspect('trial.ts', strategyText(bodies))
    if (checked === null) throw new Error(faults.join('\n'))
    const strategy = new PlugInStrategy(checked, { keepsState: false, ...options })
    this.#open.push(strategy)
    return strategy
  }

  /** Without the check of its types, which takes a second. */
  openFast(bodies: Bodies, options: Partial<PlugInOptions> = {}): PlugInStrategy {
    const text = strategyText(bodies).replace(/^import .*/, 'const defineStrategy = (one) => one')
    const javascript = stripTypeScriptTypes(text)
    const description = { id: bodies.id ?? 'trial', stateVersion: 1, parameters: {}, judges: false }
    const strategy = new PlugInStrategy(
      { ...description, name: 'trial.ts', javascript },
      { keepsState: false, ...options },
    )
    this.#open.push(strategy)
    return strategy
  }

  close(): void {
    for (const strategy of this.#open) strategy.close()
    rmSync(this.dir, { recursive: true, force: true })
  }
}
