import { givenOf, leftOfItems, leftOfOrder, type LockedOrder } from '../orders/index.js';
import {
  itemNotRefundable,
  orderItemNotFound,
  orderNotRefundable,
  refundExceedsRest,
  refundItemsOrAmount,
} from './refunds.errors.js';

/** What is to be given back: some items, an amount in minor units, or with neither all that is left. */
export interface RefundWish {
  itemIds?: readonly string[];
  amountMinor?: number;
}

/** What a wish comes to now; `itemIds` is null unless items were named. */
export interface RefundChoice {
  amountMinor: number;
  itemIds: string[] | null;
  /** All that is left was asked for, without naming anything. */
  isWhole: boolean;
}

/** The order, and of which items the asker may choose; all when absent. */
type ChoosableOrder = LockedOrder & { choosableIds?: readonly string[] };

/**
 * Turns a wish into money under the order's lock (07 7.9.7): items are given back with all that is left of them.
 * @throws DomainError 400 `REFUND_ITEMS_OR_AMOUNT`, `ORDER_NOT_REFUNDABLE`; 422 `ORDER_ITEM_NOT_FOUND`,
 *   `ITEM_NOT_REFUNDABLE`, `REFUND_EXCEEDS_REST`
 */
export function chooseRefund(order: ChoosableOrder, { itemIds, amountMinor }: RefundWish): RefundChoice {
  const leftMinor = leftOfOrder(order);
  if (leftMinor <= 0) throw orderNotRefundable();
  if (itemIds !== undefined && amountMinor !== undefined) throw refundItemsOrAmount();
  if (itemIds !== undefined) return chooseItems(order, [...new Set(itemIds)]);
  if (amountMinor === undefined) return { amountMinor: leftMinor, itemIds: null, isWhole: true };
  if (amountMinor > leftMinor) throw refundExceedsRest(leftMinor);
  return { amountMinor, itemIds: null, isWhole: false };
}

function chooseItems(order: ChoosableOrder, itemIds: string[]): RefundChoice {
  const choosable = order.choosableIds ?? order.items.map((item) => item.id);
  const chosen = itemIds.map((id) => {
    const item = order.items.find((one) => one.id === id && choosable.includes(id));
    if (item === undefined || order.completedAt === null) throw orderItemNotFound(id);
    if (leftOfItems([item], givenOf(order)) === 0) throw itemNotRefundable(id);
    return item;
  });
  return { amountMinor: leftOfItems(chosen, givenOf(order)), itemIds, isWhole: false };
}
