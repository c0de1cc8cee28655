// Formats and mends what can be mended without thinking; arguments are passed to biome.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
const result = spawnSync(
  process.execPath,
  [biome, 'check', '--write', '--no-errors-on-unmatched', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
)
process.exit(result.status ?? 1)
