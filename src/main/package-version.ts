/** The version of this package, as its manifest says it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGE_ROOT } from './package-root.ts'

/** @throws Error when the package is incomplete */
export function packageVersion(): string {
  const file = join(PACKAGE_ROOT, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return manifest.version
}
