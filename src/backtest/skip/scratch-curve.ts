/** Peak and falls of a curve, gone on with for oneself: the curve itself hears every candle later. */
import type { KernelCurve } from './kernel-parts.ts'

export class ScratchCurve implements KernelCurve {
  peak: number
  deepestFall: number
  steepestShare: number

  constructor(curve: Pick<KernelCurve, 'peak' | 'deepestFall' | 'steepestShare'>) {
    this.peak = curve.peak
    this.deepestFall = curve.deepestFall
    this.steepestShare = curve.steepestShare
  }

  note(_at: number, equity: number): void {
    if (equity > this.peak) {
      this.peak = equity
      return
    }
    const fall = this.peak - equity
    this.deepestFall = Math.max(this.deepestFall, fall)
    if (this.peak > 0) this.steepestShare = Math.max(this.steepestShare, fall / this.peak)
  }

  day(): void {
    // Days are those of the curve.
  }
}
