/** The standard normal distribution. */

/**
 * P(Z ≤ x) by the complementary error function in Chebyshev form (Press et al., Numerical Recipes in C, 2nd edition,
 * 6.2, `erfcc`); relative error below 1.2e-7.
 */
export function normalCumulative(x: number): number {
  return 0.5 * complementaryError(-x / Math.SQRT2)
}

const CHEBYSHEV = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]

function complementaryError(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x))
  const series = CHEBYSHEV.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  const tail = t * Math.exp(-x * x + series)
  return x >= 0 ? tail : 2 - tail
}

const LOW = 0.02425
const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
  -3.066479806614716e1, 2.506628277459239,
]
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
  -1.328068155288572e1, 1,
]
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
]
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1]

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

/**
 * x with P(Z ≤ x) = share (P. J. Acklam's rational approximation, relative error below 1.2e-9).
 * @param share above 0 and below 1
 */
export function normalQuantile(share: number): number {
  if (share < LOW) {
    const q = Math.sqrt(-2 * Math.log(share))
    return polynomial(C, q) / polynomial(D, q)
  }
  if (share > 1 - LOW) return -normalQuantile(1 - share)
  const q = share - 0.5
  const r = q * q
  return (polynomial(A, r) * q) / polynomial(B, r)
}
