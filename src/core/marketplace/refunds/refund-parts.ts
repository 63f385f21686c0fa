import {
  allocateOverItems,
  type GivenOfItem,
  givenOf,
  type ItemAllocation,
  leftOfItems,
  type LockedOrder,
  type LockedOrderItem,
} from '../orders/index.js';
import type { Refund } from './refund.entity.js';

/**
 * Which part of which item a settling refund gives back (07 7.9.7). The items that it was asked for come first;
 * what exceeds them, because the dashboard gave a part back meanwhile, is taken from the others. Less than its
 * amount when a lost dispute has taken the rest.
 */
export function partsOfRefund(
  order: Pick<LockedOrder, 'items'>,
  { amount, itemIds }: Pick<Refund, 'amount' | 'itemIds'>,
): ItemAllocation[] {
  const given = givenOf(order);
  const isChosen = ({ id }: LockedOrderItem): boolean => itemIds === null || itemIds.includes(id);
  const chosen = upTo(amount, order.items.filter(isChosen), given);
  const others = order.items.filter((item) => !isChosen(item));
  return [...chosen, ...upTo(amount - amountOf(chosen), others, given)];
}

/** What the parts give back in total, in minor units. */
export const amountOf = (parts: readonly ItemAllocation[]): number =>
  parts.reduce((sum, part) => sum + part.amountMinor, 0);

function upTo(
  amountMinor: number,
  items: readonly LockedOrderItem[],
  given: readonly GivenOfItem[],
): ItemAllocation[] {
  const partMinor = Math.min(amountMinor, leftOfItems(items, given));
  return partMinor > 0 ? allocateOverItems(items, given, partMinor) : [];
}
