import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeWhole } from './files.ts'

function withSmallDisk(run: (folder: string) => void, skip: (why: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    skip('this user may not mount a tmpfs')
    return
  }
  try {
    run(folder)
  } finally {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true })
  }
}

describe('a file that is written as a whole', () => {
  it('stays as it was when there is no room, with one sentence and nothing beside it', (context) => {
    withSmallDisk(
      (folder) => {
        const path = join(folder, 'a.json')
        writeWhole(path, 'before', 0o600)
        assert.throws(
          () => writeWhole(path, 'x'.repeat(200_000), 0o600),
          /a\.json cannot be written \(its disk is full\): make room there$/,
        )
        assert.deepEqual(readdirSync(folder), ['a.json'])
        assert.equal(readFileSync(path, 'utf8'), 'before')
        writeWhole(path, 'after', 0o600)
        assert.equal(readFileSync(path, 'utf8'), 'after')
        assert.equal(statSync(path).mode & 0o777, 0o600)
      },
      (why) => context.skip(why),
    )
  })
})
