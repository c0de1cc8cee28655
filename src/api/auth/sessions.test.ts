import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { accessServer, cookieOf, PASSWORDS } from '../../../test/security/access-server.ts'

const ME = '/api/v1/auth/me'
const REFRESH = '/api/v1/auth/refresh'
const DAY_MS = 86_400_000

describe('sessions', () => {
  it('give a tab that comes late the refresh token that may still be used, not one that another tab has used', async () => {
    const server = await accessServer()
    const refresh = async (cookie: string) => {
      const answer = await server.post(REFRESH, {}, undefined, cookie)
      assert.equal(answer.statusCode, 200)
      return cookieOf(answer)
    }
    const { cookie: first } = await server.logIn('ann')
    const newest = await refresh(await refresh(first))
    assert.equal(await refresh(first), newest)
    server.pass(60_000)
    await refresh(newest)
    await server.app.close()
  })

  it('end for whoever listens also when the disk is full', async () => {
    const server = await accessServer()
    const { token } = await server.logIn('bob')
    const ended: string[] = []
    server.access.onSessionEnd((id) => void ended.push(id))
    const removal = mock.method(server.store, 'removeSessions', () => {
      throw new Error('the disk is full')
    })
    assert.equal((await server.post('/api/v1/auth/logout', {}, token)).statusCode, 500)
    assert.equal(ended.length, 1)
    assert.equal((await server.get(ME, token)).statusCode, 401)
    removal.mock.restore()
    await server.app.close()
  })

  it('that expire while the disk is full do not end the control plane', async () => {
    mock.timers.enable({ apis: ['setInterval'] })
    const server = await accessServer()
    await server.logIn('ann')
    server.pass(31 * DAY_MS)
    const removal = mock.method(server.store, 'removeSessions', () => {
      throw new Error('the disk is full')
    })
    mock.timers.tick(60_000)
    mock.timers.reset()
    assert.match(server.lines.join('\n'), /are not removed: the disk is full/)
    removal.mock.restore()
    await server.app.close()
  })

  it('do not begin with a password that was replaced while it was compared', async () => {
    const server = await accessServer()
    const login = server.post('/api/v1/auth/login', { username: 'ann', password: PASSWORDS.ann })
    const compared = server.access.isPassword('ann', PASSWORDS.ann)
    const hash = server.store.user('bob')?.passwordHash ?? ''
    server.store.setPassword('ann', hash, server.now())
    assert.equal(await compared, false)
    assert.notEqual((await login).statusCode, 200)
    await server.app.close()
  })
})
