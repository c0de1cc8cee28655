/**
 * A small calculator over named figures: numbers, names, + − * / ^, brackets, min, max, abs, sqrt, log. Nothing else can
 * be said in it: no program of the user is run. A figure that is N/A makes the whole N/A (null).
 */

export class ExpressionError extends RangeError {
  override readonly name = 'ExpressionError'
}

/** Value of an expression for one row of figures; null = N/A. */
export type Evaluate = (figure: (name: string) => number | null) => number | null

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  sqrt: Math.sqrt,
  log: Math.log,
}
const ARGUMENTS_OF_ONE = new Set(['abs', 'sqrt', 'log'])
const TOKEN = /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_]*|[-+*/^(),])/y
const DEPTH_MAX = 100

/**
 * Reads `sharpe - 2*maxDrawdown`.
 * @param names the figures there are
 * @throws ExpressionError with a sentence that names the text and the place
 */
export function parseExpression(text: string, names: readonly string[]): Evaluate {
  return new Parser(text, names).whole()
}

class Parser {
  readonly #text: string
  readonly #names: ReadonlySet<string>
  readonly #tokens: readonly string[]
  #at = 0
  #depth = 0

  constructor(text: string, names: readonly string[]) {
    this.#text = text
    this.#names = new Set(names)
    this.#tokens = this.#split()
  }

  #split(): readonly string[] {
    const tokens: string[] = []
    const text = this.#text.trimEnd()
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < text.length) {
      const from = TOKEN.lastIndex
      const found = TOKEN.exec(text)
      if (found === null)
        throw this.#error(`"${text.slice(from).trim().slice(0, 12)}" is not understood`)
      tokens.push(found[1] ?? '')
    }
    return tokens
  }

  #error(why: string): ExpressionError {
    return new ExpressionError(`"${this.#text}" cannot be calculated: ${why}`)
  }

  whole(): Evaluate {
    if (this.#tokens.length === 0) throw this.#error('it is empty')
    const value = this.#sum()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw this.#error(`"${rest}" stands where an operator should`)
    return value
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#at]
    if (token === undefined || !wanted.includes(token)) return null
    this.#at += 1
    return token
  }

  #sum(): Evaluate {
    let left = this.#product()
    for (let sign = this.#take('+', '-'); sign !== null; sign = this.#take('+', '-')) {
      const right = this.#product()
      left = both(left, right, sign === '+' ? (a, b) => a + b : (a, b) => a - b)
    }
    return left
  }

  #product(): Evaluate {
    let left = this.#signed()
    for (let sign = this.#take('*', '/'); sign !== null; sign = this.#take('*', '/')) {
      const right = this.#signed()
      left = both(left, right, sign === '*' ? (a, b) => a * b : (a, b) => a / b)
    }
    return left
  }

  #signed(): Evaluate {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) throw this.#error('it is nested too deeply')
    const value = this.#take('-') === null ? this.#power() : negated(this.#signed())
    this.#depth -= 1
    return value
  }

  #power(): Evaluate {
    const base = this.#value()
    return this.#take('^') === null ? base : both(base, this.#signed(), (a, b) => a ** b)
  }

  #value(): Evaluate {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw this.#error('it breaks off')
    this.#at += 1
    if (token === '(') {
      const inner = this.#sum()
      if (this.#take(')') === null) throw this.#error('a bracket is not closed')
      return inner
    }
    if (/^\d/.test(token)) return constant(Number(token))
    if (Object.hasOwn(FUNCTIONS, token) && this.#take('(') !== null) return this.#call(token)
    if (this.#names.has(token)) return (figure) => figure(token)
    if (/^[A-Za-z_]/.test(token))
      throw this.#error(`there is no figure ${token}; there are ${[...this.#names].join(', ')}`)
    throw this.#error(`"${token}" stands where a figure should`)
  }

  #call(name: string): Evaluate {
    const given = [this.#sum()]
    while (this.#take(',') !== null) given.push(this.#sum())
    if (this.#take(')') === null) throw this.#error('a bracket is not closed')
    if (ARGUMENTS_OF_ONE.has(name) && given.length !== 1)
      throw this.#error(`${name} takes one value, found ${given.length}`)
    const calculate = FUNCTIONS[name] ?? Math.abs
    return (figure) => {
      const values: number[] = []
      for (const one of given) {
        const value = one(figure)
        if (value === null) return null
        values.push(value)
      }
      return finite(calculate(...values))
    }
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
const constant =
  (value: number): Evaluate =>
  () =>
    value
const negated =
  (inner: Evaluate): Evaluate =>
  (figure) => {
    const value = inner(figure)
    return value === null ? null : -value
  }

/** A division by 0 and the like are N/A. */
function both(a: Evaluate, b: Evaluate, calculate: (a: number, b: number) => number): Evaluate {
  return (figure) => {
    const [left, right] = [a(figure), b(figure)]
    return left === null || right === null ? null : finite(calculate(left, right))
  }
}
