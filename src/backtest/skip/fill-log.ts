/** The log of a leap: its fills as two numbers each. */

/** Fills as numbers, in their order: the candle, and line · 8 + move · 2 + 1 for a sell; move 0 is the opening gap. */
export class FillLog {
  candles: Int32Array<ArrayBuffer>
  codes: Int32Array<ArrayBuffer>
  length = 0

  /** @param expected fills: room for them from the start */
  constructor(expected: number) {
    this.candles = new Int32Array(expected)
    this.codes = new Int32Array(expected)
  }

  /** Makes room for so many more. */
  grow(more: number): void {
    const size = 2 * (this.codes.length + more)
    this.candles = grown(this.candles, size)
    this.codes = grown(this.codes, size)
  }
}

function grown(column: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size)
  larger.set(column)
  return larger
}
