/** A real Chromium for the tests: the machine's, else Debian's package where this is root on a machine with apt. */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const INSTALL_LIMIT_MS = 240_000

/** Null = what is wanted here cannot be had; `reason` says why, in words for a skipped test. */
export type FoundChromium =
  | { readonly path: string }
  | { readonly path: null; readonly reason: string }

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function inPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null
}

const present = (): string | null => NAMES.map(inPath).find((file) => file !== null) ?? null

/** `PERPFLEET_CHROMIUM`, else one in the path, else Debian's package is installed: root with apt alone may. */
export async function findChromium(): Promise<FoundChromium> {
  const wanted = process.env['PERPFLEET_CHROMIUM']
  if (wanted !== undefined) {
    if (isProgram(wanted)) return { path: wanted }
    return { path: null, reason: `PERPFLEET_CHROMIUM names no program: ${wanted}` }
  }
  const found = present()
  if (found !== null) return { path: found }
  const apt = inPath('apt-get')
  if (apt === null || process.getuid?.() !== 0) {
    return { path: null, reason: 'no Chromium here, and only root with apt can install it' }
  }
  const fault = await install(apt)
  const installed = present()
  if (installed !== null) return { path: installed }
  return { path: null, reason: `Debian's package chromium could not be installed: ${fault}` }
}

/** @returns what apt complained of last */
async function install(apt: string): Promise<string> {
  const update = await run(apt, ['update', '-q'])
  const added = await run(apt, ['install', '-q', '-y', '--no-install-recommends', 'chromium'])
  return added.trim().split('\n').at(-1) || update.trim().split('\n').at(-1) || 'apt says nothing'
}

const run = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, timeout: INSTALL_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }
    execFile(program, args, options, (error, _stdout, stderr) => {
      resolve(error === null ? '' : stderr || error.message)
    })
  })

/** Root has no name space of its own for the sandbox in most containers. */
export const startChromium = (path: string, flags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...flags],
    timeout: 60_000,
  })
