import { allocate, feeOf } from '../../../common/money/index.js';
import type { DiscountCode, DiscountableItem } from './discount.types.js';

type Rule = Pick<
  DiscountCode,
  'sellerId' | 'percentBps' | 'amountMinor' | 'currency' | 'productIds' | 'minOrderAmountMinor'
>;

/**
 * What a code takes off each item, in minor units and in the order of the items; null when it does not fit the
 * order. A percentage is rounded half up per item; an amount is spread over the items by largest remainder. No
 * item gets cheaper than free, and a code that would take off nothing does not fit.
 */
export function discountsOf(
  rule: Rule,
  items: readonly DiscountableItem[],
  currency: string,
): number[] | null {
  if (rule.currency !== null && rule.currency !== currency) return null;
  const weights = items.map((item) => (isEligible(rule, item) ? item.priceMinor : 0));
  const subtotalMinor = weights.reduce((sum, weight) => sum + weight, 0);
  if (subtotalMinor < (rule.minOrderAmountMinor ?? 0)) return null;
  const { percentBps } = rule;
  const discounts =
    percentBps === null
      ? allocate(Math.min(rule.amountMinor ?? 0, subtotalMinor), weights)
      : weights.map((weight) => feeOf(weight, percentBps));
  return discounts.some((discount) => discount > 0) ? discounts : null;
}

const isEligible = (rule: Rule, item: DiscountableItem): boolean =>
  item.sellerId === rule.sellerId &&
  (rule.productIds.length === 0 || rule.productIds.includes(item.productId));
