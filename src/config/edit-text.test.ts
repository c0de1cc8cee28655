import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parseConfiguration } from './document.ts'
import { editedText } from './edit-text.ts'

const edits = [
  { path: ['a', 'x'], value: 2 },
  { path: ['a', 'gone'], value: undefined },
  { path: ['a', 'absent'], value: undefined },
  { path: ['b', 'new'], value: 'text' },
] as const

it('changes keys of JSON and keeps comments, indents and line ends', () => {
  const text =
    '// head\r\n{\r\n    "a": {\r\n        "x": 1, // one\r\n        "gone": [1]\r\n    }\r\n}\r\n'
  const edited = editedText(text, 'f.json', edits)
  assert.match(edited, /^\/\/ head\r\n/)
  assert.match(edited, /"x": 2,? \/\/ one/)
  assert.doesNotMatch(edited, /gone|absent/)
  assert.match(edited, / {4}"b": \{\r\n {8}"new": "text"/)
  assert.equal(/[^\r]\n/.test(edited), false)
})

it('changes keys of YAML and keeps comments', () => {
  const text =
    '# head\na:\n  x: 1 # one\n  gone: [1]\n  long: "a text that is long enough to be folded at eighty columns if anybody let it"\n'
  const edited = editedText(text, 'f.yml', edits)
  assert.match(edited, /^# head\n/)
  assert.match(edited, /x: 2 # one/)
  assert.match(edited, /long: "a text .* let it"\n/)
  assert.doesNotMatch(edited, /gone|absent/)
  assert.match(edited, /b:\n {2}new: text/)
})

it('removes keys of JSON wherever they stand, and what is left is JSON', () => {
  const texts = [
    '{"a": {"gone": 1}}',
    '{"a": {"gone": 1, "x": 1}}',
    '{"a": {"x": 1, "gone": [1, {"b": 2}],}}',
    '{\n  "a": {\n    "gone": 1, // why, it was\n    "x": 1 /* one, */,\n  },\n}',
    '{\n  "a": {\n    "x": 1, // a, b\n    "gone": [\n      "--y", "2"\n    ]\n  }\n}',
    '{"a": {}}',
    '{}',
  ]
  for (const text of texts) {
    const edited = editedText(text, 'f.json', [{ path: ['a', 'gone'], value: undefined }])
    const { root, faults } = parseConfiguration(edited, 'f.json')
    assert.deepEqual([faults, root?.kind, /gone"/.test(edited)], [[], 'map', false], edited)
    for (const comment of ['// why, it was', '/* one, */', '// a, b'])
      assert.equal(edited.includes(comment), text.includes(comment), edited)
  }
})
