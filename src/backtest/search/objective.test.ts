/** Objectives and constraints: expressions over statistics, fronts and plateaus. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statisticNames } from './figures.ts'
import { parseConstraint, parseObjective, scoreOf } from './objective.ts'
import { layerScores, paretoFront } from './pareto.ts'
import { shadesOf } from './pictures.ts'
import { heatMap, plateauScores } from './plateau.ts'
import { gridPoint, gridSize, parseDimension } from './space.ts'

const figures: Readonly<Record<string, number | null>> = {
  sharpe: 1.5,
  maxDrawdown: 0.25,
  trades: 40,
  calmar: null,
  totalReturn: -0.1,
}
const figure = (name: string): number | null => figures[name] ?? null
const calculated = (text: string) => parseObjective(text).evaluate(figure)

describe('an objective', () => {
  it('is a statistic or an expression', () => {
    assert.equal(calculated('sharpe'), 1.5)
    assert.equal(calculated('sharpe - 2*maxDrawdown'), 1)
    assert.equal(calculated('-(sharpe + 1) / 2 ^ 2'), -0.625)
    assert.equal(calculated('2 ^ -1 * 4'), 2)
    assert.equal(calculated('min(sharpe, 1e0) + max(1, 2, 3) + sqrt(abs(-4)) + log(1)'), 6)
    assert.equal(calculated('10 - 4 - 3'), 3)
    assert.equal(calculated('sharpe*log(trades/40)'), 0)
  })
  it('is N/A where a figure is, or where nothing can be calculated', () => {
    for (const text of [
      'calmar',
      'sharpe + 0*calmar',
      'sharpe/0',
      'log(totalReturn)',
      'max(1, calmar)',
    ])
      assert.equal(calculated(text), null, text)
  })
  it('knows what is better', () => {
    assert.equal(parseObjective('maxDrawdown').direction, 'min')
    assert.equal(parseObjective('sharpe').direction, 'max')
    assert.equal(parseObjective('maxDrawdown*2').direction, 'max')
    assert.equal(parseObjective('min: maxDrawdown*2').direction, 'min')
    assert.equal(scoreOf(parseObjective('maxDrawdown'), 0.25), -0.25)
    assert.equal(scoreOf(parseObjective('sharpe'), null), null)
  })
  it('knows whether 0 parts good from bad', () => {
    for (const text of ['sharpe', 'totalReturn', 'min:sharpe', 'sharpe - 2*maxDrawdown'])
      assert.equal(parseObjective(text).isSigned, true, text)
    for (const text of ['maxDrawdown', 'max:trades', 'winRate', 'completedGrids'])
      assert.equal(parseObjective(text).isSigned, false, text)
  })
  const faults: readonly (readonly [string, RegExp])[] = [
    ['', /it is empty/],
    ['sharp', /there is no figure sharp; there are .*sharpe/],
    ['sharpe +', /it breaks off/],
    ['(sharpe', /a bracket is not closed/],
    ['sharpe sortino', /"sortino" stands where an operator should/],
    ['abs(1, 2)', /abs takes one value, found 2/],
    ['process.exit(1)', /"\.exit\(1\)" is not understood/],
    ['constructor', /there is no figure constructor/],
    ['sharpe; 1', /is not understood/],
    [`${'('.repeat(5000)}1`, /nested too deeply/],
  ]
  for (const [text, message] of faults)
    it(`refuses ${JSON.stringify(text.slice(0, 20))} in one sentence`, () => {
      assert.throws(() => parseObjective(text), message)
    })
  it('may be each statistic there is', () => {
    assert.ok(statisticNames.length > 40)
    for (const name of statisticNames) assert.doesNotThrow(() => parseObjective(name))
  })
})

describe('a constraint', () => {
  it('compares; N/A does not meet it', () => {
    const isMet = (text: string) => parseConstraint(text).isMet(figure)
    assert.deepEqual(
      [
        'maxDrawdown<0.2',
        'maxDrawdown<=0.25',
        'trades>=30',
        'trades > 40',
        'sharpe = 1.5',
        'calmar>0',
        'sharpe>2*maxDrawdown',
      ].map(isMet),
      [false, true, true, false, true, false, true],
    )
    assert.throws(() => parseConstraint('trades'), /compare two figures/)
  })
})

describe('the Pareto front', () => {
  it('holds what no other is better than', () => {
    const scores = [
      [1, 5],
      [2, 4],
      [2, 3],
      [0, 9],
      [null, 99],
      [2, 4],
      [1, 1],
    ] as const
    assert.deepEqual(paretoFront(scores), [0, 1, 3, 5])
    assert.deepEqual(layerScores(scores), [0, 0, -1, 0, null, 0, -2])
  })
  it('equals comparing each with each', () => {
    const scores = Array.from({ length: 200 }, (_, i) => [
      (i * 37) % 101,
      (i * 53) % 97,
      (i * 11) % 89,
    ])
    const isBeaten = (own: number[]) =>
      scores.some(
        (other) =>
          other.every((v, k) => v >= (own[k] ?? 0)) && other.some((v, k) => v > (own[k] ?? 0)),
      )
    assert.deepEqual(
      paretoFront(scores),
      [...scores.keys()].filter((index) => !isBeaten(scores[index] ?? [])),
    )
  })
})

describe('the plateau', () => {
  const space = ['length=1..5:1', 'width=1..5:1'].map(parseDimension)
  const trials = Array.from({ length: gridSize(space) ?? 0 }, (_, index) => {
    const point = gridPoint(space, index)
    const [x, y] = point.map(Number) as [number, number]
    // A lonely peak at (1, 1), a broad hill around (4, 4).
    const score = x === 1 && y === 1 ? 10 : Math.max(0, 8 - (x - 4) ** 2 - (y - 4) ** 2)
    return { point, score: x === 2 && y === 2 ? null : score }
  })
  it('prefers the hill to the lonely peak; a failed neighbour counts as the worst', () => {
    const scores = plateauScores(space, trials)
    const at = (x: number, y: number) => scores[(x - 1) * 5 + (y - 1)] ?? null
    assert.equal(at(1, 1), 10 / 4)
    assert.equal(at(4, 4), (8 + 4 * 7 + 4 * 6) / 9)
    assert.equal(at(2, 2), null)
  })
  it('is drawn as a matrix', () => {
    const map = heatMap(space, [0, 1], trials)
    assert.deepEqual(map.x.values, [1, 2, 3, 4, 5])
    assert.equal(map.cells[3]?.[3], 8)
    assert.equal(map.cells[1]?.[1], null)
    assert.equal(map.cells[0]?.[0], 10)
    assert.equal(map.plateau[0]?.[0], 10 / 3)
  })
  it('uses the nearest sets where values cannot be counted', () => {
    const line = [parseDimension('width=0..10')]
    const scored = [1, 2, 3, 4, 5, 9].map((value) => ({ point: [value], score: value }))
    assert.deepEqual(plateauScores(line, scored)[0], (1 + 2 + 3 + 4 + 5) / 5)
  })
})

describe('the colours of a heat map', () => {
  const shares = (cells: readonly (number | null)[], isSigned: boolean) => {
    const { shareOf } = shadesOf([cells], isSigned, 1)
    return cells.map((value) => (value === null ? null : shareOf(value)))
  }
  it('are centred on 0: the best of losses is no green', () => {
    assert.deepEqual(shares([-4, -1, null], true), [0, 0.375, null])
    assert.deepEqual(shares([-1, 0, 2], true), [0.25, 0.5, 1])
    assert.deepEqual(shares([0, 0], true), [0.5, 0.5])
  })
  it('go from the worst to the best of a figure that is never below 0', () => {
    assert.deepEqual(shares([10, 20, 30], false), [0, 0.5, 1])
    assert.deepEqual(shares([10], false), [1])
  })
  it('say what they mean', () => {
    const note = (isSigned: boolean, sign: number) => shadesOf([[-0.5, -0.25]], isSigned, sign).note
    assert.match(note(true, 1), /^green: above 0, red: below 0, .*deepest at 0\.50/)
    assert.match(note(true, -1), /^green: below 0, red: above 0/)
    assert.match(note(false, -1), /worst of this map \(0\.50\), to green, its best \(0\.25\)/)
  })
})
