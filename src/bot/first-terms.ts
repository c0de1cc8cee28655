/** What a strategy is told of its instance at a start: terms of the launch, and what the desks of all legs have found. */
import { formatLots } from '../domain/instrument.ts'
import { type Money, money, ratio } from '../domain/money.ts'
import { worthAt } from '../domain/settle-rate.ts'
import type { StrategyContext } from '../domain/strategy.ts'
import type { BotLaunch } from '../protocol/launch.ts'
import { legsOf, type Welcome } from './bot-leg.ts'

type Terms = Pick<
  StrategyContext,
  | 'capital'
  | 'leverage'
  | 'marginMode'
  | 'initialPosition'
  | 'settleRates'
  | 'legCapitals'
  | 'legLeverages'
  | 'legUtilizations'
>

/** Of several legs the capital is the sum of what lies at each venue, in the settlement currency of the first. */
export function termsOf(launch: BotLaunch): Terms {
  const { leverage, marginMode, capital } = launch.settings
  const { initialPosition } = launch
  const legs = legsOf(launch)
  if (legs.length === 1) return { capital, leverage, marginMode, initialPosition }
  const legCapitals = legs.map(({ settings }) => settings.capital)
  return {
    capital: sumOf(legs.map(({ settings, settleRate }) => worthAt(settings.capital, settleRate))),
    leverage,
    marginMode,
    initialPosition,
    settleRates: legs.map(({ settleRate }) => settleRate),
    legCapitals,
    legLeverages: legs.map(({ settings }) => settings.leverage),
    legUtilizations: legs.map(({ settings }) => ratio(settings.limits.capitalUtilizationMax)),
  }
}

const sumOf = (amounts: readonly Money[]): Money =>
  money(amounts.reduce((sum: number, amount) => sum + amount, 0))

/** @param welcomes of every leg, in their order */
export function firstContext(launch: BotLaunch, welcomes: readonly Welcome[]): StrategyContext {
  return {
    ...termsOf(launch),
    at: Math.max(...welcomes.map(({ at }) => at)),
    instruments: welcomes.map(({ instrument }) => instrument),
    prices: welcomes.map(({ price }) => price),
    fees: welcomes.map(({ fees }) => fees),
    positions: welcomes.map(({ position }) => position),
  }
}

/** A position that this life did not open is taken over only when the configuration says so; one sentence for each. */
export function foundPositions(
  { initialPosition }: BotLaunch,
  welcomes: readonly Welcome[],
): readonly string[] {
  if (initialPosition === 'adopt') return []
  return welcomes.flatMap(({ instrument, position }) => {
    if (position === 0) return []
    const text = formatLots(instrument, position)
    return [
      `This is the first start, but the account already holds ${text} ${instrument.base} of ${instrument.symbol}: set exchange_config.initial_position to adopt, or close the position first.`,
    ]
  })
}
