/** Which keys of Aster are taken. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VenueError } from '../../../ports/venue.ts'
import type { Credentials, DialectParts } from '../live/dialect.ts'
import { asterCredentials, asterUrls } from './connect.ts'

const KEY = `0x${'11'.repeat(32)}`
/** The address of KEY. */
const OWN = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'
const MAIN = '0x2222222222222222222222222222222222222222'

describe('keys for aster', () => {
  const parts = (credentials: Credentials, acceptsMainKey = false): DialectParts =>
    ({ credentials, acceptsMainKey, restUrl: null, wsUrl: null, isTestnet: false }) as DialectParts

  test('the key of the account itself is refused, unless somebody takes the risk', () => {
    const main = { walletAddress: OWN.toUpperCase().replace('0X', '0x'), privateKey: KEY }
    assert.throws(
      () => asterCredentials(parts(main)),
      (error) =>
        error instanceof VenueError && error.kind === 'credential' && error.code === 'main_key',
    )
    assert.ok(asterCredentials(parts(main, true)))
    assert.ok(asterCredentials(parts({ walletAddress: MAIN, privateKey: KEY })))
    assert.throws(() => asterCredentials(parts({ privateKey: KEY })), VenueError)
    assert.throws(
      () => asterCredentials(parts({ walletAddress: 'x', privateKey: KEY })),
      VenueError,
    )
    assert.throws(() => asterUrls({ ...parts({}), isTestnet: true }), VenueError)
  })
})
