import { LedgerVerification } from '../../src/core/marketplace/reconciliation/verification/ledger-verification.service.js';
import type { Shop } from './shop.js';

/** A refund whose money the buyer has: a contradicted one means the opposite of its state (07 7.9.17). */
export const IS_GIVEN_BACK = `((r.status = 'succeeded') <> (r.contradicted_at IS NOT NULL) AND r.status <> 'pending')`;

/** What was captured for an order: its price, or what came for an order that could not be fulfilled. */
const CAPTURED = 'coalesce(o.unfulfilled_amount, o.total_amount)';

/** Looks for rows that break one rule. @returns a sentence for each */
export type Invariant = (shop: Shop) => Promise<string[]>;

type Row = Record<string, unknown>;

const rowsAsProblems =
  (what: string, sql: string): Invariant =>
  async ({ world: { test } }) => {
    // `$now` stands for the application's time.
    const asked = sql.replaceAll('$now', `'${test.clock.now().toISOString()}'::timestamptz`);
    return (await test.sql<Row>(asked)).map((row) => `${what}: ${JSON.stringify(row)}`);
  };

/** I1: what the buyers were given back of an order is at most what was captured, in both books. */
const refundsWithinCaptured: Invariant = async (shop) => {
  const { payments, refunds } = shop.world.sandbox.books();
  const theirs = payments.flatMap((payment) => {
    const backMinor = refunds
      .filter((refund) => refund.paymentId === payment.id && refund.status === 'succeeded')
      .reduce((sum, refund) => sum + refund.amountMinor, 0);
    return backMinor <= payment.amountReceivedMinor
      ? []
      : [
          `the provider gave ${String(backMinor)} of ${String(payment.amountReceivedMinor)} back for ${payment.id}`,
        ];
  });
  const ours = await rowsAsProblems(
    'more given back than paid',
    `SELECT o.id, ${CAPTURED} AS captured, sum(r.amount) AS given_back FROM orders o JOIN refunds r ON r.order_id = o.id
      WHERE ${IS_GIVEN_BACK} GROUP BY o.id HAVING sum(r.amount) > ${CAPTURED}`,
  )(shop);
  return [...theirs, ...ours];
};

/** I2: open and succeeded refunds of an order together are at most what was captured. */
const openRefundsWithinCaptured = rowsAsProblems(
  'more promised back than paid',
  `SELECT o.id, ${CAPTURED} AS captured, sum(r.amount) AS promised FROM orders o JOIN refunds r ON r.order_id = o.id
    WHERE r.status = 'pending' OR ${IS_GIVEN_BACK} GROUP BY o.id HAVING sum(r.amount) > ${CAPTURED}`,
);

/** I3: one licence per paid item, none active after its refund, none for what was never paid. */
const licencesFollowTheMoney = rowsAsProblems(
  'licences do not follow the money',
  `SELECT o.id, o.status, i.id AS item, count(l.id) AS licences,
          count(l.id) FILTER (WHERE l.status = 'active') AS active
     FROM orders o JOIN order_items i ON i.order_id = o.id LEFT JOIN licenses l ON l.order_item_id = i.id
    GROUP BY o.id, i.id
   HAVING count(l.id) <> CASE WHEN o.completed_at IS NULL THEN 0 ELSE 1 END
       OR count(l.id) FILTER (WHERE l.status = 'active') > 0 AND (o.status = 'refunded' OR EXISTS (
            SELECT 1 FROM refunds r WHERE r.order_id = o.id AND ${IS_GIVEN_BACK} AND i.id = ANY (r.item_ids)))`,
);

/** I4: each completed order is credited once, each given-back refund debited once, to each seller his share. */
const creditedAndDebitedOnce = rowsAsProblems(
  'booked another number of times than it happened',
  `SELECT o.id, 'sales' AS what, 1 AS wanted, count(t.id) AS booked FROM orders o
     LEFT JOIN ledger_transactions t ON t.order_id = o.id AND t.kind = 'order_completed'
    GROUP BY o.id HAVING count(t.id) <> CASE WHEN o.completed_at IS NULL THEN 0 ELSE 1 END
   UNION ALL
   SELECT r.id, 'money out for a refund', CASE WHEN ${IS_GIVEN_BACK} THEN r.amount ELSE 0 END, b.booked FROM refunds r
     CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount_minor), 0) AS booked FROM ledger_transactions t
       JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id
      WHERE t.refund_id = r.id AND a.kind = 'psp_clearing') b
    WHERE b.booked <> CASE WHEN ${IS_GIVEN_BACK} THEN r.amount ELSE 0 END
   UNION ALL
   SELECT o.id, 'credit of ' || i.seller_id, i.net, e.credited FROM orders o
     JOIN LATERAL (SELECT seller_id, sum(net_amount) AS net FROM order_items WHERE order_id = o.id GROUP BY seller_id) i ON true
     LEFT JOIN LATERAL (SELECT sum(e.amount_minor) AS credited FROM ledger_entries e
       JOIN ledger_accounts a ON a.id = e.account_id JOIN ledger_transactions t ON t.id = e.transaction_id
      WHERE t.order_id = o.id AND t.kind = 'order_completed' AND a.kind = 'payable' AND a.seller_id = i.seller_id) e ON true
    WHERE o.completed_at IS NOT NULL AND e.credited IS DISTINCT FROM nullif(i.net, 0)`,
);

/** I5: what was taken back of a transfer is at most what was sent, in both books. */
const reversalsWithinTransfer: Invariant = async (shop) => {
  const theirs = shop.world.sandbox
    .books()
    .transfers.filter((transfer) => transfer.amountReversedMinor > transfer.amountMinor)
    .map((transfer) => `the provider reversed more of ${transfer.id} than it had sent`);
  const ours = await rowsAsProblems(
    'more reversed than sent',
    `SELECT t.id, t.amount, t.amount_reversed, r.reversed FROM seller_transfers t
       CROSS JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE status = 'succeeded'), 0) AS reversed
         FROM transfer_reversals WHERE transfer_id = t.id) r
      WHERE r.reversed > coalesce(t.amount, 0) OR t.amount_reversed <> r.reversed`,
  )(shop);
  return [...theirs, ...ours];
};

/** I6: a completed transfer has an id that nobody else has and that the provider knows. */
const completedTransfersHaveTheirId: Invariant = async (shop) => {
  const known = new Set(shop.world.sandbox.books().transfers.map(({ id }) => id));
  const rows = await shop.world.test.sql<{ id: string; stripe_transfer_id: string | null; times: string }>(
    `SELECT id, stripe_transfer_id, count(*) OVER (PARTITION BY stripe_transfer_id) AS times
       FROM seller_transfers WHERE status = 'completed' OR stripe_transfer_id IS NOT NULL`,
  );
  return rows
    .filter(({ stripe_transfer_id: id, times }) => id === null || !known.has(id) || times !== '1')
    .map((row) => `a completed transfer without an id of its own: ${JSON.stringify(row)}`);
};

/** I7: the ledger sums to zero per currency, its accounts carry what their entries say, and its own verification agrees. */
const ledgerSumsToZero: Invariant = async ({ world }) => {
  const { checks } = await world.test.app.get(LedgerVerification, { strict: false }).verify();
  return checks.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));
};

/** I9: each write at a provider found its key in a committed row. */
const keysWereCommittedFirst: Invariant = ({ earlyWrites }) => Promise.resolve([...earlyWrites]);

/** I11: whatever is not ended has a next moment or an open exception; nothing was given up silently. */
const nothingIsForgotten: Invariant = async (shop) => {
  const checks = [
    rowsAsProblems(
      'a delivery nobody takes any more',
      `SELECT handler, last_error FROM outbox_deliveries WHERE dead_at IS NOT NULL`,
    ),
    rowsAsProblems(
      'an event that was never applied',
      `SELECT w.event_type, w.object_id, w.status, d.last_error FROM webhook_events w
         LEFT JOIN outbox_deliveries d ON d.done_at IS NULL AND d.aggregate_id = w.id::text
        WHERE w.status IN ('received', 'unmatched', 'dead')`,
    ),
    rowsAsProblems(
      'a refund without a next moment',
      `SELECT r.id, r.origin FROM refunds r WHERE r.status = 'pending' AND (r.next_check_at IS NULL
          OR r.created_at < $now - interval '2 days' AND NOT EXISTS (
             SELECT 1 FROM payment_exceptions e WHERE e.refund_id = r.id AND e.resolved_at IS NULL))`,
    ),
    rowsAsProblems(
      'an order that waits for its payment without anybody asking',
      `SELECT o.id, o.created_at FROM orders o WHERE o.status = 'pending' AND o.created_at < $now - interval '2 days'
          AND NOT EXISTS (SELECT 1 FROM payment_exceptions e WHERE e.order_id = o.id AND e.resolved_at IS NULL)`,
    ),
    rowsAsProblems(
      'a transfer without a next moment',
      `SELECT t.id, t.status, t.failure_code FROM seller_transfers t
        WHERE t.status IN ('pending', 'processing', 'failed', 'unknown', 'blocked_account') AND t.next_retry_at IS NULL
           OR t.status = 'permanently_failed'
          AND NOT EXISTS (SELECT 1 FROM payment_exceptions e WHERE e.transfer_id = t.id)`,
    ),
    rowsAsProblems(
      'a reversal without a next moment',
      `SELECT v.id, v.status, v.failure_code FROM transfer_reversals v
        WHERE v.status IN ('pending', 'failed') AND v.next_retry_at IS NULL`,
    ),
  ];
  return (await Promise.all(checks.map((check) => check(shop)))).flat();
};

/** The invariants of 08 3.6 that a finished world shows; I8 and I10 need to see it twice. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'I1 refunds within captured': refundsWithinCaptured,
  'I2 open refunds within captured': openRefundsWithinCaptured,
  'I3 licences follow the money': licencesFollowTheMoney,
  'I4 credited and debited once': creditedAndDebitedOnce,
  'I5 reversals within the transfer': reversalsWithinTransfer,
  'I6 completed transfers have their id': completedTransfersHaveTheirId,
  'I7 the ledger sums to zero': ledgerSumsToZero,
  'I9 keys were committed first': keysWereCommittedFirst,
  'I11 nothing is forgotten': nothingIsForgotten,
};
