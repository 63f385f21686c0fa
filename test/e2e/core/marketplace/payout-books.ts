import type { MoneyWorld } from './money-world.js';

/**
 * What must be true of transfers at any quiet moment: every cent of a seller's balance is explained by a row,
 * nothing is available that no transfer will pay, and what comes back follows from what was taken away
 * (07 7.9.5, 7.9.7, ADR 6).
 */
export async function checkPayouts(world: MoneyWorld): Promise<void> {
  expect(await world.test.sql(UNEXPLAINED)).toEqual([]);
  expect(await world.test.sql(UNBALANCED)).toEqual([]);
}

const UNEXPLAINED = `
  SELECT a.seller_id, a.currency, a.balance_minor AS payable, t.unsent, t.owed
    FROM ledger_accounts a
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(net_amount - reduced - withheld) FILTER (WHERE amount IS NULL), 0) AS unsent,
             coalesce(sum(taken_back - amount_reversed - withheld), 0) AS owed
        FROM seller_transfers WHERE seller_id = a.seller_id AND currency = a.currency) t
   WHERE a.kind = 'payable'
     AND (a.balance_minor <> t.unsent - t.owed OR a.balance_minor > t.unsent)`;

const UNBALANCED = `
  SELECT t.id, t.status, t.amount, t.withheld, t.taken_back, t.amount_reversed, t.recovered, r.open, r.succeeded
    FROM seller_transfers t
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount) FILTER (WHERE status IN ('pending', 'failed')), 0) AS open,
             coalesce(sum(amount) FILTER (WHERE status = 'succeeded'), 0) AS succeeded,
             count(*) FILTER (WHERE status = 'failed') AS failed
        FROM transfer_reversals WHERE transfer_id = t.id) r
   WHERE t.amount IS NOT NULL
     AND (t.amount_reversed <> r.succeeded
          OR r.open + r.succeeded + t.recovered
             <> div(2 * t.amount::numeric * t.taken_back + t.amount + t.withheld, 2 * (t.amount + t.withheld)::numeric)
          OR t.stripe_transfer_id IS NOT NULL AND t.status <> CASE
               WHEN r.failed > 0 THEN 'reversal_failed'
               WHEN r.open > 0 THEN 'reversal_pending'
               WHEN t.amount_reversed + t.recovered = t.amount THEN 'reversed'
               ELSE 'completed' END)`;
