// Part of `npm run check`: lengths, folders, and what pure code must not touch.
import { dirname } from 'node:path'
import { shapeViolations } from './shape.ts'

const violations = shapeViolations(dirname(import.meta.dirname))
for (const { rule, detail } of violations) console.log(`${rule}: ${detail}`)
process.exit(violations.length === 0 ? 0 : 1)
