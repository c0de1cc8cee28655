/** A bot whose strategy lies in a file of its own: hosts the checked copy that its launch file names. */
import { PlugInStrategy } from '../adapters/plug-ins/host.ts'
import { keptPlugIn } from '../adapters/plug-ins/kept.ts'
import { instrumentId } from '../domain/instrument.ts'
import type { AnyStrategy } from '../engine/instance.ts'
import type { BotLaunch } from '../protocol/launch.ts'

/** @returns null = a shipped strategy @throws Error with one sentence when the copy cannot be read */
export function openPlugIn(launch: BotLaunch, failed: (text: string) => void): AnyStrategy | null {
  const { strategyFile: file, settings } = launch
  if (file === undefined) return null
  return new PlugInStrategy(keptPlugIn(file.copy), {
    keepsState: true,
    instruments: [instrumentId(settings.venue, settings.symbol)],
    onFailure: (error) => failed(error.message),
  })
}
