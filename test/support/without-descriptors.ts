/**
 * Started by sqlite-journal-descriptors.test.ts under a small limit of open files: takes every descriptor that is left, then
 * writes to a journal that was open before, opens one that was not, and prints what became of both.
 */
import { openSync } from 'node:fs'
import { openJournal } from '../../src/adapters/stores/sqlite-journal-file.ts'
import { approvedOrder, emptyBatch } from './journal-rows.ts'

const [, , path = ''] = process.argv
const journal = openJournal(path, () => 1)
const write = (id: string) => journal.commit({ ...emptyBatch, intents: [approvedOrder(id)] })
write('pf000010000000')
try {
  for (;;) openSync('/dev/null', 'r')
} catch (error) {
  console.log((error as NodeJS.ErrnoException).code)
}
write('pf000010000001')
journal.checkpoint()
write('pf000010000002')
try {
  openJournal(`${path}-other`, () => 1)
  console.log('opened')
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error))
}
