/** The commands that do their work in this process, without a control plane: data, backtest, searches. */
import type { Command } from 'commander'
import type { Language } from '../cli/language.ts'
import { useStrategyFiles } from '../config/strategy-file.ts'
import { registerBacktest } from './backtest-command.ts'
import { registerCompare } from './compare-command.ts'
import { registerData } from './data-command.ts'
import { speechOfJobs } from './job-command.ts'
import { registerLookahead } from './lookahead-command.ts'
import { registerOptimize } from './optimize-command.ts'
import { registerStrategy } from './strategy-command.ts'
import { readPlugIn } from './strategy-files.ts'
import { registerWalkForward } from './walk-forward-command.ts'

/** Adds them to the command line; `--home` and `--verbose` are options of the program. */
export function registerLocalJobs(program: Command, language: Language = 'en'): void {
  useStrategyFiles(readPlugIn)
  const speech = speechOfJobs(language)
  registerData(program, speech)
  registerBacktest(program, speech)
  registerStrategy(program, speech)
  registerOptimize(program, speech)
  registerWalkForward(program, speech)
  registerCompare(program, speech)
  registerLookahead(program, speech)
}
