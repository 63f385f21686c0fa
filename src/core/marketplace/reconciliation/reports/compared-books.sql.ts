import type { ObjectType } from './report.types.js';

/**
 * Our rows that the provider knows under an id of theirs or ours. Settled ones moved money; `at` is about when the
 * provider made its row.
 */
const OURS: Record<ObjectType, string> = {
  payment: `
    SELECT psp_payment_id AS object_id, id, coalesce(unfulfilled_amount, total_amount) AS amount, 0 AS reversed,
           coalesce(unfulfilled_currency, currency) AS currency, status AS state,
           completed_at IS NOT NULL OR unfulfilled_amount IS NOT NULL AS is_settled, created_at AS at
      FROM orders WHERE psp_payment_id IS NOT NULL`,
  refund: `
    SELECT psp_refund_id AS object_id, id, amount, 0 AS reversed, currency, status AS state,
           status <> 'pending' AND (status = 'succeeded') = (contradicted_at IS NULL) AS is_settled, created_at AS at
      FROM refunds WHERE psp_refund_id IS NOT NULL`,
  transfer: `
    SELECT stripe_transfer_id AS object_id, id, amount, amount_reversed AS reversed, currency, status AS state,
           true AS is_settled, coalesce(completed_at, created_at) AS at
      FROM seller_transfers WHERE coalesce(stripe_transfer_id, '') <> ''`,
};

/** Each thing of one kind that a side has: all that they listed, and what we settled in [$2, $3). `$1`: the report. */
export const pairsOf = (type: ObjectType): string => `
  SELECT '${type}' AS object_type, i.object_id, o.id AS our_id, o.amount AS our_amount, o.reversed AS our_reversed,
         o.currency AS our_currency, o.state AS our_state, coalesce(o.is_settled, false) AS we_settled,
         i.amount AS their_amount, i.reversed AS their_reversed, i.currency AS their_currency,
         i.state AS their_state, i.state = 'settled' AS they_settled
    FROM reconciliation_items i LEFT JOIN (${OURS[type]}) o ON o.object_id = i.object_id
   WHERE i.report_id = $1 AND i.object_type = '${type}'
  UNION ALL
  SELECT '${type}', o.object_id, o.id, o.amount, o.reversed, o.currency, o.state, true,
         NULL, NULL, NULL, NULL, false
    FROM (${unlistedOf(type)}) o`;

/** What we settled in [$2, $3) and they did not list. */
export function unlistedOf(type: ObjectType): string {
  return `
    SELECT o.* FROM (${OURS[type]}) o
     WHERE o.is_settled AND o.at >= $2 AND o.at < $3
       AND NOT EXISTS (SELECT 1 FROM reconciliation_items i
                        WHERE i.report_id = $1 AND i.object_type = '${type}' AND i.object_id = o.object_id)`;
}

/** Why a pair is a difference, null when the sides agree. What moved no money on either side is none. */
export const KIND_OF_DIFFERENCE = `
  CASE WHEN their_amount IS NULL THEN 'missing_there'
       WHEN our_id IS NULL AND they_settled THEN 'missing_here'
       WHEN we_settled <> they_settled THEN 'state_differs'
       WHEN we_settled AND (our_amount, our_currency) IS DISTINCT FROM (their_amount, their_currency) THEN 'amount_differs'
       WHEN we_settled AND our_reversed <> their_reversed THEN 'state_differs' END`;

/**
 * Transfers that were made before $2, so that no list names them, and of which we say that a part came back in
 * [$2, $3). `$1`: the report.
 */
export const REVERSED_LATER = `
  SELECT DISTINCT t.stripe_transfer_id AS object_id
    FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id
   WHERE r.succeeded_at >= $2 AND r.succeeded_at < $3 AND coalesce(t.stripe_transfer_id, '') <> ''
     AND NOT EXISTS (SELECT 1 FROM reconciliation_items i
                      WHERE i.report_id = $1 AND i.object_type = 'transfer' AND i.object_id = t.stripe_transfer_id)`;
