/** What we say has moved, by the provider's ids. */
export const OWN_MONEY = `
  SELECT
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', psp_payment_id, 'minor', coalesce(unfulfilled_amount, total_amount))), '[]')
       FROM orders WHERE psp_payment_id IS NOT NULL AND (completed_at IS NOT NULL OR unfulfilled_amount IS NOT NULL)) AS captured,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', psp_refund_id, 'minor', amount)), '[]')
       FROM refunds WHERE status <> 'pending' AND (status = 'succeeded') = (contradicted_at IS NULL)) AS refunded,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', stripe_transfer_id, 'minor', amount)), '[]')
       FROM seller_transfers WHERE stripe_transfer_id IS NOT NULL) AS transferred,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', stripe_reversal_id, 'minor', amount)), '[]')
       FROM transfer_reversals WHERE stripe_reversal_id IS NOT NULL) AS reversed`;

export const LEDGER_BALANCES = `
  SELECT a.kind, sum(e.amount_minor)::float8 AS balance
    FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE e.currency = 'EUR' GROUP BY a.kind`;

/** What may be on its way: transfers of which nobody knows, while a bank decides about their orders. */
export const IN_TRANSIT = `
  SELECT coalesce(sum(amount), 0)::float8 AS minor FROM seller_transfers
   WHERE stripe_transfer_id IS NULL AND outcome_unknown`;

/** When something ended (I8). */
export const TERMINAL_TIMES = `
  SELECT 'refund ' || id AS id, coalesce(succeeded_at, failed_at)::text AS at FROM refunds WHERE status <> 'pending'
  UNION ALL SELECT 'order ' || id, completed_at::text FROM orders WHERE completed_at IS NOT NULL
  UNION ALL SELECT 'reversal ' || id, succeeded_at::text FROM transfer_reversals WHERE succeeded_at IS NOT NULL`;

/** By invariant (08 3.6), the rows that break it. I1, I2 and I12 also show in the sandbox's books, I9 in the comparison. */
export const BROKEN_INVARIANTS: Readonly<Record<string, string>> = {
  'I1 and I2, refunds within what was captured': `
    SELECT o.id FROM orders o JOIN refunds r ON r.order_id = o.id
     WHERE r.status <> 'failed' AND r.contradicted_at IS NULL
     GROUP BY o.id HAVING sum(r.amount) > coalesce(o.unfulfilled_amount, o.total_amount)`,
  'I3, one licence per paid item and none in force after its refund': `
    SELECT i.id, o.status AS why FROM orders o JOIN order_items i ON i.order_id = o.id
      LEFT JOIN licenses l ON l.order_item_id = i.id
     WHERE (o.completed_at IS NOT NULL AND o.unfulfilled_amount IS NULL) <> (l.id IS NOT NULL)
        OR o.status = 'refunded' AND l.status <> 'revoked'
        OR o.status = 'completed' AND l.status <> 'active'
           AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.order_id = o.id AND d.status NOT IN ('won', 'cancelled'))`,
  'I4, each order credited once and each refund debited once': `
    SELECT o.id FROM orders o
     WHERE o.completed_at IS NOT NULL AND o.unfulfilled_amount IS NULL AND o.total_amount > 0
       AND 1 <> (SELECT count(*) FROM ledger_transactions t WHERE t.order_id = o.id AND t.kind = 'order_completed')
    UNION ALL
    SELECT r.id FROM refunds r
     WHERE r.status = 'succeeded'
       AND 1 <> (SELECT count(*) FROM ledger_transactions t WHERE t.refund_id = r.id AND t.kind = 'refund_succeeded')`,
  'I5, reversals within their transfer': `
    SELECT t.id FROM seller_transfers t JOIN transfer_reversals v ON v.transfer_id = t.id
     WHERE v.status = 'succeeded' GROUP BY t.id HAVING sum(v.amount) > t.amount`,
  'I6, a completed transfer has its own id at the provider': `
    SELECT id FROM seller_transfers WHERE status = 'completed' AND coalesce(stripe_transfer_id, '') !~ '^tr_'
    UNION ALL
    SELECT min(id::text)::uuid FROM seller_transfers WHERE stripe_transfer_id IS NOT NULL
     GROUP BY stripe_transfer_id HAVING count(*) > 1`,
  'I7, the ledger sums to zero': `
    SELECT transaction_id AS id FROM ledger_entries GROUP BY transaction_id HAVING sum(amount_minor) <> 0
    UNION ALL
    SELECT a.id FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
     WHERE a.seller_id IS NOT NULL GROUP BY a.id HAVING a.balance_minor <> coalesce(sum(e.amount_minor), 0)`,
  'I11, nothing open without a next check': `
    SELECT id, status AS why FROM seller_transfers
     WHERE status IN ('pending', 'failed', 'unknown', 'blocked_account') AND next_retry_at IS NULL
    UNION ALL
    SELECT id, status FROM transfer_reversals WHERE status IN ('pending', 'failed') AND next_retry_at IS NULL
    UNION ALL
    SELECT id, status FROM refunds WHERE status = 'pending' AND next_check_at IS NULL`,
  'the state of an order follows from its refunds and what disputes took': `
    SELECT o.id, o.status AS why FROM orders o
     WHERE (o.status = 'refund_pending') <> EXISTS (
             SELECT 1 FROM refunds r WHERE r.order_id = o.id AND r.status = 'pending' AND r.origin <> 'automatic')
        OR o.refunded_amount <> (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.order_id = o.id
             AND r.status <> 'pending' AND (r.status = 'succeeded') = (r.contradicted_at IS NULL))
        OR o.status = 'refunded' AND o.refunded_amount <> coalesce(o.unfulfilled_amount, o.total_amount)
           AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.order_id = o.id AND d.status NOT IN ('won', 'cancelled'))`,
  'no delivery is dead': `
    SELECT event_id AS id, handler || ': ' || coalesce(last_error, '') AS why FROM outbox_deliveries WHERE dead_at IS NOT NULL`,
};
