import type { DrillWorld } from './drill-world.js';
import { waitUntil } from './wait-until.js';

/**
 * What nobody has decided yet. Deliveries, transfers and reversals on the exceptions list wait for a person and are
 * not among them, and a transfer waits while a bank decides about its order; what a bank has decided of payments and
 * refunds must always arrive.
 */
const OPEN_WORK = `
  WITH listed AS (SELECT transfer_id, webhook_event_id FROM payment_exceptions WHERE resolved_at IS NULL)
  SELECT 'outbox ' || d.handler AS what, d.event_id::text AS id, NULL AS at_provider FROM outbox_deliveries d
   WHERE d.done_at IS NULL AND d.dead_at IS NULL
  UNION ALL
  SELECT 'webhook ' || w.status, w.id::text, NULL FROM webhook_events w
   WHERE w.status IN ('received', 'unmatched') AND w.id NOT IN (SELECT webhook_event_id FROM listed WHERE webhook_event_id IS NOT NULL)
  UNION ALL
  SELECT 'order ' || o.status, o.id::text, o.psp_payment_id FROM orders o
   WHERE o.status = 'pending'
  UNION ALL
  SELECT 'refund ' || r.status, r.id::text, r.psp_refund_id FROM refunds r
   WHERE r.status = 'pending'
  UNION ALL
  SELECT 'transfer ' || t.status, t.id::text, NULL FROM seller_transfers t
    JOIN payout_orders p ON p.order_id = t.order_id
   WHERE (t.status IN ('processing', 'reversal_pending')
          OR (t.outcome_unknown OR t.status IN ('pending', 'failed', 'unknown'))
             AND t.next_retry_at < now() + interval '5 minutes' AND p.held_at IS NULL AND p.frozen_at IS NULL)
     AND t.id NOT IN (SELECT transfer_id FROM listed WHERE transfer_id IS NOT NULL)
  UNION ALL
  SELECT 'reversal ' || v.status, v.id::text, NULL FROM transfer_reversals v
   WHERE v.status IN ('pending', 'failed') AND v.next_retry_at < now() + interval '5 minutes'
     AND v.transfer_id NOT IN (SELECT id FROM seller_transfers WHERE outcome_unknown)
     AND v.transfer_id NOT IN (SELECT transfer_id FROM listed WHERE transfer_id IS NOT NULL)`;

interface OpenRow {
  what: string;
  id: string;
  at_provider: string | null;
}

/**
 * Waits until everything is decided, or waits for a person: a buyer who has not paid, a bank that has not decided, the
 * exceptions list.
 * @returns what is still open when the time is over, one line each; nothing when all is settled
 */
export async function settle(world: DrillWorld, timeoutMs: number): Promise<string[]> {
  let open: string[] = [];
  const isSettled = await waitUntil(
    async () => {
      open = await findOpen(world);
      return open.length === 0;
    },
    timeoutMs,
    300,
  );
  return isSettled ? [] : open;
}

async function findOpen(world: DrillWorld): Promise<string[]> {
  const { payments, refunds } = world.sandbox.books();
  const unpaid = new Set(payments.filter(isUnpaid).map(({ id }) => id));
  const undecided = new Set(refunds.filter(isUndecided).map(({ id }) => id));
  const rows = await world.postgres.rows<OpenRow>(OPEN_WORK);
  const open = rows.filter(({ at_provider: id }) => id === null || !(unpaid.has(id) || undecided.has(id)));
  const deliveries = world.sandbox.events().filter(({ state }) => state === 'waiting');
  return [
    ...open.map(({ what, id }) => `${what} ${id}`),
    ...deliveries.map(({ id, type }) => `delivery of ${type} ${id}`),
  ];
}

const isUnpaid = ({ status }: { status: string }): boolean => status.startsWith('requires_');

const isUndecided = ({ status }: { status: string }): boolean => status === 'pending' || status === 'review';
