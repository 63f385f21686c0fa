import type { SellerShare } from '../ledger/index.js';
import type { LockedOrderItem } from '../orders/index.js';

/** What each seller earned of an order, one share per seller, in minor units (07 7.6.11). */
export function sharesOf(items: readonly LockedOrderItem[]): SellerShare[] {
  const shares = new Map<string, SellerShare>();
  for (const { sellerId, netAmountMinor, platformFeeMinor } of items) {
    const share = shares.get(sellerId) ?? { sellerId, netMinor: 0, feeMinor: 0 };
    share.netMinor += netAmountMinor;
    share.feeMinor += platformFeeMinor;
    shares.set(sellerId, share);
  }
  return [...shares.values()];
}
