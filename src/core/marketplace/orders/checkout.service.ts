import { Injectable, Logger } from '@nestjs/common';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import {
  PaymentProvider,
  ProviderAmbiguous,
  ProviderMisconfigured,
  type ProviderPayment,
  ProviderRefusal,
} from '../payments/index.js';
import { CheckoutNotes } from './checkout-notes.service.js';
import { OrderOpening } from './order-opening.service.js';
import { paymentProviderUnavailable, paymentRefused } from './orders.errors.js';
import type { Order, OrderRequest } from './orders.types.js';

/** How the buyer goes on to pay; the secret is the provider's, kept sealed with the answer for replays alone. */
export interface CheckoutPayment {
  provider: string;
  paymentId: string;
  clientSecret: string | null;
  status: string;
}

/** An order with its payment; no payment for a free order. */
export interface Checkout {
  order: Order;
  payment: CheckoutPayment | null;
}

/** Buying: open the order, open its payment at the provider, note what it said (07 7.9.1, 7.9.2). */
@Injectable()
export class CheckoutService {
  private readonly logger = new Logger(CheckoutService.name);

  constructor(
    private readonly opening: OrderOpening,
    private readonly notes: CheckoutNotes,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Orders the products. The same key finds the same order again and goes on with the same payment.
   * @throws DomainError 400 `OWN_PRODUCT`, `MIXED_CURRENCIES`, `AMOUNT_BELOW_PRICE`, `AMOUNT_NOT_ALLOWED`,
   *   `EXCLUSIVE_OVERLAP`, 404 `PRODUCT_NOT_FOUND`, 409 `ALREADY_OWNED`, `PRODUCT_UNAVAILABLE`, `EXCLUSIVE_SOLD`
   *   (of a free order), what `DiscountUses.take` says, 422 `IDEMPOTENCY_KEY_REUSED`, `PAYMENT_REFUSED` (the order has failed),
   *   503 `PROVIDER_NOT_CONFIGURED` (nothing written), `PAYMENT_PROVIDER_UNAVAILABLE` (the order is pending)
   */
  async place(buyer: RequestUser, request: OrderRequest, idempotencyKey?: string): Promise<Checkout> {
    const order = await this.opening.open(buyer.id, request, idempotencyKey);
    if (order.pspPaymentId === null) return { order, payment: null };
    if (order.status === 'failed' && order.paymentStatus === null) throw paymentRefused(order.id);
    if (order.status !== 'pending') {
      return { order, payment: this.paymentOf(order.pspPaymentId, order.paymentStatus ?? order.status) };
    }
    const payment = await this.openPayment(order, order.pspPaymentId);
    const noted = await this.notes.notePayment(order.id, payment.status);
    return { order: noted, payment: this.paymentOf(payment.paymentId, payment.status, payment.clientSecret) };
  }

  private async openPayment(order: Order, paymentId: string): Promise<ProviderPayment> {
    try {
      return await this.provider.createPayment({
        paymentId,
        amountMinor: order.totalAmountMinor,
        currency: order.currency,
        orderId: order.id,
        customerId: order.buyerId,
        description: order.items
          .map((item) => item.title)
          .join(', ')
          .slice(0, 255),
      });
    } catch (error) {
      if (error instanceof ProviderRefusal) {
        await this.notes.failRefused(order.id, error.code);
        throw paymentRefused(order.id);
      }
      if (error instanceof ProviderAmbiguous || error instanceof ProviderMisconfigured) {
        this.logger.error({ err: error, order_id: order.id }, 'the payment could not be opened');
        throw paymentProviderUnavailable(order.id, error);
      }
      throw error;
    }
  }

  private paymentOf(paymentId: string, status: string, clientSecret?: string): CheckoutPayment {
    return { provider: this.provider.name, paymentId, clientSecret: clientSecret ?? null, status };
  }
}
