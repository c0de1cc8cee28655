/** What a run has met: rare states that are never reached prove nothing (`sometimes`). */

/** Every fault, crash point and rare state; each must be met often enough in a long run. */
export const situations = [
  'crash: killed at a random time',
  'crash: power cut',
  'crash: before a commit is written',
  'crash: commit written, not synced, lost',
  'crash: commit torn',
  'crash: commit survives unsynced',
  'crash: commit durable, not answered',
  'crash: before ids are reserved',
  'crash: before place leaves',
  'crash: after place has left',
  'crash: before cancel leaves',
  'crash: after cancel has left',
  'crash: before a query leaves',
  'crash: after a query has left',
  'crash: before an answer is handled',
  'crash: after an answer was handled',
  'crash: before a message is handled',
  'crash: after a message was handled',
  'crash: before the bot is told',
  'crash: after the bot was told',
  'crash: bot killed',
  'disk: full',
  'disk: fsync fails',
  'disk: failed commit survives a crash',
  'network: request lost',
  'network: answer lost',
  'network: slow request',
  'network: request arrives twice',
  'network: partition',
  'network: name not resolved',
  'stream: message dropped',
  'stream: message twice',
  'stream: message reordered',
  'stream: connection lost',
  'stream: half-open',
  'venue: unknown code, taken',
  'venue: unknown code, not taken',
  'venue: batch in part refused',
  'venue: batch answer unreadable',
  'venue: cancel pending',
  'venue: cancel of an unknown order',
  'venue: cancel races fill',
  'venue: fill after final',
  'venue: fill before answer',
  'venue: deadline passed',
  'venue: duplicate id refused',
  'venue: order not visible yet',
  'venue: foreign order',
  'venue: foreign trade',
  'venue: liquidation',
  'venue: funding',
  'venue: funding told twice',
  'venue: deposit',
  'venue: tick changed',
  'venue: maintenance',
  'venue: rate limit',
  'venue: address budget spent',
  'venue: nonce burned',
  'venue: partial fill',
  'venue: reduce-only cut',
  'venue: post-only refused',
  'clock: off by seconds',
  'clock: jump',
  'operator: pause',
  'operator: resume',
  'operator: kill',
  'operator: arm',
  'operator: close',
  'operator: commands cross',
  'operator: adjust',
  'operator: restart',
  'operator: second desk on one journal',
  'crash: another desk owns the journal',
  'process: desk held',
  'order: unknown, then found',
  'order: unknown, then filled',
  'order: unknown, then absent',
  'order: refused by the venue',
  'gate: limit of the instance',
  'gate: limit of the account',
  'desk: position mismatch',
  'desk: stale market',
  'limiter: a request waited',
] as const

export type Situation = (typeof situations)[number]

export class Coverage {
  readonly counts = new Map<string, number>(situations.map((name) => [name, 0]))

  sometimes(name: Situation): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [name, count] of counts) this.counts.set(name, (this.counts.get(name) ?? 0) + count)
  }

  /** What was met fewer times. */
  below(least: number): readonly string[] {
    return [...this.counts].filter(([, count]) => count < least).map(([name]) => name)
  }
}
