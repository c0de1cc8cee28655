import { useMemo } from 'react'
import { useMay } from '../../lib/session.ts'
import type { Rights } from './actions.ts'

/** What the user may do here; stable while that does not change. */
export function useRights(): Rights {
  const operator = useMay('operator')
  const admin = useMay('admin')
  return useMemo(() => ({ operator, admin }), [operator, admin])
}
