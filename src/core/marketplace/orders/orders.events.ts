import { defineEvent } from '../../../infrastructure/events/index.js';
import type { PaymentExceptionKind } from '../payments/index.js';

/** What `order.completed` carries; amounts in minor units, one entry per seller. */
export interface OrderCompleted {
  orderId: string;
  buyerId: string;
  currency: string;
  totalAmountMinor: number;
  sellers: { sellerId: string; netAmountMinor: number; platformFeeMinor: number }[];
}

/** An order was paid (or was free) and its licences were granted; aggregate id is the order's. */
export const orderCompleted = defineEvent<OrderCompleted>({
  type: 'order.completed',
  handlers: ['payouts.open-transfers', 'orders.send-receipt'],
});

/** What `order.unfulfillable` carries; the amount that was captured, in minor units. */
export interface OrderUnfulfillable {
  orderId: string;
  exceptionKind: PaymentExceptionKind;
  amountMinor: number;
  currency: string;
}

/** An order was paid and cannot be fulfilled: the money goes back by itself; aggregate id is the order's. */
export const orderUnfulfillable = defineEvent<OrderUnfulfillable>({
  type: 'order.unfulfillable',
  handlers: ['refunds.open-automatic'],
});
