/** Ports of instances: the wished one, else the first free from 5001; taken → the next free one up to 5999. */

export const WEB_PORT_FIRST = 5001
export const WEB_PORT_LAST = 5999

/** All ports up to the last are given away. */
export class NoPortError extends Error {
  override readonly name = 'NoPortError'
}

/**
 * The next port to try.
 * @param wished the configured port, null = none
 * @param after a port found taken by another program, null = none yet
 * @param taken ports of the other instances
 * @throws NoPortError
 */
export function chooseWebPort(
  wished: number | null,
  after: number | null,
  taken: ReadonlySet<number>,
): number {
  if (after === null && wished !== null && !taken.has(wished)) return wished
  const from = after !== null ? after + 1 : (wished ?? WEB_PORT_FIRST)
  const start = from > WEB_PORT_LAST ? WEB_PORT_FIRST : from
  for (let port = start; port <= WEB_PORT_LAST; port += 1) if (!taken.has(port)) return port
  throw new NoPortError(
    `no port from ${start} to ${WEB_PORT_LAST} is free for an instance: set daemon_config.web_port`,
  )
}
