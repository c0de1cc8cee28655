// Part of `npm run check`: what the documentation names and what the code has are the same.
import { dirname } from 'node:path'
import { documentationFaults } from './docs.ts'

const faults = await documentationFaults(dirname(import.meta.dirname))
for (const fault of faults) console.log(fault)
process.exit(faults.length === 0 ? 0 : 1)
