import type { ReceiptMailData } from '../../../infrastructure/mail/index.js';
import type { Order } from './orders.types.js';

/**
 * What the receipt of a completed order says.
 * @param numbers the number of the licence that each item granted, by item id
 * @throws Error when the order is not completed or an item granted nothing: completion writes both at once
 */
export function receiptOf(
  order: Order,
  buyerName: string,
  numbers: ReadonlyMap<string, string>,
  verificationUrlOf: (number: string) => string,
): ReceiptMailData {
  if (order.completedAt === null) throw new Error(`Order ${order.id} is not completed`);
  const isFree = order.totalAmountMinor === 0;
  return {
    name: buyerName,
    order_id: order.id,
    paid_at: order.completedAt.toISOString(),
    items: order.items.map((item) => {
      const number = numbers.get(item.id);
      if (number === undefined) throw new Error(`Item ${item.id} granted no license`);
      return {
        title: item.title,
        list_minor: item.listPriceMinor,
        discount_minor: item.discountMinor,
        amount_minor: item.unitPriceMinor,
        license_number: number,
        verify_url: verificationUrlOf(number),
      };
    }),
    total_minor: order.totalAmountMinor,
    currency: order.currency,
    is_free: isFree,
    refund_deadline: isFree ? null : (order.refundDeadline?.toISOString() ?? null),
  };
}
