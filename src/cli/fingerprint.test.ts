import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runningView } from '../../test/support/instance-views.ts'
import { numbersOf } from '../fleet/bot-report.ts'
import { speechIn } from './speech.ts'
import { statusText } from './status-text.ts'

it('status shows the fingerprint that the bot told, when the replay has ended', () => {
  const fingerprint = 'ab'.repeat(32)
  const one = runningView('a', numbersOf({ fingerprint }, null))
  assert.match(statusText(one, speechIn('en'), 0, true), /fingerprint +(ab){32}\n/)
  assert.doesNotMatch(statusText(one, speechIn('en'), 0), /fingerprint/)
})
