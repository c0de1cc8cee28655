/** The metrics of /metrics (docs/reference/metrics.md): names, labels and units of the whole fleet. */

export interface MetricSpec {
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  /** Without `le`. */
  readonly labels: readonly string[]
}

const gauge = (help: string, ...labels: string[]): MetricSpec => ({ type: 'gauge', help, labels })
const counter = (help: string, ...labels: string[]): MetricSpec => ({
  type: 'counter',
  help,
  labels,
})
const histogram = (help: string, ...labels: string[]): MetricSpec => ({
  type: 'histogram',
  help,
  labels,
})

/** In the order in which they are told. */
export const catalogue = {
  perpfleet_build_info: gauge('1, with the version that runs', 'version', 'node'),
  perpfleet_system_health: gauge('Health of the whole, 0 to 100'),
  perpfleet_uptime_seconds: gauge('Since the start of the control plane'),
  perpfleet_memory_bytes: gauge('Memory by type and process', 'type', 'process'),
  perpfleet_memory_limit_bytes: gauge('Memory that a process may use', 'process'),
  perpfleet_cpu_seconds_total: counter('Processor time used since its start', 'process'),
  perpfleet_instances: gauge('Instances by state', 'state'),
  perpfleet_instance_restarts_total: counter('Restarts after an unasked end', 'bot'),
  perpfleet_exchange_connected: gauge('1 while every account has its venue', 'exchange'),
  perpfleet_websocket_connected: gauge('1 while every connection is open', 'exchange'),
  perpfleet_websocket_latency_seconds: histogram('Round trip of a request', 'exchange'),
  perpfleet_websocket_reconnects_total: counter('Connections after the first', 'exchange'),
  perpfleet_venue_wrong_stamps_total: counter('Times ahead of the venue clock', 'exchange'),
  perpfleet_orders_total: counter('Orders whose end is known', 'bot', 'exchange'),
  perpfleet_orders_success_total: counter('Of these, those that the venue took', 'bot', 'exchange'),
  perpfleet_order_outcomes_total: counter('Of these, by outcome', 'bot', 'exchange', 'outcome'),
  perpfleet_orders_active: gauge('Orders that work at the venue', 'bot'),
  perpfleet_order_execution_duration_seconds: histogram(
    'From the decision to the acceptance by the venue',
    'exchange',
    'kind',
  ),
  perpfleet_order_unknown: gauge('Orders whose outcome is not known', 'bot'),
  perpfleet_trades_total: counter('Closed round trips', 'strategy', 'symbol', 'side'),
  perpfleet_trade_pnl: gauge('Net profit of closed round trips', 'strategy', 'symbol'),
  perpfleet_win_rate: gauge('Share of round trips that earned, net of fees', 'bot', 'strategy'),
  perpfleet_consecutive_losses: gauge('Losing round trips in a row', 'bot', 'strategy'),
  perpfleet_sharpe_ratio: gauge('Of daily returns, for a year', 'bot'),
  perpfleet_calmar_ratio: gauge('Yearly growth by the largest drawdown', 'bot'),
  perpfleet_var_95: gauge('Loss of a day not passed on 95 of 100 days, share of equity', 'bot'),
  perpfleet_cvar_95: gauge('Average loss of the other days, share of equity', 'bot'),
  perpfleet_max_drawdown: gauge('Fall of the equity from its peak, share of capital', 'bot'),
  perpfleet_position_size: gauge('Signed position in base', 'bot', 'symbol'),
  perpfleet_position_pnl: gauge('Unrealised profit on mark', 'bot', 'symbol'),
  perpfleet_position_count: gauge('Open positions', 'bot'),
  perpfleet_equity: gauge('Equity on mark', 'bot'),
  perpfleet_capital_utilization_percent: gauge('Margin of open positions, percent of all equity'),
  perpfleet_funding_paid_total: counter('Funding that was paid', 'bot', 'symbol'),
  perpfleet_arbitrage_opportunities_total: counter(
    'Opportunities that began, found by the scanner',
    'pair',
  ),
  perpfleet_arbitrage_executed_total: counter(
    'Opportunities that instances of several legs have closed',
    'outcome',
  ),
  perpfleet_api_requests_total: counter('Requests answered', 'method', 'route', 'status'),
  perpfleet_api_latency_seconds: histogram('From request to answer', 'method', 'route'),
  perpfleet_api_connections_active: gauge('Open connections to the API'),
  perpfleet_database_queries_total: counter('Accesses to fleet.db and journals', 'outcome'),
  perpfleet_jobs: gauge('Jobs of the lab that wait or run', 'queue', 'state'),
  perpfleet_job_duration_seconds: histogram('From the begin of a job to its end', 'queue'),
  perpfleet_reconciliation_differences_total: counter(
    'Found by comparisons since the desk started',
    'kind',
  ),
  perpfleet_alerts_total: counter('Alerts since the control plane started', 'level'),
  perpfleet_notifications_total: counter(
    'Messages to receivers: sent, failed tries, refused, given up',
    'channel',
    'outcome',
  ),
} as const satisfies Readonly<Record<string, MetricSpec>>

export type MetricName = keyof typeof catalogue

/** `name{labels}`, as the reference lists them. */
export const metricNames: readonly string[] = Object.entries<MetricSpec>(catalogue).map(
  ([name, { labels }]) => (labels.length === 0 ? name : `${name}{${labels.join(',')}}`),
)
