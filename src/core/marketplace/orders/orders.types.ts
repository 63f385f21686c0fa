import type { OrderStatus } from './order-states.js';

/** A sold thing with its frozen price and fee in minor units (07 7.9.14). */
export interface LockedOrderItem {
  id: string;
  productId: string;
  sellerId: string;
  unitPriceMinor: number;
  platformFeeMinor: number;
  netAmountMinor: number;
}

/** An order whose row stays locked until the caller's transaction ends. */
export interface LockedOrder {
  id: string;
  buyerId: string;
  status: OrderStatus;
  totalAmountMinor: number;
  refundedAmountMinor: number;
  currency: string;
  pspPaymentId: string | null;
  refundDeadline: Date | null;
  completedAt: Date | null;
  createdAt: Date;
  items: LockedOrderItem[];
}
