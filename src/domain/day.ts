/** Calendar days in a time zone, on market time. */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

/** The date (YYYY-MM-DD) on which an instant (ms since 1970 UTC) falls in a time zone (IANA name). */
export function dateIn(timeZone: string, at: number): string {
  if (timeZone === 'UTC') return new Date(at).toISOString().slice(0, 10)
  return formatOf(timeZone).format(at)
}

const QUARTER_MS = 900_000
const QUARTERS_MAX = 128

/** Tells days apart cheaply: asks the calendar a few times a day, and not again before the date can change. */
export class DayClock {
  readonly #timeZone: string
  #from = 0
  #until = 0
  #date = ''

  constructor(timeZone: string) {
    this.#timeZone = timeZone
  }

  /** The date of an instant; every time zone in use changes its date at a full quarter of an hour. */
  date(at: number): string {
    if (at < this.#from || at >= this.#until) this.#ask(at)
    return this.#date
  }

  /** Finds the first quarter of an hour with another date: dates only ever go on. */
  #ask(at: number): void {
    const quarter = Math.floor(at / QUARTER_MS)
    this.#date = dateIn(this.#timeZone, at)
    let same = 0
    let other = QUARTERS_MAX
    while (other - same > 1) {
      const middle = (same + other) >>> 1
      if (dateIn(this.#timeZone, (quarter + middle) * QUARTER_MS) === this.#date) same = middle
      else other = middle
    }
    this.#from = quarter * QUARTER_MS
    this.#until = (quarter + other) * QUARTER_MS
  }
}
