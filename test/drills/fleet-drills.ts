/** The fleet drills by name, for fleet-main.ts and main.ts; each writes a table of its own to reports/. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { arbitrageDrill } from './arbitrage.ts'
import { badInputDrill } from './bad-input.ts'
import { table } from './figures.ts'
import { fortyDrill } from './fleet-forty.ts'
import type { DrillReport } from './fleet-home.ts'
import { limitsDrill } from './fleet-limits.ts'
import { survivalDrill } from './fleet-survival.ts'
import { killSwitchDrill } from './kill-switch.ts'
import { venueDrill } from './venue-drill.ts'
import { windowDrill } from './window-drill.ts'

/** By the names that `npm run test:drills -- --only` takes. */
export const fleetDrills: Readonly<Record<string, (report: DrillReport) => Promise<void>>> = {
  'fleet-forty': fortyDrill,
  'fleet-survival': survivalDrill,
  'fleet-limits': limitsDrill,
  'bad-input': badInputDrill,
  'kill-switch': killSwitchDrill,
  window: windowDrill,
  venues: venueDrill,
  arbitrage: arbitrageDrill,
}

const REPORTS = join(import.meta.dirname, '..', '..', 'reports')

/** Runs one of them, tells what it finds as it goes, and writes reports/{name}.md also when it fails midway. */
export async function runFleetDrill(name: string, report: DrillReport): Promise<void> {
  const checks: (readonly string[])[] = []
  const sections: string[] = []
  const check: DrillReport['check'] = (what, isPassed, detail) => {
    checks.push([isPassed ? 'yes' : 'NO', what, detail])
    report.check(what, isPassed, detail)
  }
  const section: DrillReport['section'] = (text) => {
    sections.push(text)
    report.section(text)
  }
  try {
    await fleetDrills[name]?.({ check, section })
  } catch (error) {
    check(`drill ${name}`, false, error instanceof Error ? error.message : String(error))
  }
  const head = `# Drill: ${name}\n\nMade by \`npm run test:drills -- --only ${name}\`.`
  const found = `## Checks\n\n${table(['passed', 'what', 'found'], checks)}`
  mkdirSync(REPORTS, { recursive: true })
  writeFileSync(join(REPORTS, `${name}.md`), `${[head, ...sections, found].join('\n\n')}\n`)
}
