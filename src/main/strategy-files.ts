/** Strategies in files, for the programs that read configuration: how one is checked, and how it is called in sentences. */
import { join } from 'node:path'
import { contradictionsOf, inspectPlugIn } from '../adapters/plug-ins/inspect.ts'
import { displayPath } from '../config/files.ts'
import type { StrategyFileReading } from '../config/strategy-file.ts'

/** Where the checked copies lie: bots run them. */
export const checkedCopies = (home: string): string => join(home, 'run', 'plug-ins')

/** @param path absolute */
export function readPlugIn(path: string, home: string): StrategyFileReading {
  const shown = displayPath(path, home)
  const { faults, isUntyped, checked } = inspectPlugIn(path, shown, checkedCopies(home))
  const untyped = `${shown}: its types were not checked, because the package typescript is not installed (npm install typescript)`
  const warnings = isUntyped && faults.length === 0 ? [untyped] : []
  if (checked === null) return { faults, warnings, checked: null }
  const { id, parameters, sha256, copy } = checked
  return {
    faults,
    warnings,
    checked: {
      file: { path, sha256, copy },
      id,
      parameters,
      contradictionsIn: (given, terms) => contradictionsOf(checked, given, terms),
    },
  }
}
