import type { ProviderPayment, ProviderRefund } from './payment-provider.js';

/** The payment provider's own books, read only; throws like `PaymentProvider`. */
export abstract class PaymentBooks {
  abstract readonly name: string;
  abstract isConfigured(): boolean;
  /** Payments that were created in [from, to), page by page. */
  abstract listPayments(from: Date, to: Date): AsyncIterable<ProviderPayment[]>;
  /** Refunds that were created in [from, to), page by page. */
  abstract listRefunds(from: Date, to: Date): AsyncIterable<ProviderRefund[]>;
}
