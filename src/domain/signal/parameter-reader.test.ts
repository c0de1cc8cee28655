import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usdcInstrument } from '../../../test/support/instruments.ts'
import { ParameterReader, type RawParameters, type Schema } from './parameter-reader.ts'

const schema: Schema = {
  length: { type: 'integer', doc: 'length', minimum: 2, maximum: 9, default: 5 },
  share: { type: 'decimal', doc: 'share', exclusiveMinimum: 0, maximum: 100, default: '1.5' },
  size: { type: 'decimal', doc: 'size' },
  isOn: { type: 'boolean', doc: 'switch', default: true },
  kind: { type: 'enum', doc: 'kind', values: ['a', 'b'], default: 'a' },
}
const readerOf = (raw: RawParameters) => new ParameterReader(raw, schema, usdcInstrument())

test('what is absent or null is the default; false is no absence', () => {
  const reader = readerOf({ length: null, isOn: false, size: '' })
  assert.deepEqual(
    [reader.count('length'), reader.percent('share'), reader.lots('size'), reader.flag('isOn')],
    [5, 1_500_000, null, false],
  )
  assert.equal(readerOf({}).flag('isOn'), true)
  assert.deepEqual(reader.faults, [])
})

test('decimals are read exactly, sizes rounded down to lots', () => {
  const reader = readerOf({ share: '0.000001', size: 1.239 })
  assert.deepEqual([reader.percent('share'), reader.lots('size')], [1, 123])
})

test('every fault is told with its key and what was found', () => {
  const reader = readerOf({ length: 2.5, share: 0, size: 'much', isOn: true, kind: 'c' })
  reader.count('length')
  reader.percent('share')
  reader.lots('size')
  reader.word('kind', 'a')
  assert.deepEqual(
    reader.faults.map(({ text }) => text),
    [
      'length must be a whole number, found 2.5',
      'share must be above 0, found 0',
      'size must be a number, found "much"',
      'kind must be one of a, b, found "c"',
    ],
  )
  assert.equal(readerOf({ length: 10 }).integer('length'), null)
})
