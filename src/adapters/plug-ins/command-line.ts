/** How the child of a plug-in is started. Every flag is a part of the guarantee; test/plug-ins holds each. */
import { dirname, extname, join } from 'node:path'

/** Heap of a plug-in, MiB; beyond it the child ends. */
export const HEAP_MAX_MB = 64

const here = dirname(import.meta.filename)
const source = join(here, '..', '..')

/** @returns arguments of process.execPath */
export function sandboxArguments(): readonly string[] {
  const readable = [
    here,
    join(source, 'kit'),
    join(source, 'domain'),
    join(source, '..', 'package.json'),
  ]
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--disallow-code-generation-from-strings',
    '--no-addons',
    '--experimental-vm-modules',
    '--no-warnings',
    `--max-old-space-size=${HEAP_MAX_MB}`,
    '--max-semi-space-size=4',
    join(here, `sandbox${extname(import.meta.filename)}`),
  ]
}
