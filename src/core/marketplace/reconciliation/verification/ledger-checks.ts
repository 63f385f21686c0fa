import type { BookCheck } from '../../ledger/index.js';
import { accountName, bookedLines, compareLines } from './book-comparison.js';

const PAYABLE = accountName(`'payable'`, 'seller_id');
const IN_TRANSIT = accountName(`'in_transit'`, 'seller_id');
const PAID_OUT = accountName(`'paid_out'`, 'seller_id');

/** What each order that was ever completed must have booked: its shares as they were frozen at order time. */
const SALES = `
  SELECT o.id, ${PAYABLE} AS account, o.currency, i.net_amount AS amount
    FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.completed_at IS NOT NULL
  UNION ALL
  SELECT o.id, 'platform_fee', o.currency, i.platform_fee
    FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.completed_at IS NOT NULL
  UNION ALL
  SELECT id, 'psp_clearing', currency, -total_amount FROM orders WHERE completed_at IS NOT NULL`;

/** Money that was captured for an order that could not be fulfilled belongs to its buyer. */
const UNFULFILLED = `
  SELECT id, 'psp_clearing' AS account, unfulfilled_currency AS currency, -unfulfilled_amount AS amount
    FROM orders WHERE unfulfilled_amount IS NOT NULL
  UNION ALL
  SELECT id, 'buyer_refunds', unfulfilled_currency, unfulfilled_amount
    FROM orders WHERE unfulfilled_amount IS NOT NULL`;

/**
 * What some refunds must have booked; `sign` -1 is the opposite. A sale is taken back from its sellers by the
 * parts of the refund, what went beyond the sale is our loss; money that bought nothing comes from its buyer.
 */
const refundsWhere = (condition: string, sign: 1 | -1): string => `
  SELECT r.id, ${PAYABLE} AS account, r.currency, ${String(-sign)} * p.net AS amount
    FROM refunds r JOIN refund_items p ON p.refund_id = r.id JOIN order_items i ON i.id = p.order_item_id
   WHERE ${condition}
  UNION ALL
  SELECT r.id, 'platform_fee', r.currency, ${String(-sign)} * p.fee
    FROM refunds r JOIN refund_items p ON p.refund_id = r.id WHERE ${condition}
  UNION ALL
  SELECT r.id, 'psp_clearing', r.currency, ${String(sign)} * r.amount FROM refunds r WHERE ${condition}
  UNION ALL
  SELECT r.id, CASE WHEN o.completed_at IS NULL THEN 'buyer_refunds' ELSE 'disputes' END, r.currency,
         ${String(-sign)} * (r.amount - coalesce((SELECT sum(amount) FROM refund_items WHERE refund_id = r.id), 0))
    FROM refunds r JOIN orders o ON o.id = r.order_id WHERE ${condition}`;

/** A refund that succeeded, also when it had been reported as failed before (07 7.9.17). */
const EVER_SUCCEEDED = `(r.status = 'succeeded' OR r.status = 'failed' AND r.contradicted_at IS NOT NULL)`;
const TAKEN_BACK_BY_THE_PROVIDER = `r.status = 'succeeded' AND r.contradicted_at IS NOT NULL`;

/**
 * Disputed money is withheld until it is decided, and taken from the sellers by the parts of a lost dispute; what
 * the sale no longer had stays our loss. A later word of the provider counts instead of the first one.
 */
const DISPUTES = `
  SELECT d.id, 'psp_clearing' AS account, d.currency, d.amount FROM (${disputesThat('GONE')}) d
  UNION ALL
  SELECT d.id, 'disputes', d.currency, -d.amount FROM (${disputesThat('GONE')}) d
  UNION ALL
  SELECT d.id, 'disputes', d.currency, p.amount
    FROM (${disputesThat('TAKEN')}) d JOIN dispute_items p ON p.dispute_id = d.id
  UNION ALL
  SELECT d.id, 'platform_fee', d.currency, -p.fee
    FROM (${disputesThat('TAKEN')}) d JOIN dispute_items p ON p.dispute_id = d.id
  UNION ALL
  SELECT d.id, ${PAYABLE}, d.currency, -p.net
    FROM (${disputesThat('TAKEN')}) d JOIN dispute_items p ON p.dispute_id = d.id`;

/** Disputes whose money the sellers lost, or that is gone at least for now. */
function disputesThat(are: 'TAKEN' | 'GONE'): string {
  const taken = `'lost', 'accepted', 'expired'`;
  return `SELECT * FROM disputes
    WHERE coalesce(contradicted_by, status) IN (${are === 'TAKEN' ? taken : `'opened', 'challenged', ${taken}`})`;
}

/** Reserved but without the provider's id is in transit; with it, it is paid out until it comes back (I6). */
const TRANSFERS = `
  SELECT id, ${IN_TRANSIT} AS account, currency, amount
    FROM seller_transfers WHERE amount IS NOT NULL AND stripe_transfer_id IS NULL
  UNION ALL
  SELECT id, ${PAID_OUT}, currency, amount - amount_reversed
    FROM seller_transfers WHERE stripe_transfer_id IS NOT NULL
  UNION ALL
  SELECT id, ${PAYABLE}, currency, amount_reversed - amount FROM seller_transfers WHERE amount IS NOT NULL`;

const REVERSALS = `
  SELECT r.id, ${PAID_OUT} AS account, t.currency, -r.amount AS amount
    FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id WHERE r.status = 'succeeded'
  UNION ALL
  SELECT r.id, ${PAYABLE}, t.currency, r.amount
    FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id WHERE r.status = 'succeeded'`;

/** What business rows demand of the book, and the book of business rows (issue: money, 7). */
export const BUSINESS_CHECKS: readonly BookCheck[] = [
  {
    name: 'sales_are_booked',
    finds: compareLines('order', SALES, bookedLines('t.order_id', ['order_completed'])),
  },
  {
    name: 'unfulfilled_payments_are_booked',
    finds: compareLines('order', UNFULFILLED, bookedLines('t.order_id', ['payment_unfulfilled'])),
  },
  {
    name: 'refunds_are_booked',
    finds: compareLines(
      'refund',
      refundsWhere(EVER_SUCCEEDED, 1),
      bookedLines('t.refund_id', ['refund_succeeded']),
    ),
  },
  {
    name: 'contradicted_refunds_are_booked',
    finds: compareLines(
      'contradicted refund',
      refundsWhere(TAKEN_BACK_BY_THE_PROVIDER, -1),
      bookedLines('t.refund_id', ['refund_contradicted']),
    ),
  },
  {
    name: 'orders_know_what_was_given_back',
    finds: `
      SELECT format('order %s: %s was given back, the ledger says %s', o.id, o.refunded_amount,
                    coalesce(booked.amount, 0)) AS problem
        FROM orders o
        FULL JOIN (SELECT t.order_id, sum(e.amount_minor) AS amount
                     FROM ledger_transactions t
                     JOIN ledger_entries e ON e.transaction_id = t.id
                     JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'psp_clearing'
                    WHERE t.kind IN ('refund_succeeded', 'refund_contradicted') GROUP BY t.order_id) AS booked
          ON booked.order_id = o.id
       WHERE coalesce(o.refunded_amount, 0) <> coalesce(booked.amount, 0)`,
  },
  {
    name: 'disputes_are_booked',
    finds: compareLines(
      'dispute',
      DISPUTES,
      bookedLines(`split_part(t.dedupe_key, ':', 2)::uuid`, [
        'dispute_opened',
        'dispute_won',
        'dispute_lost',
      ]),
    ),
  },
  {
    name: 'transfers_are_booked',
    finds: compareLines(
      'transfer',
      TRANSFERS,
      bookedLines('t.transfer_id', [
        'transfer_claimed',
        'transfer_completed',
        'transfer_returned',
        'reversal_succeeded',
      ]),
    ),
  },
  {
    name: 'reversals_are_booked',
    finds: compareLines('reversal', REVERSALS, bookedLines('t.reversal_id', ['reversal_succeeded'])),
  },
  {
    name: 'reversals_add_up',
    finds: `
      SELECT format('transfer %s: %s %s came back, its reversals sum to %s', t.id, t.amount_reversed, t.currency,
                    coalesce(sum(r.amount), 0)) AS problem
        FROM seller_transfers t LEFT JOIN transfer_reversals r ON r.transfer_id = t.id AND r.status = 'succeeded'
       GROUP BY t.id HAVING t.amount_reversed <> coalesce(sum(r.amount), 0)`,
  },
];
