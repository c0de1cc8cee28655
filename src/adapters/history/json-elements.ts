/** The elements of a JSON array as they come in: a file of any size is read row by row. */

/** What the scanner of an array's text is in. */
type Place = 'before' | 'inside' | 'behind'

const SPACE = /^[\s\uFEFF]$/

/** Cuts the text of one JSON array into the texts of its elements; they are not looked into. */
export class JsonElements {
  readonly #onElement: (text: string) => void
  #place: Place = 'before'
  /** Open brackets inside the element. */
  #depth = 0
  #isQuoted = false
  #isEscaped = false
  /** What has come of an element that goes on in the next part. */
  #begun = ''
  /** Whether an element must follow (after a comma) or may not be missing. */
  #needsElement = false

  constructor(onElement: (text: string) => void) {
    this.#onElement = onElement
  }

  /** Whether the array has been closed. */
  get isComplete(): boolean {
    return this.#place === 'behind'
  }

  /** Takes the next part of the text; false when it is no array. */
  push(text: string): boolean {
    let start = 0
    for (let index = 0; index < text.length; index += 1) {
      const character = text[index] ?? ''
      if (this.#place !== 'inside') {
        if (!this.#outside(character)) return false
        start = index + 1
      } else if (this.#isQuoted) this.#quoted(character)
      else if (character === '"') this.#isQuoted = true
      else if (character === '[' || character === '{') this.#depth += 1
      else if (this.#depth > 0) {
        if (character === ']' || character === '}') this.#depth -= 1
      } else if (character === ',' || character === ']') {
        if (!this.#element(text.slice(start, index), character === ']')) return false
        start = index + 1
      }
    }
    if (this.#place === 'inside') this.#begun += text.slice(start)
    return true
  }

  #outside(character: string): boolean {
    if (SPACE.test(character)) return true
    if (this.#place === 'behind' || character !== '[') return false
    this.#place = 'inside'
    return true
  }

  #quoted(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (character === '\\') this.#isEscaped = true
    else if (character === '"') this.#isQuoted = false
  }

  /** Hands an element on; false where one is missing. Only an array without any has none before its end. */
  #element(rest: string, isLast: boolean): boolean {
    const text = (this.#begun + rest).trim()
    this.#begun = ''
    if (isLast) this.#place = 'behind'
    if (text === '') return isLast && !this.#needsElement
    this.#needsElement = true
    this.#onElement(text)
    return true
  }
}
