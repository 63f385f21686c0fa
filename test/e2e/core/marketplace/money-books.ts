import { LedgerVerification } from '../../../../src/core/marketplace/reconciliation/verification/ledger-verification.service.js';
import type { MoneyWorld } from './money-world.js';
import { checkPayouts } from './payout-books.js';

/** Our books and the sandbox's own books say the same, to the cent (design/decisions.md, proof 3). */
export async function compareBooks(world: MoneyWorld): Promise<void> {
  await world.quiet();
  expect(
    await world.test.sql('SELECT handler, last_error FROM outbox_deliveries WHERE dead_at IS NOT NULL'),
  ).toEqual([]);
  const { totals, disputedMinor } = world.sandbox.books();
  const trial = await world.test.app.get(LedgerVerification, { strict: false }).verify();
  expect(trial.checks.filter(({ count }) => count > 0)).toEqual([]);
  const balance = (kind: string, currency: string): number =>
    trial.accounts
      .filter((account) => account.kind === kind && account.currency === currency)
      .reduce((sum, account) => sum + account.balanceMinor, 0);
  for (const [currency, theirs] of Object.entries(totals)) {
    expect({ currency, ...(await ownTotals(world, currency)) }).toEqual({ currency, ...theirs });
    const withheldMinor = disputedMinor[currency] ?? 0;
    expect(balance('psp_clearing', currency)).toBe(
      theirs.refundedMinor + withheldMinor - theirs.capturedMinor,
    );
    expect(balance('paid_out', currency)).toBe(theirs.transferredMinor - theirs.reversedMinor);
    expect(balance('in_transit', currency)).toBe(0);
  }
}

/**
 * What must be true of every order at any quiet moment (07 7.6: 3, 4, 12, 13, 15; 7.9.7): its state follows from
 * its refunds, and what was given back of its items from their parts.
 */
export async function checkInvariants(world: MoneyWorld): Promise<void> {
  await world.quiet();
  const broken = await world.test.sql(`
      SELECT o.id, o.status, o.refunded_amount, o.disputed_at, r.*, i.*, l.*, a.*, t.* FROM orders o
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
            coalesce(sum(amount) FILTER (WHERE ${IS_GIVEN}), 0) AS given,
            count(*) FILTER (WHERE status = 'succeeded' AND contradicted_at IS NOT NULL) AS contradicted
          FROM refunds WHERE order_id = o.id) r
        CROSS JOIN LATERAL (SELECT sum(unit_price - given_fee - given_net) AS rest,
            sum(given_fee + given_net) - (SELECT coalesce(sum(p.amount), 0) FROM refund_items p
              JOIN refunds ON refunds.id = p.refund_id WHERE refunds.order_id = o.id AND ${IS_GIVEN})
            - (SELECT coalesce(sum(p.amount), 0) FROM dispute_items p
              JOIN disputes d ON d.id = p.dispute_id WHERE d.order_id = o.id) AS given_otherwise
          FROM order_items WHERE order_id = o.id) i
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open, count(*) FILTER (WHERE took_all) AS took_all
          FROM disputes WHERE order_id = o.id) d
        CROSS JOIN LATERAL (SELECT
            count(*) FILTER (WHERE status = 'active' AND is_item_back) AS kept,
            count(*) FILTER (WHERE status <> 'active' AND NOT is_item_back) AS lost
          FROM (SELECT l.status, EXISTS (SELECT 1 FROM refunds
                  WHERE order_id = o.id AND ${IS_GIVEN} AND l.order_item_id = ANY (item_ids)) AS is_item_back
                FROM licenses l WHERE l.order_id = o.id) own) l
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'active') AS active FROM licenses WHERE order_id = o.id) a
        CROSS JOIN LATERAL (SELECT
            count(*) FILTER (WHERE status NOT IN ('reversed', 'reversal_pending', 'reversal_failed', 'processing', 'unknown')
              AND NOT outcome_unknown) AS unpaid,
            count(*) FILTER (WHERE status = 'completed' AND coalesce(stripe_transfer_id, '') = '') AS nameless
          FROM seller_transfers WHERE order_id = o.id) t
       WHERE o.refunded_amount <> r.given
          OR (o.status = 'refunded') <> (o.completed_at IS NOT NULL AND r.given > 0 AND i.rest = 0)
          OR (o.status = 'refund_pending') <> (o.completed_at IS NOT NULL AND r.pending > 0 AND (i.rest > 0 OR r.given = 0))
          OR (o.status = 'partially_refunded') <> (o.completed_at IS NOT NULL AND r.given > 0 AND i.rest > 0 AND r.pending = 0)
          OR i.given_otherwise <> 0
          OR (o.disputed_at IS NULL) <> (d.open = 0) OR d.open > 0 AND a.active > 0
          OR o.completed_at IS NULL AND a.active > 0
          OR o.status = 'refunded' AND a.active > 0
          OR l.kept > 0
          OR r.contradicted = 0 AND o.disputed_at IS NULL AND d.took_all = 0 AND l.lost > 0
             AND o.status IN ('completed', 'refund_pending', 'partially_refunded')
          OR o.status = 'refunded' AND t.unpaid > 0
          OR t.nameless > 0`);
  expect(broken).toEqual([]);
  await checkPayouts(world);
}

/** A contradicted refund is the opposite of its state (07 7.9.17). */
const IS_GIVEN =
  "refunds.status <> 'pending' AND (refunds.status = 'succeeded') = (refunds.contradicted_at IS NULL)";

async function ownTotals(world: MoneyWorld, currency: string): Promise<Record<string, number>> {
  const [row] = await world.test.sql<Record<string, string>>(
    `SELECT
        (SELECT coalesce(sum(total_amount) FILTER (WHERE currency = $1 AND completed_at IS NOT NULL), 0)
              + coalesce(sum(unfulfilled_amount) FILTER (WHERE unfulfilled_currency = $1), 0)
           FROM orders) AS captured,
        (SELECT coalesce(sum(amount), 0) FROM refunds WHERE currency = $1 AND ${IS_GIVEN}) AS refunded,
        (SELECT coalesce(sum(amount), 0) FROM seller_transfers
          WHERE currency = $1 AND stripe_transfer_id IS NOT NULL) AS transferred,
        (SELECT coalesce(sum(r.amount), 0) FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id
          WHERE t.currency = $1 AND r.status = 'succeeded') AS reversed`,
    [currency],
  );
  return {
    capturedMinor: Number(row!.captured),
    refundedMinor: Number(row!.refunded),
    transferredMinor: Number(row!.transferred),
    reversedMinor: Number(row!.reversed),
  };
}
