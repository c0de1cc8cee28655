import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownVariables, readVariables, variablesOf } from './environment-layer.ts'
import { childEnvironment, processVariables } from './process-environment.ts'
import { Reader } from './reader.ts'
import { integer, section } from './schema.ts'

test('a started process gets what it needs, never keys, passwords and tokens', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/root',
    LC_ALL: 'C',
    BACKPACK_SECRET: 's',
    PERPFLEET_ADMIN_PASSWORD: 's',
    PERPFLEET_TOKEN: 's',
    AWS_SECRET_ACCESS_KEY: 's',
  }
  const extra = { OWN: '1', ABSENT: undefined }
  assert.deepEqual(childEnvironment(extra, environment), {
    PATH: '/bin',
    HOME: '/root',
    LC_ALL: 'C',
    OWN: '1',
  })
})

test('an empty process variable is as good as none', () => {
  const { home, url } = processVariables({ PERPFLEET_HOME: '/h', PERPFLEET_URL: '' })
  assert.deepEqual([home, url], ['/h', null])
})

test('where a variable can be read in two ways, the longest path wins', () => {
  const leaf = () => integer({ min: 0, max: 9 }, { default: 0, doc: '' })
  const schema = section({
    api_rate_limit: section({ points: leaf() }),
    api: section({ rate_limit_points: leaf(), rate_limit: section({ points: leaf() }) }),
  })
  const reader = new Reader({ environment: {}, isText: true })
  readVariables(
    variablesOf({ PERPFLEET_API_RATE_LIMIT_POINTS: '7' }),
    knownVariables(schema),
    reader,
  )
  assert.deepEqual([...reader.values.keys()], ['api.rate_limit.points'])
})
