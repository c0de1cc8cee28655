/** Two texts line by line, as people know it from `diff -u`. */

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

const CONTEXT = 3

/** Lines that begin with `-` (only before), `+` (only after) or a blank, in hunks with three lines around; none when equal. */
export function textDifference(before: string, after: string): string[] {
  if (before === after) return []
  const lines = compared(linesOf(before), linesOf(after))
  const shown = new Set<number>()
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    for (let at = index - CONTEXT; at <= index + CONTEXT; at += 1) shown.add(at)
  }
  const text: string[] = []
  let [old, now] = [1, 1]
  for (const [index, { sign, text: line }] of lines.entries()) {
    if (shown.has(index)) {
      if (!shown.has(index - 1)) text.push(`@@ -${old} +${now} @@`)
      text.push(`${sign}${line}`)
    }
    if (sign !== '+') old += 1
    if (sign !== '-') now += 1
  }
  return text
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** By the longest common subsequence; equal beginnings and ends are left out of it. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0
  while (head < before.length && before[head] === after[head]) head += 1
  let tail = 0
  const rest = Math.min(before.length, after.length) - head
  while (tail < rest && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const same = (text: string): Line => ({ sign: ' ', text })
  return [
    ...before.slice(0, head).map(same),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ]
}

function middle(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const lines: Line[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]]
    if (old !== undefined && old === now) {
      lines.push({ sign: ' ', text: old })
      row += 1
      column += 1
    } else if (
      old !== undefined &&
      (now === undefined || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push({ sign: '-', text: old })
      row += 1
    } else {
      lines.push({ sign: '+', text: now ?? '' })
      column += 1
    }
  }
  return lines
}
