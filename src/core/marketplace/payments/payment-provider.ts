/** A payment as the provider sees it; amounts in minor units, `status` in the provider's words (08 1.4). */
export interface ProviderPayment {
  paymentId: string;
  status: string;
  amountMinor: number;
  /** What was captured; absent while nothing was. */
  amountReceivedMinor?: number;
  currency: string;
  clientSecret?: string;
  updatedAt?: Date;
}

/** A refund as the provider sees it; its status never ends ours by itself (07 7.9.3). */
export interface ProviderRefund {
  refundId: string;
  paymentId: string;
  status: 'pending' | 'succeeded' | 'failed' | 'review';
  amountMinor: number;
  currency: string;
  errorCode?: string;
  errorMessage?: string;
  updatedAt?: Date;
}

/** What it takes to open a payment; `paymentId` is ours and makes the call repeatable (07 7.9.1). */
export interface CreatePaymentRequest {
  paymentId: string;
  amountMinor: number;
  currency: string;
  orderId: string;
  customerId: string;
  description: string;
}

/** What it takes to open a refund; `refundId` is ours and makes the call repeatable (07 7.9.1). */
export interface CreateRefundRequest {
  refundId: string;
  paymentId: string;
  amountMinor: number;
  orderId: string;
}

/**
 * The payment provider behind a port. Every method throws
 * - `ProviderRefusal` when the provider said no for good and nothing happened there; never when it was only asked,
 * - `ProviderAmbiguous` when nobody knows whether it happened,
 * - `ProviderMisconfigured` when our credentials were refused,
 * - a 503 `PROVIDER_NOT_CONFIGURED` when there are no credentials,
 * and an Error when a database transaction is open (07 7.6.1).
 */
export abstract class PaymentProvider {
  abstract readonly name: string;
  /** True when address and key are there. */
  abstract isConfigured(): boolean;
  /** Opens the payment, or answers the one that is there under the same id. */
  abstract createPayment(request: CreatePaymentRequest): Promise<ProviderPayment>;
  /** The payment under our id, null when it never arrived. */
  abstract findPayment(paymentId: string): Promise<ProviderPayment | null>;
  /**
   * Closes a payment that nobody has paid, and answers what it is now: a payment that has moved on meanwhile
   * stays as it is. Null when it never arrived.
   */
  abstract cancelPayment(paymentId: string): Promise<ProviderPayment | null>;
  /** Opens the refund, or answers the one that is there under the same id. */
  abstract createRefund(request: CreateRefundRequest): Promise<ProviderRefund>;
  /** The refund under our id, null when it never arrived. */
  abstract findRefund(refundId: string): Promise<ProviderRefund | null>;
  /** Every refund of a payment, also those of the provider's dashboard. */
  abstract listRefunds(paymentId: string): Promise<ProviderRefund[]>;
}
