/**
 * A strategy in a file of its own (docs/guides/plug-ins.md): metadata.strategy names it by its path. How such a file is
 * checked is no matter of the configuration: the program that can do it says so at its start.
 */
import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Contradiction, ContradictionTerms } from '../domain/strategy.ts'
import type { ParameterSchemas } from './strategy-parameters.ts'

/** What a bot needs to run it; stands in its launch file. */
export interface StrategyFile {
  /** Absolute path of the file that was checked. */
  readonly path: string
  /** Of its text, hex. */
  readonly sha256: string
  /** Absolute path of the checked copy: what runs. */
  readonly copy: string
}

/** A file as it was checked. */
export interface CheckedStrategy {
  readonly file: StrategyFile
  readonly id: string
  readonly parameters: ParameterSchemas
  /** @throws Error with one clause when the file fails */
  contradictionsIn(parameters: unknown, terms: ContradictionTerms): readonly Contradiction[]
}

export interface StrategyFileReading {
  /** One sentence each; empty = it may run. */
  readonly faults: readonly string[]
  /** What should be looked at, e.g. that its types were not checked. */
  readonly warnings: readonly string[]
  readonly checked: CheckedStrategy | null
}

/** @param path absolute @param home where the checked copy is kept */
export type StrategyFileReader = (path: string, home: string) => StrategyFileReading

let reader: StrategyFileReader = (path) => ({
  faults: [`${path}: this program runs no strategies in files.`],
  warnings: [],
  checked: null,
})

/** Said once by a program that can check strategies in files, before it reads any configuration. */
export function useStrategyFiles(read: StrategyFileReader): void {
  reader = read
}

/** Whether metadata.strategy names a file and not a shipped strategy. */
export const isStrategyPath = (name: string): boolean => /[\\/]|\.[cm]?[jt]s$/.test(name)

/**
 * The file that is meant: beside the instance file, else below the home.
 * @returns where it lies, or would lie below the home
 */
export function strategyPath(name: string, folder: string, home: string): string {
  if (isAbsolute(name)) return name
  const beside = resolve(folder, name)
  return existsSync(beside) ? beside : join(home, name)
}

/** Reads and checks it. */
export function readStrategyFile(path: string, home: string): StrategyFileReading {
  if (!/\.m?ts$/.test(path))
    return {
      faults: [`${path}: a strategy is a TypeScript file, its name ends in .ts.`],
      warnings: [],
      checked: null,
    }
  return existsSync(path)
    ? reader(path, home)
    : { faults: [`${path}: there is no such file.`], warnings: [], checked: null }
}
