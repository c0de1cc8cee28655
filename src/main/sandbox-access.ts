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

/** @throws CliError 3 when no exchange runs here, ServiceError when it refuses */
export async function askSandboxOf(home: Home, request: SandboxRequest): Promise<SandboxState> {
  const file = readJson(home.serviceFile(EXCHANGE)) as ServiceFile | null
  if (file === null) {
    const missing = join(home.run, SANDBOX_FILE)
    throw new CliError(3, sentence(sandboxMessages.notThere, { file: missing }))
  }
  const address = { name: EXCHANGE, socket: file.socket, token: file.token }
  return askSandbox(address, request, LIMIT_MS).catch((error) => {
    const isUsage = error instanceof ServiceError && error.code === 'bad_request'
    throw isUsage ? new CliError(2, error.message) : error
  })
}
