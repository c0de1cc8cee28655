import assert from 'node:assert/strict'
import { test } from 'node:test'
import { botsCheck } from './health.ts'

const running = { state: 'running', hasFile: true } as const

test('a faulty file is a warning; a bot that is down is not', () => {
  assert.equal(botsCheck([running, { state: 'paused', hasFile: true }], false), 'healthy')
  assert.equal(botsCheck([running], true), 'warning')
  assert.equal(botsCheck([running, { state: 'stopped', hasFile: false }], true), 'warning')
  assert.equal(botsCheck([{ state: 'starting', hasFile: true }], false), 'warning')
  assert.equal(botsCheck([running, { state: 'stopped', hasFile: true }], true), 'unhealthy')
  assert.equal(botsCheck([running], false, true), 'unhealthy', 'a leg that hangs is not fine')
  assert.equal(botsCheck([{ state: 'quarantined', hasFile: false }], false), 'unhealthy')
})
