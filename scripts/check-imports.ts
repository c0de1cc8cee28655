// Part of `npm run check`: the import boundaries.
import { dirname } from 'node:path'
import { importViolations } from './imports.ts'

const violations = await importViolations(dirname(import.meta.dirname))
for (const { rule, detail } of violations) console.log(`${rule}: ${detail}`)
process.exit(violations.length === 0 ? 0 : 1)
