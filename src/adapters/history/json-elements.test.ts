import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JsonElements } from './json-elements.ts'

/** The elements of a text that comes in parts of a length; null when it is no array. */
function elementsOf(text: string, partLength: number): readonly unknown[] | null {
  const found: unknown[] = []
  const elements = new JsonElements((element) => found.push(JSON.parse(element)))
  for (let start = 0; start < text.length; start += partLength)
    if (!elements.push(text.slice(start, start + partLength))) return null
  return elements.isComplete ? found : null
}

test('an array comes out as it went in, wherever its text is cut', () => {
  const rows = [[1, -2.5e-7, null], { a: 'x],["\\}{', b: [[], {}], c: '\\"' }, 7, 'a,b', true, []]
  for (const text of [JSON.stringify(rows), `\uFEFF \n${JSON.stringify(rows, null, 2)}\r\n`])
    for (let length = 1; length <= text.length; length += 1)
      assert.deepEqual(elementsOf(text, length), rows)
  assert.deepEqual(elementsOf(' [ ] ', 1), [])
})

test('what is no whole array is known as none', () => {
  for (const text of ['', '{}', '[', '[1', '[1,', '[[1]', '[1,]', '[,1]', '[1],', '[1][2]', 'x[1]'])
    assert.equal(elementsOf(text, 2), null, text)
})
