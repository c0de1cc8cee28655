import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openJournal } from './sqlite-journal-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'journal-'))
after(() => rmSync(folder, { recursive: true }))
const PROGRAM = join(import.meta.dirname, '../../../test/support/without-descriptors.ts')

test('without a free descriptor an open journal loses nothing, and one that cannot be opened is not taken for damaged', {
  skip: existsSync('/bin/sh') ? false : 'there is no shell to set the limit',
}, () => {
  const path = join(folder, 'account.db')
  const limited = ['-c', 'ulimit -n 128; exec "$0" --disable-warning=ExperimentalWarning "$@"']
  const said = execFileSync('/bin/sh', [...limited, process.execPath, PROGRAM, path], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  const [code, other = ''] = said.trim().split('\n')
  assert.equal(code, 'EMFILE')
  assert.match(other, /^the journal .* cannot be opened: /)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('damaged')),
    [],
  )
  const journal = openJournal(path, () => 1)
  assert.equal(journal.damage, null)
  assert.equal(journal.unsettled('a').length, 3)
  journal.close()
})
