import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { isFromHere, refuseForeign } from './http-answer.ts'

const asked = (host: string, remoteAddress: string, origin?: string) =>
  ({ headers: { host, origin }, socket: { remoteAddress } }) as unknown as IncomingMessage

describe('requests from elsewhere', () => {
  it('are refused by their Host, but for a server that is open to other machines', () => {
    const isForbidden = { code: 'FORBIDDEN' }
    assert.throws(() => refuseForeign(asked('fleet.example', '127.0.0.1'), false), isForbidden)
    refuseForeign(asked('127.0.0.1:8080', '127.0.0.1'), false)
    refuseForeign(asked('fleet.example', '10.0.0.7'), true)
  })
  it('never come from the page of another origin', () => {
    const foreign = [
      'http://evil.example',
      // A sandboxed frame, a file, a page that was redirected here.
      'null',
      '',
      'http://fleet.example:8081',
      'http://fleet.example.evil.example',
    ]
    for (const origin of foreign) {
      const page = asked('fleet.example', '10.0.0.7', origin)
      assert.throws(() => refuseForeign(page, true), { code: 'FORBIDDEN' }, origin)
      const local = asked('localhost:8080', '127.0.0.1', origin)
      assert.throws(() => refuseForeign(local, false), { code: 'FORBIDDEN' }, origin)
    }
    refuseForeign(asked('fleet.example', '10.0.0.7', 'http://fleet.example'), true)
  })
  it('see no page without a token, whatever name they use', () => {
    assert.equal(isFromHere(asked('localhost:8080', '127.0.0.1')), true)
    assert.equal(isFromHere(asked('localhost:8080', '::ffff:127.0.0.1')), true)
    assert.equal(isFromHere(asked('localhost:8080', '10.0.0.7')), false)
    assert.equal(isFromHere(asked('rebound.example', '127.0.0.1')), false)
  })
})
