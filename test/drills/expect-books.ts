import type { DrillWorld } from './drill-world.js';

/** Our own sums in one currency, under the names of the sandbox's totals. */
const OWN_TOTALS = `
  SELECT
    (SELECT coalesce(sum(total_amount), 0)::int FROM orders WHERE completed_at IS NOT NULL) AS "capturedMinor",
    (SELECT coalesce(sum(amount), 0)::int FROM refunds
      WHERE status = 'succeeded' AND contradicted_at IS NULL) AS "refundedMinor",
    (SELECT coalesce(sum(amount), 0)::int FROM seller_transfers
      WHERE stripe_transfer_id IS NOT NULL) AS "transferredMinor",
    (SELECT coalesce(sum(amount), 0)::int FROM transfer_reversals WHERE status = 'succeeded') AS "reversedMinor"`;

const LEDGER = `
  SELECT a.kind, sum(e.amount_minor)::int AS balance
    FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id GROUP BY a.kind`;

/** Sellers' accounts whose balance is not the sum of their entries, and transactions that do not sum to zero. */
const BROKEN_LEDGER = `
  SELECT 'account' AS what, a.id FROM ledger_accounts a
    LEFT JOIN ledger_entries e ON e.account_id = a.id
   WHERE a.seller_id IS NOT NULL
   GROUP BY a.id HAVING a.balance_minor IS DISTINCT FROM coalesce(sum(e.amount_minor), 0)
  UNION ALL
  SELECT 'transaction', transaction_id FROM ledger_entries GROUP BY transaction_id HAVING sum(amount_minor) <> 0`;

/** What must be true of every order at a quiet moment (07 7.6: 3, 4, 12, 13, 15). */
const BROKEN_ORDERS = `
  SELECT o.id, o.status FROM orders o
   WHERE (o.status = 'refunded') <> EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.id AND r.status = 'succeeded')
      OR (o.status = 'refund_pending') <> EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.id AND r.status = 'pending')
      OR (o.status IN ('completed', 'refund_pending'))
         <> EXISTS (SELECT 1 FROM licenses l WHERE l.order_id = o.id AND l.status = 'active')
      OR o.status = 'refunded' AND EXISTS (
         SELECT 1 FROM seller_transfers t WHERE t.order_id = o.id AND t.status <> 'reversed')
      OR EXISTS (SELECT 1 FROM seller_transfers t WHERE t.order_id = o.id AND t.status = 'completed'
                    AND coalesce(t.stripe_transfer_id, '') = '')`;

/** Our database and the sandbox's own books say the same, to the cent (design/decisions, proof 3). */
export async function expectBooksToAgree(world: DrillWorld): Promise<void> {
  await world.quiet();
  const books = world.sandbox.books();
  const theirs = books.totals['EUR'];
  expect(theirs).toBeDefined();
  expect(await world.row(OWN_TOTALS)).toEqual(theirs);
  const balances = Object.fromEntries(
    (await world.rows<{ kind: string; balance: number }>(LEDGER)).map(({ kind, balance }) => [kind, balance]),
  );
  expect(balances['psp_clearing'] ?? 0).toBe(theirs!.refundedMinor - theirs!.capturedMinor);
  expect(balances['paid_out'] ?? 0).toBe(theirs!.transferredMinor - theirs!.reversedMinor);
  expect(balances['in_transit'] ?? 0).toBe(0);
  expect(await world.rows(BROKEN_LEDGER)).toEqual([]);
  expect(await world.rows(BROKEN_ORDERS)).toEqual([]);
  const names = await world.rows<{ id: string }>(
    `SELECT psp_refund_id AS id FROM refunds
     UNION ALL SELECT stripe_transfer_id FROM seller_transfers WHERE stripe_transfer_id IS NOT NULL
     UNION ALL SELECT stripe_reversal_id FROM transfer_reversals WHERE stripe_reversal_id IS NOT NULL`,
  );
  const rows = [...books.refunds, ...books.transfers, ...books.reversals];
  expect(names.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort());
}
