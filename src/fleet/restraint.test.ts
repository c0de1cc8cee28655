import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HoldKind } from '../ports/fleet-store.ts'
import { holdText, restraintsOf } from './restraint.ts'

const held = (kind: HoldKind, desired: 'running' | 'stopped') => {
  const hold = { kind, reason: 'why', lines: [], at: 0 }
  return restraintsOf({ id: 'sol', hold, desired }, null)?.way_out ?? ''
}

test('what was refused starts by itself after its file was corrected, and after nothing else', () => {
  const way = 'correct its file and it starts by itself, any other mend needs perpfleet start sol'
  assert.equal(held('refused', 'running'), way)
  assert.equal(
    holdText({ kind: 'refused', reason: 'why', lines: [], at: 0 }, 'sol'),
    `is refused: why; ${way}`,
  )
})

test('nothing starts by itself that an operator wants stopped', () => {
  assert.equal(held('refused', 'stopped'), 'mend that, then perpfleet start sol')
  for (const kind of ['quarantined', 'finished', 'stopped', 'exited'] as const)
    assert.match(held(kind, 'stopped'), /perpfleet start sol/)
})
