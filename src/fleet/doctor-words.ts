/** How the doctor's findings are put together. */
import type { DoctorCheck } from '../protocol/doctor-report.ts'

/** Texts of the system and names of files may hold anything; a finding is one line. */
const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ')

export const ok = (check: string, found: string): DoctorCheck => ({
  level: 'ok',
  check,
  found: oneLine(found),
  mend: null,
})

export const warn = (check: string, found: string, mend: string): DoctorCheck => ({
  level: 'warn',
  check,
  found: oneLine(found),
  mend,
})

export const fail = (check: string, found: string, mend: string): DoctorCheck => ({
  level: 'fail',
  check,
  found: oneLine(found),
  mend,
})

/** What is wrong, or one line that nothing is. */
export const okWhenNone = (
  wrong: readonly DoctorCheck[],
  check: string,
  found: string,
): readonly DoctorCheck[] => (wrong.length === 0 ? [ok(check, found)] : wrong)

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`
