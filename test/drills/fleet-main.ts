/** `node test/drills/fleet-main.ts [forty|survival|limits]`: the fleet drills by themselves; tables to reports/fleet-*.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { table } from './figures.ts'
import { fleetDrills } from './fleet-drills.ts'

const only = process.argv.slice(2)
const reports = join(import.meta.dirname, '..', '..', 'reports')
let passed = 0
let failed = 0
for (const [name, run] of Object.entries(fleetDrills)) {
  if (only.length > 0 && !only.includes(name)) continue
  const checks: (readonly string[])[] = []
  const sections: string[] = []
  const check = (what: string, isPassed: boolean, detail: string): void => {
    checks.push([isPassed ? 'yes' : 'NO', what, detail])
    console.log(`${isPassed ? '✓' : '✗'} ${what}: ${detail}`)
    if (isPassed) passed += 1
    else failed += 1
  }
  try {
    await run({ check, section: (text) => void sections.push(text) })
  } catch (error) {
    check(`drill ${name}`, false, error instanceof Error ? error.message : String(error))
  }
  const head = `# Fleet drill: ${name}\n\nMade by \`node test/drills/fleet-main.ts ${name}\`.`
  const found = `## Checks\n\n${table(['passed', 'what', 'found'], checks)}`
  mkdirSync(reports, { recursive: true })
  writeFileSync(join(reports, `fleet-${name}.md`), `${[head, ...sections, found].join('\n\n')}\n`)
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
process.exit(failed > 0 ? 1 : 0)
