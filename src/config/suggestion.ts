/** "Did you mean …?": the nearest known word by the number of single edits. */

const LENGTH_MAX = 64

/**
 * Number of insertions, deletions, replacements and swaps of neighbours between two texts
 * (optimal string alignment distance).
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let distance = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, (before[column - 2] ?? 0) + 1)
      }
      current.push(distance)
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? a.length
}

const plain = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')

/** The known word that is near enough to be a slip of the pen, or null. */
export function nearest(text: string, known: Iterable<string>): string | null {
  if (text.length > LENGTH_MAX) return null
  const wanted = plain(text)
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const word of known) {
    if (Math.abs(word.length - wanted.length) >= bestDistance) continue
    const distance = editDistance(wanted, plain(word))
    if (distance < bestDistance) [best, bestDistance] = [word, distance]
  }
  return best
}

/** The sentence on an id that nobody knows, with the one that was probably meant. */
export function noSuchInstanceText(id: string, ids: readonly string[]): string {
  const meant = nearest(id, ids)
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`
  return `there is no instance ${id} here${hint}; known: ${ids.join(', ') || 'none'}`
}
