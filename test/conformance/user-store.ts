/** What every store of users must do, whatever it is built on. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type SessionRecord,
  USED_TOKENS_KEPT,
  type UserRecord,
  type UserStore,
} from '../../src/ports/user-store.ts'

const ann: UserRecord = {
  username: 'ann',
  role: 'operator',
  passwordHash: 'hash of ann',
  createdAt: 1_700_000_000_000,
  passwordAt: 1_700_000_000_000,
}
const bob: UserRecord = { ...ann, username: 'bob', role: 'viewer' }

const session = (id: string, username: string): SessionRecord => ({
  id,
  username,
  createdAt: 1000,
  expiresAt: 9000,
})

/** The same place each time it is called with the same name. */
type Open = (place: string) => UserStore

export function describeUserStore(name: string, open: Open): void {
  describeUsers(name, open)
  describeSessions(name, open)
}

function describeUsers(name: string, open: Open): void {
  describe(`users in ${name}`, () => {
    it('are kept by name, once, and survive a restart', () => {
      const first = open('users')
      assert.equal(first.addUser(bob), true)
      assert.equal(first.addUser(ann), true)
      assert.equal(first.addUser({ ...ann, role: 'admin' }), false)
      assert.equal(first.setPassword('ann', 'another', 5), true)
      assert.equal(first.setPassword('nobody', 'another', 5), false)
      first.close()
      const again = open('users')
      const changed = { ...ann, passwordHash: 'another', passwordAt: 5 }
      assert.deepEqual(again.users(), [changed, bob])
      assert.deepEqual(again.user('ann'), changed)
      assert.equal(again.user('nobody'), null)
      again.close()
    })

    it('take their sessions with them', () => {
      const store = open('removal')
      store.addUser(ann)
      store.addUser(bob)
      store.addSession(session('a', 'ann'), 'token-a')
      store.addSession(session('b', 'bob'), 'token-b')
      assert.equal(store.removeUser('ann'), true)
      assert.equal(store.removeUser('ann'), false)
      assert.deepEqual(store.sessions(), [session('b', 'bob')])
      assert.equal(store.refreshToken('token-a'), null)
      assert.throws(() => store.addSession(session('c', 'ann'), 'token-c'))
      assert.equal(store.sessions().length, 1)
      store.close()
    })
  })
}

function describeSessions(name: string, open: Open): void {
  describe(`sessions in ${name}`, () => {
    it('are refreshed by a token that is used once', () => {
      const store = open('rotation')
      store.addUser(ann)
      store.addSession(session('a', 'ann'), 'one')
      const rotation = { oldHash: 'one', newHash: 'two', at: 2000, expiresAt: 12_000 }
      assert.equal(store.rotate(rotation), true)
      assert.equal(store.rotate({ ...rotation, newHash: 'three' }), false)
      assert.equal(store.rotate({ ...rotation, oldHash: 'unknown' }), false)
      assert.deepEqual(store.refreshToken('one'), { sessionId: 'a', usedAt: 2000 })
      assert.deepEqual(store.refreshToken('two'), { sessionId: 'a', usedAt: null })
      assert.equal(store.refreshToken('three'), null)
      assert.deepEqual(store.sessions(), [{ ...session('a', 'ann'), expiresAt: 12_000 }])
      store.close()
      const again = open('rotation')
      assert.deepEqual(again.refreshToken('one'), { sessionId: 'a', usedAt: 2000 })
      again.close()
    })

    it('know the last refresh tokens that were used, however long they go on', () => {
      const store = open('long')
      store.addUser(ann)
      store.addSession(session('a', 'ann'), '0')
      const last = USED_TOKENS_KEPT + 1
      for (let at = 0; at < last; at += 1)
        store.rotate({ oldHash: `${at}`, newHash: `${at + 1}`, at, expiresAt: 9000 })
      assert.equal(store.refreshToken('0'), null)
      assert.deepEqual(store.refreshToken('1'), { sessionId: 'a', usedAt: 1 })
      assert.deepEqual(store.refreshToken(`${last}`), { sessionId: 'a', usedAt: null })
      store.close()
    })

    it('end with every token they had', () => {
      const store = open('ends')
      store.addUser(ann)
      for (const id of ['a', 'b', 'c']) store.addSession(session(id, 'ann'), `token-${id}`)
      store.rotate({ oldHash: 'token-a', newHash: 'token-a2', at: 1, expiresAt: 9000 })
      store.removeSessions([])
      store.removeSessions(['a', 'b', 'nothing'])
      assert.deepEqual(
        store.sessions().map(({ id }) => id),
        ['c'],
      )
      const left = ['token-a', 'token-a2', 'token-b', 'token-c'].filter((hash) =>
        store.refreshToken(hash),
      )
      assert.deepEqual(left, ['token-c'])
      store.close()
    })
  })
}
