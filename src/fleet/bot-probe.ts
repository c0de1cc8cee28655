/** Reads what answers at the port of an instance. */

/**
 * @param health body of GET /health
 * @param pid of the bot that should answer; bots of older programs do not tell theirs
 * @returns whether it runs (false: it is getting ready)
 * @throws Error when another instance or another process answers: the port is that of another home
 */
export function readHealth(health: unknown, id: string, pid: number | null): boolean {
  const told =
    typeof health === 'object' && health !== null ? new Map(Object.entries(health)) : null
  const [instance, itsPid, state] = ['instance', 'pid', 'state'].map((key) => told?.get(key))
  const isOther = instance !== id || (typeof itsPid === 'number' && itsPid !== pid)
  if (isOther) throw new Error(`another program answers at the port of ${id}`)
  return state !== 'starting' && state !== 'reconciling'
}
