import { Injectable } from '@nestjs/common';
import { Database } from '../../../../infrastructure/database/index.js';
import type { GaugeSample, MoneyGaugeName } from '../../../../infrastructure/metrics/index.js';

/** One value of one gauge. */
export interface MoneySample extends GaugeSample {
  metric: MoneyGaugeName;
}

/** The scheduled jobs that keep money moving. */
const SWEEPS = [
  'refund-sweep',
  'payment-sweep',
  'transfer-retry',
  'account-sweep',
  'approval-expiry',
  'ledger-verification',
  'reconciliation-report',
];

/** `$1` is now. Each part reads an index that holds only what is open, or the last day. */
const PARTS: Record<MoneyGaugeName, string> = {
  veza_payments_orders: `
    SELECT jsonb_build_object('status', status) AS labels, count(*) AS value
      FROM orders WHERE created_at > $1 - interval '1 day' GROUP BY status`,
  veza_payments_captured_minor: clearing(`'order_completed', 'payment_unfulfilled'`, -1),
  veza_payments_refunded_minor: clearing(`'refund_succeeded', 'refund_contradicted'`, 1),
  veza_payments_oldest_pending_seconds: oldest('orders', `status = 'pending' AND psp_payment_id IS NOT NULL`),
  veza_payments_exceptions_open: `
    SELECT jsonb_build_object('kind', kind), count(*) FROM payment_exceptions WHERE resolved_at IS NULL GROUP BY kind`,
  veza_payments_approvals_open: `
    SELECT jsonb_build_object('status', status), count(*)
      FROM approvals WHERE status IN ('pending', 'approved') GROUP BY status`,
  veza_payments_reversals_failed: count('transfer_reversals', `status = 'failed'`),
  veza_payments_sweep_age_seconds: `
    SELECT jsonb_build_object('sweep', job), extract(epoch FROM $1 - run.finished_at)
      FROM unnest($2::text[]) AS job CROSS JOIN LATERAL (
           SELECT finished_at FROM job_runs WHERE job_id = job AND status = 'succeeded'
            ORDER BY created_at DESC LIMIT 1) AS run`,
  veza_payments_sweep_findings: `
    SELECT jsonb_build_object('sweep', job, 'finding', finding.key), finding.value::numeric
      FROM unnest($2::text[]) AS job CROSS JOIN LATERAL (
           SELECT counts FROM job_runs WHERE job_id = job AND counts IS NOT NULL
            ORDER BY created_at DESC LIMIT 1) AS run
     CROSS JOIN LATERAL jsonb_each_text(run.counts) AS finding`,
  veza_payments_reconciliation_differences: newest('reconciliation_reports', 'difference_count', 'day'),
  veza_payments_reconciliation_age_seconds: `
    SELECT '{}'::jsonb, extract(epoch FROM $1 - max(finished_at)) FROM reconciliation_reports
     WHERE status = 'completed' HAVING max(finished_at) IS NOT NULL`,
  veza_payments_ledger_verified_age_seconds: newest(
    'ledger_verifications',
    'extract(epoch FROM $1 - checked_at)',
    'checked_at',
  ),
  veza_refund_stuck_seconds: oldest('refunds', `status = 'pending'`),
  veza_transfer_unknown: count('seller_transfers', 'outcome_unknown'),
  veza_webhook_unmatched: count('webhook_events', `status = 'unmatched'`),
  veza_webhook_dead: count('webhook_events', `status = 'dead'`),
  veza_ledger_imbalance: newest('ledger_verifications', 'problem_count', 'checked_at'),
};

function count(table: string, condition: string): string {
  return `SELECT '{}'::jsonb, count(*) FROM ${table} WHERE ${condition}`;
}

function oldest(table: string, condition: string): string {
  return `SELECT '{}'::jsonb, coalesce(extract(epoch FROM $1 - min(created_at)), 0) FROM ${table} WHERE ${condition}`;
}

function newest(table: string, value: string, column: string): string {
  return `(SELECT '{}'::jsonb, ${value} FROM ${table} ORDER BY ${column} DESC LIMIT 1)`;
}

/**
 * What went over the payment provider's account; what it holds for us is negative in the book. The lines are as old
 * as their transaction, and only their index spares reading every sale that ever was.
 */
function clearing(kinds: string, sign: 1 | -1): string {
  return `
    SELECT jsonb_build_object('currency', t.currency), ${String(sign)} * sum(e.amount_minor)
      FROM ledger_transactions t
      JOIN ledger_entries e ON e.transaction_id = t.id
      JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'psp_clearing'
     WHERE e.created_at > $1 - interval '1 day' AND t.kind IN (${kinds}) GROUP BY t.currency`;
}

/** Counts for the gauges of money, all of one moment and over one connection. */
@Injectable()
export class MoneyGaugesRepository {
  private readonly statement = Object.entries(PARTS)
    .map(([metric, part]) => `SELECT '${metric}' AS metric, part.* FROM (${part}) AS part (labels, value)`)
    .join(' UNION ALL ');

  constructor(private readonly db: Database) {}

  async read(now: Date): Promise<MoneySample[]> {
    const rows = await this.db.query<Omit<MoneySample, 'value'> & { value: string }>(
      this.statement.replaceAll('$1', '$1::timestamptz'),
      [now, SWEEPS],
    );
    return rows.map(({ metric, labels, value }) => ({ metric, labels, value: Number(value) }));
  }
}
