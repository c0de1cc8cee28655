/**
 * How sure a Sharpe ratio is after the best of many was picked: D. H. Bailey, M. López de Prado, "The Deflated Sharpe
 * Ratio: Correcting for Selection Bias, Backtest Overfitting, and Non-Normality", Journal of Portfolio Management 40
 * (5), 2014. All ratios here are per observation (a day), not per year.
 *
 *     SR0 = √V[SR] · ((1 − γ) · Z⁻¹(1 − 1/N) + γ · Z⁻¹(1 − 1/(N·e)))          γ = 0.5772… (Euler & Mascheroni)
 *     DSR = Z((SR − SR0) · √(T − 1) ÷ √(1 − γ3·SR + (γ4 − 1)/4 · SR²))
 *
 * N: independent trials, V[SR]: variance of the ratios of the trials, T: observations, γ3: skewness, γ4: kurtosis (3 for
 * a normal distribution), Z: the standard normal distribution.
 */
import { normalCumulative, normalQuantile } from './normal.ts'

const EULER_MASCHERONI = 0.5772156649015329

export interface SharpeSample {
  /** Sharpe ratio per observation. */
  readonly sharpe: number
  readonly observations: number
  readonly skewness: number
  /** 3 for a normal distribution. */
  readonly kurtosis: number
}

/** The largest Sharpe ratio to be expected of N trials without any skill (SR0). @param variance of the ratios of the trials */
export function expectedBestSharpe(trials: number, variance: number): number {
  if (trials < 2) return 0
  const low = normalQuantile(1 - 1 / trials)
  const high = normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * low + EULER_MASCHERONI * high)
}

/** Probability that the true ratio is above a benchmark (probabilistic Sharpe ratio); null when it cannot be told. */
export function probabilisticSharpe(sample: SharpeSample, benchmark: number): number | null {
  const { sharpe, observations, skewness, kurtosis } = sample
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
  if (!(spread > 0) || observations < 2) return null
  return normalCumulative(((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(spread))
}

/** Probability that the true ratio of the best trial is above 0, the search taken into account. */
export const deflatedSharpe = (
  sample: SharpeSample,
  trials: number,
  variance: number,
): number | null => probabilisticSharpe(sample, expectedBestSharpe(trials, variance))

/** The sample of a row of returns; null when they do not differ or are fewer than 3. */
export function sharpeSampleOf(returns: readonly number[]): SharpeSample | null {
  const count = returns.length
  if (count < 3) return null
  const mean = returns.reduce((sum, one) => sum + one, 0) / count
  const moment = (power: number) =>
    returns.reduce((sum, one) => sum + (one - mean) ** power, 0) / count
  const variance = moment(2)
  if (variance < 1e-24) return null
  return {
    sharpe: mean / Math.sqrt((variance * count) / (count - 1)),
    observations: count,
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
  }
}

/** Variance with N − 1; 0 of fewer than two. */
export function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1)
}
