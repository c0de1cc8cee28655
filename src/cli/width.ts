/** How many columns of a terminal a text takes: Chinese characters take two. */
import { stripVTControlCharacters } from 'node:util'

/** East Asian wide and fullwidth characters, and emoji (Unicode Standard Annex 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u

export function displayWidth(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += WIDE.test(character) ? 2 : 1
  return width
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)))

/** What may stand at the beginning of a line: a wide character with what clings to it, or a word. */
const PIECE =
  /\s*(?:[（「“]*[\u2e80-\u303e\u3041-\u9fff\uff01-\uff60]|[^\s\u2e80-\u303e\u3041-\u9fff\uff01-\uff60]+)[，。；：、！？）」”…]*/gu

/** Breaks lines at blanks, and between wide characters; never before a closing mark. */
export function wrap(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const wrapped: string[] = []
    let current = ''
    for (const [piece] of line.matchAll(PIECE)) {
      if (current !== '' && displayWidth(current + piece) > width) {
        wrapped.push(current)
        current = piece.trimStart()
      } else current += piece
    }
    return [...wrapped, current]
  })
  return lines.join('\n')
}
