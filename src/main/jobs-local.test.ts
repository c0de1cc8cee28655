import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Command } from 'commander'
import { languages } from '../cli/language.ts'
import { registerLocalJobs } from './jobs-local.ts'

/** A command with its own commands and options. */
const texts = (command: Command): readonly string[] => [
  command.description(),
  ...command.options.map(({ description }) => description),
  ...command.commands.flatMap(texts),
]

describe('the commands that work here', () => {
  for (const language of languages) {
    it(`are described in ${language}`, () => {
      const program = new Command('perpfleet')
      registerLocalJobs(program, language)
      const described = program.commands.flatMap(texts)
      assert.ok(described.length > 15)
      const odd = described.filter(
        (text) => text === '' || /\p{Script=Han}/u.test(text) === (language === 'en'),
      )
      assert.deepEqual(odd, [])
    })
  }
})
