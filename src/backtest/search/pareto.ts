/** Sets of which no other is better in every objective. */

/** Scores of one trial, larger is better; null in any place keeps it out. */
export type Scores = readonly (number | null)[]

/** Whether a is at least as good everywhere and better somewhere. */
export function dominates(a: Scores, b: Scores): boolean {
  let isBetter = false
  for (let index = 0; index < a.length; index += 1) {
    const [one, other] = [a[index] ?? null, b[index] ?? null]
    if (one === null || other === null || one < other) return false
    if (one > other) isBetter = true
  }
  return isBetter
}

/** Indexes of the Pareto front, in ascending order. Equal trials stand on it together. */
export function paretoFront(scores: readonly Scores[]): readonly number[] {
  const front: number[] = []
  // From the best of the first objective on: what comes later can then not push out what stands (ties aside).
  const order = [...scores.keys()]
    .filter((index) => !(scores[index] ?? []).includes(null))
    .toSorted((a, b) => (scores[b]?.[0] ?? 0) - (scores[a]?.[0] ?? 0) || a - b)
  for (const index of order) {
    const own = scores[index] ?? []
    if (front.some((other) => dominates(scores[other] ?? [], own))) continue
    for (let at = front.length - 1; at >= 0; at -= 1)
      if (dominates(own, scores[front[at] ?? 0] ?? [])) front.splice(at, 1)
    front.push(index)
  }
  return front.toSorted((a, b) => a - b)
}

/** Beyond so many trials the ranks of the oldest layers are not worth their time. */
const LAYERS_MAX = 30

/**
 * The layer of each trial as one score for samplers that know a single one: 0 for the front, −1 for the front of what is
 * left without it, and so on (Deb et al., NSGA-II, 2002); null stays null.
 */
export function layerScores(scores: readonly Scores[]): readonly (number | null)[] {
  const layers: (number | null)[] = scores.map(() => null)
  let left = [...scores.keys()].filter((index) => !(scores[index] ?? []).includes(null))
  for (let layer = 0; left.length > 0; layer += 1) {
    const front =
      layer === LAYERS_MAX
        ? [...left.keys()]
        : paretoFront(left.map((index) => scores[index] ?? []))
    for (const place of front) layers[left[place] ?? 0] = layer === 0 ? 0 : -layer
    const taken = new Set(front)
    left = left.filter((_, place) => !taken.has(place))
  }
  return layers
}
