/**
 * Bad input of every kind against real programs: each fault is told in exactly one sentence with file, key, found and
 * allowed (or what, where and how to mend it), the other instances trade on, and nothing is left half-written.
 */
import { badEdits, badNewFiles } from './bad-files.ts'
import { journalsDamaged } from './bad-journals.ts'
import { clockJump, fullDiskOfAll, fullDiskOfOne, manyFiles, readOnlyHome } from './bad-machine.ts'
import {
  fleetDatabaseCut,
  foreignPids,
  portTaken,
  refusedStarts,
  registryCut,
  webPortTaken,
} from './bad-places.ts'
import { BadInputReport } from './bad-report.ts'
import { type FleetFile, fleetFiles, writeFleetFile } from './fleet-files.ts'
import { DrillHome, type DrillReport } from './fleet-home.ts'

const COUNT = 5

export async function badInputDrill(report: DrillReport): Promise<void> {
  const rows = new BadInputReport(report)
  const separate = { manyFiles, journalsDamaged, fullDiskOfAll, readOnlyHome, clockJump }
  await rows.attempt('one home', () => oneHome(rows))
  for (const [name, run] of Object.entries(separate)) await rows.attempt(name, () => run(rows))
  rows.finish()
}

/** What five bots and their control plane live through one after the other. */
async function oneHome(rows: BadInputReport): Promise<void> {
  const home = new DrillHome()
  const files = fleetFiles(COUNT + 1)
  const guest = files.pop() as FleetFile
  const [first, second] = files as [FleetFile, FleetFile]
  for (const file of files) writeFleetFile(home.dir, file)
  try {
    await home.up('--speed', '600')
    await home.untilRunning(files)
    const steps: Readonly<Record<string, () => Promise<void>>> = {
      'new files': () => badNewFiles(home, rows),
      edits: () => badEdits(home, [first, second], rows),
      registry: () => registryCut(home, rows),
      'own port': () => webPortTaken(home, second, rows),
      'port 8080': () => portTaken(home, rows),
      'refused start': () => refusedStarts(home, rows),
      'pid files': () => foreignPids(home, first, rows),
      'fleet.db': () => fleetDatabaseCut(home, rows),
      'full disk of one': () => fullDiskOfOne(home, guest, rows),
    }
    for (const [name, run] of Object.entries(steps)) await rows.attempt(name, run)
  } finally {
    await home.run('down', '--stop-bots')
    await home.close()
  }
}
