/** Whether an account of OKX may be traded with, and with which key. */
import { VenueError } from '../../../ports/venue.ts'
import type { AccountFacts } from '../live/dialect.ts'
import type { Row } from './exchange.ts'

/** @param config `account/config` @param equity `totalEq` of the balance @throws VenueError saying how to mend it */
export function accountFrom(
  config: Row | undefined,
  equity: string,
  clockOffsetMs: number,
): AccountFacts {
  if (!config)
    throw refused(
      'no_account',
      'okx tells nothing of the account: the key may lack the right to read',
    )
  if (config['posMode'] !== 'net_mode')
    throw refused(
      'position_mode',
      'The account keeps long and short positions apart: set its position mode to net at okx, with no order or position open',
    )
  if (config['acctLv'] === '1')
    throw refused('account_mode', 'The account is in spot mode: switch it to futures mode at okx')
  const rights = (config['perm'] ?? '').split(',').map((right) => right.trim())
  if (!rights.includes('trade'))
    throw new VenueError(
      'credential',
      'cannot_trade',
      'The key may not trade: make one with the right to trade.',
    )
  const warnings: string[] = []
  if (Number(equity) === 0) warnings.push('the account is empty: no order will be accepted')
  if (config['acctLv'] === '4')
    warnings.push('the account is in portfolio margin mode: margin per instance is an estimate')
  return {
    fingerprint: `${config['uid'] ?? ''}`,
    canWithdraw: rights.includes('withdraw'),
    isAddressBound: (config['ip'] ?? '') !== '',
    clockOffsetMs,
    warnings,
  }
}

const refused = (code: string, text: string): VenueError =>
  new VenueError('rejected', code, `${text}.`)
