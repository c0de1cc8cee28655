import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Spool } from './spool.ts'

const scratch = mkdtempSync(join(tmpdir(), 'spool-'))
after(() => rmSync(scratch, { recursive: true }))

test('rows survive, a line that was cut off does not, and nothing else is left behind', () => {
  const path = join(scratch, 'okx/SOL/funding')
  const first = new Spool(path, 'time,rate')
  assert.equal(first.hasRows(), false)
  first.append([])
  assert.equal(existsSync(first.file), false)
  first.append([['1', '0.1']])
  first.append([['2', '0.2']])
  appendFileSync(first.file, '3,0.')
  const second = new Spool(path, 'time,rate')
  assert.equal(second.hasRows(), true)
  assert.equal(readFileSync(second.file, 'utf8'), 'time,rate\n1,0.1\n2,0.2\n')
  second.discard()
  assert.equal(second.hasRows(), false)
  second.release()
  assert.equal(existsSync(join(scratch, 'okx')), false)
})

test('a file that was cut in its first line holds no rows', () => {
  const spool = new Spool(join(scratch, 'cut/funding'), 'time,rate')
  appendFileSync(spool.file, 'time,ra')
  assert.equal(spool.hasRows(), false)
  spool.append([['1', '0.1']])
  assert.equal(readFileSync(spool.file, 'utf8'), 'time,rate\n1,0.1\n')
  spool.release()
})
