/**
 * What the commands work with when `--url` or PERPFLEET_URL names the control plane of another machine: everything goes
 * over HTTP; what needs files or processes of this machine says so.
 */
import { type Options, textOption } from '../cli/action.ts'
import type { ConfigOperations } from '../cli/config-operations.ts'
import { CliError, type LogPlace, type ScanSource, type ScanWish } from '../cli/context.ts'
import type { GridPreview } from '../cli/grid-preview.ts'
import type { Speech } from '../cli/speech.ts'
import type { UserOperations } from '../cli/user-operations.ts'
import { HttpFleet } from '../client/fleet-access.ts'
import type { HttpTarget } from '../client/http-client.ts'
import { assertControlPlane, clearTextWarning, remoteTarget } from '../client/remote.ts'
import { RemoteConfig } from '../client/remote-config.ts'
import { RemoteUsers } from '../client/remote-users.ts'
import { processVariables } from '../config/process-environment.ts'
import { CliWorld } from './cli-context.ts'
import { endText } from './control-lifecycle.ts'
import { RemoteLog } from './remote-log.ts'

/** Null = everything is on this machine. */
export const remoteUrl = (options: Options): string | null =>
  textOption(options, 'url') ?? processVariables().url

/** What is done here has no place in the command line of another machine. */
export function onlyHere(what: string): never {
  throw new CliError(4, `${what}: leave --url and PERPFLEET_URL out`)
}

export class RemoteWorld extends CliWorld {
  readonly #url: string
  #reached: Promise<HttpTarget> | null = null

  constructor(options: Options, speech: Speech, url: string) {
    super(options, speech)
    this.#url = url
  }

  /** The token is told to a control plane of perpfleet only, and people are told when others could read it. */
  #target(): Promise<HttpTarget> {
    this.#reached ??= this.#reach()
    return this.#reached
  }

  async #reach(): Promise<HttpTarget> {
    const target = remoteTarget(this.#url, processVariables().token)
    const warning = clearTextWarning(target)
    if (warning !== null) this.complain(this.speech.relay(warning))
    await assertControlPlane(target)
    return target
  }

  override async open(): Promise<HttpFleet> {
    return new HttpFleet(await this.#target())
  }

  override openStarted(): Promise<HttpFleet> {
    return this.open()
  }

  override async down(withBots: boolean): Promise<number> {
    const fleet = await this.open()
    const bots = (await fleet.list()).items.filter(({ pid }) => pid !== null).length
    const left = await fleet.shutDownFully(withBots)
    if (left.length > 0)
      throw new CliError(
        1,
        `still running there: ${left.join(', ')}; perpfleet down --stop-bots there tries again`,
      )
    this.print(`${endText(withBots, bots, this.speech)}\n`)
    return 0
  }

  override async logPlaces(): Promise<readonly LogPlace[]> {
    const fleet = await this.open()
    const open = (id: string) => (stream: string) => {
      if (stream === 'journal') onlyHere('--stream journal reads the journals of this machine')
      return new RemoteLog(fleet, id, stream === 'daemon' ? 'daemon' : 'bot')
    }
    return (await fleet.list()).items.map(({ id }) => ({ id, folder: '', open: open(id) }))
  }

  override async validate(file: string | null) {
    if (file !== null) onlyHere(`config validate ${file} reads a file of this machine`)
    return new RemoteConfig(await this.#target()).validate()
  }

  override async configFiles(): Promise<ConfigOperations> {
    const remote = new RemoteConfig(await this.#target())
    const noImport = () => onlyHere('config import reads a file of this machine')
    return Object.assign(remote, { import: noImport })
  }

  override async users(): Promise<UserOperations> {
    return new RemoteUsers(await this.#target())
  }

  override async previewGrid(target: string): Promise<GridPreview> {
    return (await (await this.open()).preview(target)) as GridPreview
  }

  override async scan(wish: ScanWish): Promise<ScanSource> {
    const { fleetScan } = await import('./scan-command.ts')
    return fleetScan(await this.#target(), wish)
  }

  // --- what is done on this machine -------------------------------------------------------------

  override up(): Promise<number> {
    return onlyHere('up starts a control plane here')
  }

  override init(): readonly string[] {
    return onlyHere('init makes a home here')
  }

  override addInstance(file: string): string {
    return onlyHere(`start --config ${file} reads a file of this machine`)
  }

  override doctor(): Promise<never> {
    return onlyHere('doctor looks at this machine')
  }

  override notifyTest(): never {
    return onlyHere('notify test sends from this machine')
  }

  override sandbox(): never {
    return onlyHere('sandbox speaks to the exchange of this machine')
  }

  override sandboxKeys(): never {
    return onlyHere('sandbox keys stand in a file of this machine')
  }

  override keys(): never {
    return onlyHere('keys and vault work on the vault of this machine')
  }

  override direct(): Promise<never> {
    return onlyHere('--direct drives the venue from this machine')
  }
}
