/** The table of docs/reference/indicators.md against the code: names, parameters, outputs, and warm-ups that are measured. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalogue } from './catalogue.ts'

const root = join(import.meta.dirname, '../..')

interface Row {
  readonly name: string
  readonly parameters: readonly string[]
  readonly outputs: readonly string[]
  readonly warmUp: string
}

function documentedRows(): readonly Row[] {
  const text = readFileSync(join(root, 'docs/reference/indicators.md'), 'utf8')
  const table = text.split('## Table')[1]?.split('\n## ')[0] ?? ''
  return table.split('\n').flatMap((line) => {
    const [, name, parameters, , outputs, warmUp] = line.split('|').map((cell) => cell.trim())
    if (!name?.startsWith('`')) return []
    return {
      name: name.replaceAll('`', ''),
      parameters: parameters === '' ? [] : (parameters?.split(', ') ?? []),
      outputs: [...(outputs ?? '').matchAll(/`([^`]+)`/g)].map(([, output]) => output ?? ''),
      warmUp: warmUp ?? '',
    }
  })
}

/** The value of a warm-up such as `slow + signal - 1`, `2 * length` or `max(length, rangeLength + 1)`. */
function evaluated(formula: string, values: Readonly<Record<string, number>>): number {
  const inner = /^max\((.*)\)$/.exec(formula)?.[1]
  if (inner !== undefined) return Math.max(...inner.split(',').map((x) => evaluated(x, values)))
  const words = formula.trim().split(' ')
  let total = 0
  for (let i = 0; i < words.length; i += 2) {
    const sign = words[i - 1] === '-' ? -1 : 1
    if (words[i + 1] === '*') {
      total += sign * operand(words[i], values) * operand(words[i + 2], values)
      i += 2
    } else total += sign * operand(words[i], values)
  }
  return total
}

const operand = (word: string | undefined, values: Readonly<Record<string, number>>): number =>
  values[word ?? ''] ?? Number(word)

/** Parameter names of `…Start`, out of its source. */
function codeParameters(name: string): readonly string[] {
  const folder = join(root, 'src/domain/indicator')
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8')
    const found = new RegExp(`export (?:const|function) ${name}Start(?: = )?\\(([^)]*)\\)`).exec(
      text,
    )
    if (found) return [...(found[1] ?? '').matchAll(/(\w+): number/g)].map(([, one]) => one ?? '')
  }
  return assert.fail(`${name}Start is nowhere`)
}

const rows = documentedRows()

test('the table of indicators names every indicator, in this order', () => {
  assert.deepEqual(
    rows.map(({ name }) => name),
    catalogue.map(({ name }) => name),
  )
})

for (const { name, parameters, outputs, warmUp } of rows) {
  test(`${name} has the parameters, outputs and warm-up that the table says`, () => {
    assert.deepEqual(parameters, codeParameters(name))
    const found = catalogue.find((one) => one.name === name)
    for (const example of found?.examples ?? []) {
      const sample = found?.make(example)
      if (!sample) continue
      const named = Object.fromEntries(parameters.map((key, i) => [key, example[i] ?? Number.NaN]))
      const expected = evaluated(warmUp, named)
      for (let candle = 1; candle <= expected; candle += 1) {
        const price = 100 + ((candle * 7) % 5)
        const value: number = sample.next({
          openAt: candle * 60_000,
          high: price + 1,
          low: price - 1,
          close: price,
          volume: 1,
        })
        assert.equal(Number.isNaN(value), candle < expected, `candle ${candle} of ${expected}`)
      }
      for (const output of Object.keys(sample.outputs())) {
        assert.ok(outputs.includes(output), `${output} is not in the table`)
        assert.notEqual(sample.outputs()[output], null, `${output} is known when warm`)
      }
    }
  })
}
