import assert from 'node:assert/strict'
import { it } from 'node:test'
import { networkOf, RequestLimits } from './limits.ts'

it('one network of a provider is one asker', () => {
  const cases = [
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ]
  for (const [address = '', network] of cases) assert.equal(networkOf(address), network)
})

it('a fault of the settings is none of the asker', () => {
  const broken = { points: Number.NaN, duration: 60, block_duration: 60, session_points: 5 }
  const limits = new RequestLimits(() => broken)
  for (let at = 0; at < 10; at++) assert.equal(limits.stranger('10.0.0.1'), null)
})
