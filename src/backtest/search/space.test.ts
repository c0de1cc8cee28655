/** Spaces as people write them, and the samplers that go through them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ParameterSchema } from '../../domain/strategy.ts'
import { makeSampler } from './make-sampler.ts'
import type { Sampler } from './sampler.ts'
import {
  countOf,
  type Dimension,
  gridPoint,
  gridSize,
  type Point,
  parseDimension,
  pointKey,
  type Space,
  shareOf,
  spaceOfRecord,
  valueAt,
  valueAtShare,
} from './space.ts'
import { checkSpace, parameterOf } from './space-check.ts'

const schemas: Readonly<Record<string, ParameterSchema>> = {
  length: { type: 'integer', doc: '', minimum: 2, maximum: 50 },
  width: { type: 'decimal', doc: '', exclusiveMinimum: 0, maximum: 99 },
  mode: { type: 'enum', doc: '', values: ['fast', 'slow'] },
  hedge: { type: 'boolean', doc: '' },
}
const nearest = (name: string) => (name === 'lenght' ? 'length' : null)
const checked = (...texts: string[]): Space =>
  checkSpace(texts.map(parseDimension), 'toy', schemas, nearest)

const valuesIn = (dimension: Dimension) =>
  Array.from({ length: countOf(dimension) ?? 0 }, (_, place) => valueAt(dimension, place))

describe('a space', () => {
  it('is read from lists, stepped and logarithmic ranges', () => {
    assert.deepEqual(valuesIn(parseDimension('width=0.1..0.3:0.1')), [0.1, 0.2, 0.3])
    assert.deepEqual(valuesIn(parseDimension('length=5,10,10,7')), [5, 10, 7])
    assert.deepEqual(valuesIn(parseDimension('mode=fast, slow')), ['fast', 'slow'])
    assert.deepEqual(valuesIn(parseDimension('hedge=true,false')), [true, false])
    assert.equal(countOf(parseDimension('width=0.1..10:log')), null)
    assert.equal(valueAtShare(parseDimension('width=0.1..10:log'), 0.5), 1)
    assert.deepEqual(valuesIn(checked('length=3..6')[0] as Dimension), [3, 4, 5, 6])
  })

  it('is read from a file with the same meaning', () => {
    const fromFile = spaceOfRecord({
      length: [5, 10],
      width: { from: 0.5, to: 2, step: 0.25 },
      mode: 'fast',
    })
    assert.deepEqual(
      fromFile,
      ['length=5,10', 'width=0.5..2:0.25', 'mode=fast'].map(parseDimension),
    )
  })

  const faults: readonly (readonly [string, RegExp])[] = [
    ['length', /^space "length" cannot be read: write grid_num=/],
    ['length=5..x', /"x" is no number/],
    ['length=9..5', /the second number must be larger/],
    ['width=1..2:0', /the step must be above 0/],
    ['width=0..2:log', /a logarithmic range begins above 0/],
    ['width=1..2:0.1:log', /not both/],
    ['length=5,,7', /its list has an empty place/],
    ['lenght=5', /^toy has no parameter lenght: did you mean length\?$/],
    ['other=5', /^toy has no parameter other: it has length, width/],
    ['length=1..5', /^space length must be a whole number at least 2 and at most 50, found 1$/],
    ['width=1..100:1', /^space width must be a number above 0 and at most 99, found 100$/],
    ['mode=fast,odd', /^space mode must be one of fast, slow, found "odd"$/],
    ['hedge=1', /^space hedge must be true or false, found 1$/],
  ]
  for (const [text, message] of faults)
    it(`refuses ${text} in one sentence`, () => {
      assert.throws(() => checked(text), { message })
    })
  it('names every parameter once, and at least one', () => {
    assert.throws(() => checked('length=5', 'length=6'), /names length twice/)
    assert.throws(() => checked(), /nothing is searched/)
    assert.throws(
      () => spaceOfRecord({ length: { from: 1, to: 5, stepp: 1 } }),
      /from, to, step and log/,
    )
  })

  it('hands decimals to a strategy as plain texts', () => {
    const decimal = schemas['width'] as ParameterSchema
    assert.equal(parameterOf(decimal, 0.0000001), '0.0000001')
    assert.equal(parameterOf(decimal, 12.5), '12.5')
    assert.equal(parameterOf(schemas['length'] as ParameterSchema, 7), 7)
  })

  it('finds the share of every value again', () => {
    for (const text of ['width=0.5..9.5:0.5', 'length=5,10,20', 'mode=fast,slow', 'length=2..50']) {
      const [dimension] = checked(text)
      if (dimension === undefined) throw new Error('no dimension')
      for (const value of valuesIn(dimension))
        assert.equal(valueAtShare(dimension, shareOf(dimension, value)), value)
    }
  })
})

function allOf(sampler: Sampler, score: (point: Point) => number = () => 0): readonly Point[] {
  const points: Point[] = []
  for (;;) {
    const batch = sampler.propose()
    if (batch.length === 0) return points
    points.push(...batch)
    sampler.tell(points.map(score))
  }
}

describe('samplers', () => {
  const space = checked('length=5,10,20', 'width=1..3:0.5', 'mode=fast,slow')

  it('grid: every set once, the last parameter fastest', () => {
    const points = allOf(makeSampler('grid', space, 1, 7))
    assert.equal(points.length, gridSize(space))
    assert.equal(new Set(points.map(pointKey)).size, 30)
    assert.deepEqual(points.slice(0, 3), [
      [5, 1, 'fast'],
      [5, 1, 'slow'],
      [5, 1.5, 'fast'],
    ])
    assert.deepEqual(gridPoint(space, 29), [20, 3, 'slow'])
    assert.throws(
      () => makeSampler('grid', checked('width=1..3'), 9, 7),
      /a grid cannot count the values of width/,
    )
  })

  it('grid: more than a million sets are refused', () => {
    const huge = checked('length=2..50', 'width=0.001..90:0.001')
    assert.throws(
      () => makeSampler('grid', huge, 1, 7),
      /^SpaceError: the grid has 4,410,000 sets, more than 1,000,000: /,
    )
  })

  for (const name of ['random', 'tpe'] as const)
    it(`${name}: a small space is used up, no set twice, the seed decides`, () => {
      const points = allOf(makeSampler(name, space, 1_000, 7), ([length]) => Number(length))
      assert.equal(new Set(points.map(pointKey)).size, points.length)
      assert.ok(points.length >= 28, `${points.length} of 30`)
      const wide = checked('length=2..50', 'width=0.01..90:log')
      const first = allOf(makeSampler(name, wide, 100, 7), ([length]) => Number(length))
      assert.equal(first.length, 100)
      assert.deepEqual(
        first,
        allOf(makeSampler(name, wide, 100, 7), ([length]) => Number(length)),
      )
      assert.notDeepEqual(
        first,
        allOf(makeSampler(name, wide, 100, 8), ([length]) => Number(length)),
      )
    })

  it('random: even over every parameter, and over the logarithm of a logarithmic one', () => {
    const points = allOf(
      makeSampler('random', checked('length=2..50', 'width=0.01..90:log'), 4_000, 7),
    )
    const share = (isLow: (point: Point) => boolean) => points.filter(isLow).length / points.length
    // 49 whole numbers times a line has enough room: no draw is refused often enough to bend it.
    assert.ok(Math.abs(share(([length]) => Number(length) < 26) - 24 / 49) < 0.03)
    assert.ok(Math.abs(share(([, width]) => Number(width) < Math.sqrt(0.01 * 90)) - 0.5) < 0.03)
  })

  it('tpe: finds a better set than random in as many trials, on most seeds', () => {
    const wide = checked('length=2..50', 'width=0.01..90:log', 'mode=fast,slow')
    const toy = ([length = 0, width = 0, mode]: Point) =>
      -(((Number(length) - 37) / 48) ** 2) -
      (Math.log(Number(width) / 4.2) / 9.1) ** 2 -
      (mode === 'slow' ? 0 : 0.05)
    const bestOf = (name: 'random' | 'tpe', seed: number) =>
      Math.max(...allOf(makeSampler(name, wide, 150, seed), toy).map(toy))
    const seeds = Array.from({ length: 20 }, (_, index) => index + 1)
    const wins = seeds.filter((seed) => bestOf('tpe', seed) > bestOf('random', seed)).length
    assert.ok(wins >= 16, `${wins} of 20`)
  })

  it('tpe: goes on when everything failed', () => {
    const sampler = makeSampler('tpe', space, 30, 7)
    let count = 0
    for (let batch = sampler.propose(); batch.length > 0; batch = sampler.propose()) {
      count += batch.length
      sampler.tell(Array.from({ length: count }, () => null))
    }
    assert.ok(count >= 28)
  })
})
