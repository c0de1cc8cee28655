/** `node test/drills/fleet-main.ts [fleet-forty|fleet-survival|…]`: the fleet drills by themselves; tables to reports/. */
import { fleetDrills, runFleetDrill } from './fleet-drills.ts'

const only = process.argv.slice(2).map((name) => (name in fleetDrills ? name : `fleet-${name}`))
let passed = 0
let failed = 0
const report = {
  check(what: string, isPassed: boolean, detail: string): void {
    console.log(`${isPassed ? '✓' : '✗'} ${what}: ${detail}`)
    if (isPassed) passed += 1
    else failed += 1
  },
  section(): void {},
}
for (const name of Object.keys(fleetDrills)) {
  if (only.length === 0 || only.includes(name)) await runFleetDrill(name, report)
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
process.exit(failed > 0 ? 1 : 0)
