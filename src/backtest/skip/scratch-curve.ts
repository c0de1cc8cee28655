/** Peak and deepest fall of a curve, gone on with for oneself: the curve itself hears every candle later. */
import type { KernelCurve } from './kernel-parts.ts'

export class ScratchCurve implements KernelCurve {
  peak: number
  deepestFall: number

  constructor(curve: Pick<KernelCurve, 'peak' | 'deepestFall'>) {
    this.peak = curve.peak
    this.deepestFall = curve.deepestFall
  }

  note(_at: number, equity: number): void {
    if (equity > this.peak) this.peak = equity
    else this.deepestFall = Math.max(this.deepestFall, this.peak - equity)
  }

  day(): void {
    // Days are those of the curve.
  }
}
