import { exponentialBuckets } from 'prom-client';
import { define } from './metric-definition.js';

/** Gauges of money, counted in the database: every process answers the same (issue: money, 11). */
export const MONEY_GAUGE_DEFINITIONS = {
  veza_payments_orders: define('gauge', 'Orders of the last 24 hours by status.', ['status']),
  veza_payments_captured_minor: define('gauge', 'Captured in the last 24 hours, in minor units.', [
    'currency',
  ]),
  veza_payments_refunded_minor: define('gauge', 'Given back in the last 24 hours, in minor units.', [
    'currency',
  ]),
  veza_payments_oldest_pending_seconds: define(
    'gauge',
    'Age of the oldest order that waits for its payment.',
  ),
  veza_payments_exceptions_open: define('gauge', 'Cases on the exceptions list that nobody resolved.', [
    'kind',
  ]),
  veza_payments_approvals_open: define(
    'gauge',
    'Requests for a second administrator: pending, or approved and not yet executed.',
    ['status'],
  ),
  veza_payments_reversals_failed: define(
    'gauge',
    'Reversals that the payout provider refused and that are tried again.',
  ),
  veza_payments_sweep_age_seconds: define('gauge', 'Time since a sweep last ended well.', ['sweep']),
  veza_payments_sweep_findings: define('gauge', 'What the newest run of a sweep counted.', [
    'sweep',
    'finding',
  ]),
  veza_payments_reconciliation_differences: define(
    'gauge',
    "Differences to the providers' books in the newest reconciliation report.",
  ),
  veza_payments_reconciliation_age_seconds: define(
    'gauge',
    'Time since the newest reconciliation report was completed.',
  ),
  veza_payments_ledger_verified_age_seconds: define('gauge', 'Time since the ledger was last verified.'),
  veza_refund_stuck_seconds: define('gauge', 'Age of the oldest refund that has not ended.'),
  veza_transfer_unknown: define('gauge', 'Transfers of which nobody knows whether they were made.'),
  veza_webhook_unmatched: define('gauge', 'Signed deliveries to which nothing here belongs yet.'),
  veza_webhook_dead: define('gauge', 'Signed deliveries that were stored and could not be applied.'),
  veza_ledger_imbalance: define('gauge', 'Problems that the last verification of the ledger found.'),
} as const;

export type MoneyGaugeName = keyof typeof MONEY_GAUGE_DEFINITIONS;

/** Metrics of payments: what this process did, and the gauges. */
export const PAYMENT_METRIC_DEFINITIONS = {
  veza_payments_provider_calls_total: define(
    'counter',
    'Calls to a provider: ok, refused, ambiguous (nobody knows) or misconfigured (it refused our credentials).',
    ['provider', 'operation', 'outcome'],
  ),
  veza_payments_provider_call_duration_seconds: define(
    'histogram',
    "Time until a provider's answer was read, or given up.",
    ['provider', 'operation'],
    exponentialBuckets(0.01, 2, 12),
  ),
  veza_payments_webhooks_total: define(
    'counter',
    'Deliveries of the providers: accepted (signed) or rejected (bad signature).',
    ['provider', 'result'],
  ),
  ...MONEY_GAUGE_DEFINITIONS,
} as const;
