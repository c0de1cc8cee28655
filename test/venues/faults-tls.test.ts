/** A venue behind a certificate that nobody vouches for: refused before a byte of a request is sent. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import { VenueError } from '../../src/ports/venue.ts'

const folder = mkdtempSync(join(tmpdir(), 'perpfleet-tls-'))

/** A key and a certificate of its own making; null where openssl is not installed. */
function selfSigned(): { readonly key: string; readonly cert: string } | null {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    const files = ['-keyout', key, '-out', cert]
    execFileSync('openssl', ['req', '-x509', ...made, ...files, '-days', '2', ...subject], {
      stdio: 'ignore',
    })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } catch {
    return null
  }
}

const pair = selfSigned()

test('a certificate that nobody vouches for is refused, and nothing is sent', {
  skip: pair === null ? 'openssl is not installed' : false,
  timeout: 20_000,
}, async () => {
  let requests = 0
  const server = createServer(pair ?? {}, (_, response) => {
    requests += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const opened = OkxDialect.create({
      credentials: {
        ...{ apiKey: 'key', secretKey: 'secret', passphrase: 'phrase' },
        ...{ walletAddress: '', privateKey: '' },
      },
      restUrl: `https://127.0.0.1:${port}`,
      wsUrl: `wss://127.0.0.1:${port}/ws/v5`,
      ...{ isTestnet: false, acceptsMainKey: false, acceptsUnverified: false },
      ...{ clock: new SystemClock(), logger: silentLogger, random: Math.random },
      budget: { async take() {}, block() {}, used() {} },
    }).then((dialect) => dialect.open())
    await assert.rejects(
      opened,
      (error) => error instanceof VenueError && error.kind !== 'rejected',
    )
    assert.equal(requests, 0)
  } finally {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
