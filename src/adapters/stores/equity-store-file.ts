/** Opens database/equity.db; a damaged one is kept aside: a chart is no reason for a control plane not to start. */
import { renameSync } from 'node:fs'
import { SqliteEquityStore } from './sqlite-equity-store.ts'
import { isDamage } from './sqlite-journal-check.ts'

/**
 * @param wallMs wall time, ms: the name under which a damaged file is kept
 * @param onDamage is told in one sentence
 * @throws Error when the file cannot be opened for another reason than damage
 */
export function openEquityStore(
  path: string,
  wallMs: number,
  onDamage: (text: string) => void,
): SqliteEquityStore {
  try {
    return new SqliteEquityStore(path)
  } catch (error) {
    if (!isDamage(error instanceof Error ? error.cause : error)) throw error
    const aside = `${path}.damaged-${wallMs}`
    renameSync(path, aside)
    for (const ending of ['-wal', '-shm']) renameIfThere(`${path}${ending}`, `${aside}${ending}`)
    onDamage(`${path} is damaged and kept as ${aside}: the equity curves begin anew`)
    return new SqliteEquityStore(path)
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
