/** Collects the values of one look and writes them down in the text format of Prometheus. */
import { type Metric, Registry } from 'prom-client'
import type { HistogramCounts } from '../../domain/statistic/histogram.ts'
import { catalogue, type MetricName, type MetricSpec } from './catalogue.ts'

type Labels = Readonly<Record<string, string>>

interface Value {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

export class Families {
  readonly #values = new Map<MetricName, Value[]>()

  /** What is not known (null) is absent, not zero. */
  add(name: MetricName, value: number | null, labels: Labels = {}): void {
    if (value === null || !Number.isFinite(value)) return
    this.#of(name).push({ labels, value })
  }

  /** Adds to what has been told with the same labels. */
  addTo(name: MetricName, value: number, labels: Labels): void {
    const values = this.#of(name)
    const key = JSON.stringify(labels)
    const place = values.findIndex((one) => JSON.stringify(one.labels) === key)
    if (place === -1) values.push({ labels, value })
    else values[place] = { labels, value: value + (values[place]?.value ?? 0) }
  }

  addHistogram(name: MetricName, { bounds, counts, sum, count }: HistogramCounts, labels: Labels) {
    const values = this.#of(name)
    let below = 0
    for (const [place, bound] of bounds.entries()) {
      below += counts[place] ?? 0
      values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below })
    }
    values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count })
    values.push({ metricName: `${name}_sum`, labels, value: sum })
    values.push({ metricName: `${name}_count`, labels, value: count })
  }

  #of(name: MetricName): Value[] {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const made: Value[] = []
    this.#values.set(name, made)
    return made
  }

  /** In the order of the catalogue, without what has no value. */
  text(): Promise<string> {
    const registry = new Registry()
    for (const [name, { type, help }] of Object.entries<MetricSpec>(catalogue)) {
      const values = this.#values.get(name as MetricName)
      if (values === undefined) continue
      // The library writes down whatever has a name, a type and values.
      const family = { name, type, help, get: async () => ({ name, type, help, values }) }
      registry.registerMetric(family as unknown as Metric)
    }
    return registry.metrics()
  }
}
