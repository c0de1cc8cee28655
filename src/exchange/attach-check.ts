/** What an attach request must fulfil. Each refusal is one sentence for a person. */
import type { Instrument } from '../domain/instrument.ts'
import { RATIO_SCALE } from '../domain/money.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { AttachRequest } from '../domain/venue-report.ts'
import { feedName } from './feed.ts'
import { ExchangeRefused } from './refused.ts'

/**
 * An account keeps the feed of its first start, and an instance may ask for one.
 * @param stored the feed of the account when it is another one than the running, else null
 * @throws ExchangeRefused `feed_mismatch`, or `unknown_feed` when the instance names none
 */
export function checkFeed(
  running: string,
  stored: string | null,
  account: string,
  request: AttachRequest,
): void {
  if (stored !== null) {
    throw new ExchangeRefused(
      'feed_mismatch',
      `Account ${account} was started on the feed ${stored} and keeps it, but ${running} runs here: start with --feed ${stored}, or use another --home for ${running}.`,
    )
  }
  if (request.feed !== null && feedName(request.feed) !== running) {
    throw new ExchangeRefused(
      'feed_mismatch',
      `Instance ${request.instance} asks for the feed ${request.feed}, but ${running} runs here: start with --feed ${request.feed} and another --home, or change the feed of the instance.`,
    )
  }
}

/**
 * The paper terms of an attach request, checked.
 * @throws ExchangeRefused `bad_terms` with a sentence that names the value and what is allowed
 */
export function checkTerms(request: AttachRequest, instrument: Instrument): PaperTerms {
  const { instance, paper, leverage, marginMode } = request
  const refuse = (text: string) =>
    new ExchangeRefused('bad_terms', `Instance ${instance}: ${text}.`)
  if (!paper) {
    throw refuse('the simulated exchange needs its paper terms (exchange_config.paper)')
  }
  const leverageMax = instrument.marginTiers[0]?.leverageMax ?? 1
  if (!(leverage > 0) || leverage > leverageMax) {
    throw refuse(
      `leverage ${leverage} is not above 0 and at most ${leverageMax} on ${instrument.symbol}`,
    )
  }
  if (marginMode !== 'isolated' && marginMode !== 'cross') {
    throw refuse(`margin_mode "${String(marginMode)}" is neither isolated nor cross`)
  }
  const fault = faultOf(paper)
  if (fault !== null) throw refuse(fault)
  return paper
}

function faultOf(paper: PaperTerms): string | null {
  const ratios = [paper.maker, paper.taker, paper.slippage, paper.volumeShare]
  if (!ratios.every((one) => Number.isSafeInteger(one) && Math.abs(one) <= RATIO_SCALE)) {
    return 'a paper ratio (fees, slippage, volume_share) is not between -1 and 1'
  }
  if (paper.slippage < 0) return 'paper.slippage_bps must be 0 or more'
  if (paper.volumeShare <= 0) return 'paper.volume_share must be above 0'
  if (!Number.isSafeInteger(paper.latencyMs) || paper.latencyMs < 0) {
    return `paper.latency_ms ${paper.latencyMs} is no whole number of 0 or more`
  }
  if (!Number.isSafeInteger(paper.initialBalance) || paper.initialBalance <= 0) {
    return 'paper.initial_balance must be above 0'
  }
  return null
}
