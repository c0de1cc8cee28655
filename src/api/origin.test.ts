import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refuseForeign } from './origin.ts'

const isForbidden = { code: 'FORBIDDEN' }

/** What a server without a proxy in front of it sees. */
const asked = (host: string | undefined, origin?: string) => ({
  host,
  origin,
  ownOrigin: `http://${host}`,
})
const rules = (isOpen: boolean, corsOrigins: string[] = []) => ({ isOpen, corsOrigins })

describe('requests from elsewhere', () => {
  it('are refused by their Host, but for a server that is open to other machines', () => {
    const foreign = ['fleet.example', 'localhost.example', '127.0.0.1.example', undefined, '']
    for (const host of foreign)
      assert.throws(() => refuseForeign(asked(host), rules(false)), isForbidden, host)
    for (const host of ['127.0.0.1:8080', '127.3.2.1', 'localhost:8080', '[::1]:8080'])
      refuseForeign(asked(host), rules(false))
    refuseForeign(asked('fleet.example'), rules(true))
  })
  it('never come from the page of another origin', () => {
    const foreign = [
      'http://evil.example',
      // A sandboxed frame, a file, a page that was redirected here.
      'null',
      '',
      'https://fleet.example',
      'http://fleet.example:8081',
      'http://fleet.example.evil.example',
    ]
    for (const origin of foreign) {
      const page = asked('fleet.example', origin)
      assert.throws(() => refuseForeign(page, rules(true)), isForbidden, origin)
      const local = asked('localhost:8080', origin)
      assert.throws(() => refuseForeign(local, rules(false)), isForbidden, origin)
    }
    refuseForeign(asked('fleet.example', 'http://fleet.example'), rules(true))
  })
  it('come from the origins that the configuration names', () => {
    const named = rules(false, ['https://board.example'])
    refuseForeign(asked('localhost:8080', 'https://board.example'), named)
    assert.throws(
      () => refuseForeign(asked('localhost:8080', 'https://board.example.evil'), named),
      isForbidden,
    )
  })
  it('are told from the pages of a proxy that is believed', () => {
    const page = {
      host: '127.0.0.1:8080',
      origin: 'https://fleet.example',
      ownOrigin: 'https://fleet.example',
    }
    refuseForeign(page, rules(false))
  })
})
