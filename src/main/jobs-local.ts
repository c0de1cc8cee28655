/** The commands that do their work in this process, without a control plane: data, backtest. */
import type { Command } from 'commander'
import type { Language } from '../cli/language.ts'
import { registerBacktest } from './backtest-command.ts'
import { registerData } from './data-command.ts'
import { speechOfJobs } from './job-command.ts'

/** Adds `data` and `backtest` to the command line; `--home` and `--verbose` are options of the program. */
export function registerLocalJobs(program: Command, language: Language = 'en'): void {
  const speech = speechOfJobs(language)
  registerData(program, speech)
  registerBacktest(program, speech)
}
