import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { textDifference } from './text-difference.ts'

it('shows what went and what came, with three lines around', () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`)
  const after = lines.with(9, 'changed').toSpliced(18, 1)
  assert.deepEqual(textDifference(`${lines.join('\n')}\n`, `${after.join('\n')}\n`), [
    '@@ -7 +7 @@',
    ...[' line 7', ' line 8', ' line 9', '-line 10', '+changed'],
    ...[' line 11', ' line 12', ' line 13'],
    '@@ -16 +16 @@',
    ...[' line 16', ' line 17', ' line 18', '-line 19', ' line 20'],
  ])
  assert.deepEqual(textDifference('a\n', 'a\n'), [])
})

it('leads from the one text to the other', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = textDifference(before.join('\n'), after.join('\n'))
      const changed = lines.filter((line) => /^[-+]/.test(line))
      const count = (sign: string) => changed.filter((line) => line.startsWith(sign)).length
      assert.equal(before.length - count('-') + count('+'), after.length)
    }),
  )
})
