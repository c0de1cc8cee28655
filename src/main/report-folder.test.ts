import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { holdFolder, makeFolder } from './report-folder.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-folder-'))
after(() => rmSync(scratch, { recursive: true }))

test('makes a folder with those above it, and one that is there stays', () => {
  const folder = join(scratch, 'a', 'b', 'c')
  makeFolder(folder)
  makeFolder(folder)
  assert.ok(existsSync(folder))
})

test('a file in the way is one sentence with the path, and so is a folder nobody can make', () => {
  const file = join(scratch, 'file')
  writeFileSync(file, '')
  assert.throws(() => makeFolder(file), {
    message: `${file} cannot be written to as a folder (EEXIST): name another one with --report`,
    exitCode: 1,
  })
  assert.throws(() => makeFolder(join(file, 'x')), /x cannot be written to as a folder \(ENOTDIR\)/)
  // Node's own recursive mkdir never ends here.
  if (existsSync('/proc/self'))
    assert.throws(() => makeFolder('/proc/perpfleet/x'), /cannot be written to as a folder/)
})

test('one process at a time; what a killed one left is taken over', async () => {
  const folder = join(scratch, 'held')
  makeFolder(folder)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const pid = String(child.pid)
  writeFileSync(join(folder, 'search.pid'), pid)
  assert.throws(() => holdFolder(folder), {
    message: new RegExp(`^process ${pid} searches in .*held already: wait for it, or remove`),
    exitCode: 4,
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const release = holdFolder(folder)
  assert.throws(() => holdFolder(folder), /searches in/)
  release()
  assert.ok(!existsSync(join(folder, 'search.pid')))
})
