/** Speaks to the exchange of a home about its sandbox. */
import { join } from 'node:path'
import { CliError } from '../cli/context.ts'
import { sandboxMessages } from '../cli/messages/sandbox.ts'
import { sentence } from '../cli/speech.ts'
import { askSandbox, ServiceError } from '../client/local-socket.ts'
import { readJson } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import { EXCHANGE, SANDBOX_FILE } from '../fleet/services.ts'
import type { ServiceFile } from '../protocol/fleet-messages.ts'
import type { SandboxRequest, SandboxState } from '../protocol/sandbox-messages.ts'

const LIMIT_MS = 5000

/** @throws CliError 3 when no exchange or no sandbox runs here, 2 for a wrong fault, ServiceError when it refuses */
export async function askSandboxOf(home: Home, request: SandboxRequest): Promise<SandboxState> {
  const file = readJson(home.serviceFile(EXCHANGE)) as ServiceFile | null
  const notThere = (): CliError =>
    new CliError(3, sentence(sandboxMessages.notThere, { file: join(home.run, SANDBOX_FILE) }))
  if (file === null) throw notThere()
  const address = { name: EXCHANGE, socket: file.socket, token: file.token }
  return askSandbox(address, request, LIMIT_MS).catch((error) => {
    if (!(error instanceof ServiceError)) throw error
    // The exchange of paper accounts runs without one.
    if (error.code === 'no_sandbox') throw notThere()
    throw error.code === 'bad_request' ? new CliError(2, error.message) : error
  })
}
