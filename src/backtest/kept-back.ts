/** Orders that are wanted and do not rest. */

/** How many orders are kept back for each reason. */
export function countReasons(
  reasons: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const reason of Object.values(reasons)) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
