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

/** Tells days apart cheaply: asks the calendar only when a quarter of an hour has begun since the last answer. */
export class DayClock {
  readonly #timeZone: string
  #quarter = -1
  #date = ''

  constructor(timeZone: string) {
    this.#timeZone = timeZone
  }

  /** The date of an instant; every time zone in use changes its date at a full quarter of an hour. */
  date(at: number): string {
    const quarter = Math.floor(at / 900_000)
    if (quarter !== this.#quarter) {
      this.#quarter = quarter
      this.#date = dateIn(this.#timeZone, at)
    }
    return this.#date
  }
}
