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
    finds: compareLines('order', SALES, bookedLines('order_id', ['order_completed'])),
  },
  {
    name: 'transfers_are_booked',
    finds: compareLines(
      'transfer',
      TRANSFERS,
      bookedLines('transfer_id', [
        'transfer_claimed',
        'transfer_completed',
        'transfer_returned',
        'reversal_succeeded',
      ]),
    ),
  },
  {
    name: 'reversals_are_booked',
    finds: compareLines('reversal', REVERSALS, bookedLines('reversal_id', ['reversal_succeeded'])),
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
