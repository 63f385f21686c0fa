import { LedgerService } from '../../../../src/core/marketplace/ledger/index.js';
import type { MoneyWorld } from './money-world.js';

/** Our books and the sandbox's own books say the same, to the cent (design/decisions.md, proof 3). */
export async function compareBooks(world: MoneyWorld): Promise<void> {
  await world.quiet();
  expect(
    await world.test.sql('SELECT handler, last_error FROM outbox_deliveries WHERE dead_at IS NOT NULL'),
  ).toEqual([]);
  const { totals } = world.sandbox.books();
  const trial = await world.test.app.get(LedgerService, { strict: false }).trialBalance();
  expect(trial.problems).toEqual([]);
  const balance = (kind: string, currency: string): number =>
    trial.accounts
      .filter((account) => account.kind === kind && account.currency === currency)
      .reduce((sum, account) => sum + account.balanceMinor, 0);
  for (const [currency, theirs] of Object.entries(totals)) {
    expect({ currency, ...(await ownTotals(world, currency)) }).toEqual({ currency, ...theirs });
    expect(balance('psp_clearing', currency)).toBe(theirs.refundedMinor - theirs.capturedMinor);
    expect(balance('paid_out', currency)).toBe(theirs.transferredMinor - theirs.reversedMinor);
    expect(balance('in_transit', currency)).toBe(0);
  }
}

/** What must be true of every order at any quiet moment (07 7.6: 3, 4, 12, 13, 15). */
export async function checkInvariants(world: MoneyWorld): Promise<void> {
  await world.quiet();
  const broken = await world.test.sql(`
      SELECT o.id, o.status, r.pending, r.succeeded, r.contradicted, l.active, t.unpaid, t.nameless FROM orders o
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'pending') AS pending,
            count(*) FILTER (WHERE status = 'succeeded' AND contradicted_at IS NULL) AS succeeded,
            count(*) FILTER (WHERE status = 'succeeded' AND contradicted_at IS NOT NULL) AS contradicted
          FROM refunds WHERE order_id = o.id) r
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'active') AS active FROM licenses WHERE order_id = o.id) l
        CROSS JOIN LATERAL (SELECT
            count(*) FILTER (WHERE status NOT IN ('reversed', 'reversal_pending', 'reversal_failed', 'processing', 'unknown')
              AND NOT outcome_unknown) AS unpaid,
            count(*) FILTER (WHERE status = 'completed' AND coalesce(stripe_transfer_id, '') = '') AS nameless
          FROM seller_transfers WHERE order_id = o.id) t
       WHERE (o.status = 'refunded') <> (r.succeeded = 1)
          OR (o.status = 'refund_pending') <> (r.pending = 1)
          OR r.contradicted = 0 AND (o.status IN ('completed', 'refund_pending')) <> (l.active > 0)
          OR o.status = 'refunded' AND t.unpaid > 0
          OR t.nameless > 0`);
  expect(broken).toEqual([]);
}

async function ownTotals(world: MoneyWorld, currency: string): Promise<Record<string, number>> {
  const [row] = await world.test.sql<Record<string, string>>(
    `SELECT
        (SELECT coalesce(sum(total_amount), 0) FROM orders
          WHERE currency = $1 AND completed_at IS NOT NULL) AS captured,
        (SELECT coalesce(sum(amount), 0) FROM refunds
          WHERE currency = $1 AND status = 'succeeded' AND contradicted_at IS NULL) AS refunded,
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
