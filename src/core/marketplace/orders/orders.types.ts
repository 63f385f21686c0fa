import type { LicenseType, ProductType } from '../products/index.js';
import type { OrderStatus } from './order-states.js';

/** A sold thing with its frozen price and fee in minor units (07 7.9.14). */
export interface LockedOrderItem {
  id: string;
  productId: string;
  sellerId: string;
  unitPriceMinor: number;
  platformFeeMinor: number;
  netAmountMinor: number;
  /** What refunds and lost disputes have given back of fee and net. */
  givenFeeMinor: number;
  givenNetMinor: number;
}

/** An order whose row stays locked until the caller's transaction ends. */
export interface LockedOrder {
  id: string;
  buyerId: string;
  status: OrderStatus;
  totalAmountMinor: number;
  refundedAmountMinor: number;
  currency: string;
  /** What was paid although nothing could be sold for it, in its own currency; null for a sale. */
  unfulfilledAmountMinor: number | null;
  unfulfilledCurrency: string | null;
  disputedAt: Date | null;
  pspPaymentId: string | null;
  refundDeadline: Date | null;
  completedAt: Date | null;
  createdAt: Date;
  items: LockedOrderItem[];
}

/** What a buyer asks for; the amount is what they want to pay in minor units, null the price. */
export interface OrderRequest {
  lines: readonly { productId: string; amountMinor: number | null }[];
  /** As the discounts know it, in upper case. */
  discountCode: string | null;
}

/** An item with what was promised when it was ordered; the list price less the discount is the unit price. */
export interface OrderItem extends LockedOrderItem {
  listPriceMinor: number;
  discountMinor: number;
  /** The amount that the buyer named, if they did. */
  requestedAmountMinor: number | null;
  title: string;
  productType: ProductType;
  licenseType: LicenseType;
  trackIds: string[];
}

/** An order with everything that is known of it; `paymentStatus` is the provider's word. */
export interface Order extends Omit<LockedOrder, 'items'> {
  paymentStatus: string | null;
  paymentUpdatedAt: Date | null;
  statusBeforeRefund: OrderStatus | null;
  discountCode: string | null;
  failureCode: string | null;
  items: OrderItem[];
}

/** Which orders to list. */
export interface OrderQuery {
  page: number;
  limit: number;
  cursor?: string;
  status?: OrderStatus;
}

/** Which sales of a seller to list; `from` inclusive, `to` exclusive, by the moment of the sale. */
export interface SaleQuery extends OrderQuery {
  from?: Date;
  to?: Date;
}

/** One sold item, as its seller sees it; amounts in minor units. */
export interface Sale {
  id: string;
  orderId: string;
  productId: string;
  title: string;
  licenseType: LicenseType;
  status: OrderStatus;
  listPriceMinor: number;
  discountMinor: number;
  unitPriceMinor: number;
  platformFeeMinor: number;
  netAmountMinor: number;
  currency: string;
  soldAt: Date;
}
