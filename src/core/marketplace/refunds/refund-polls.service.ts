import { Injectable } from '@nestjs/common';
import { PaymentProvider, PolledEvents, type ProviderRefund } from '../payments/index.js';
import type { Refund } from './refund.entity.js';

/** Hands what the provider answered about refunds to the reducer, through the inbox with `source` poll (08 3.2). */
@Injectable()
export class RefundPolls {
  constructor(
    private readonly provider: PaymentProvider,
    private readonly polled: PolledEvents,
  ) {}

  /**
   * Asks the provider for all other refunds of a payment: somebody has given back more than we know of (08 1.3,
   * IR_13). @throws as the provider's port says
   */
  async reconcile({ pspPaymentId, pspRefundId }: Refund): Promise<void> {
    for (const found of await this.provider.listRefunds(pspPaymentId)) {
      if (found.refundId !== pspRefundId) await this.record(found);
    }
  }

  /** Puts what the provider said of a refund into the inbox; the same again changes nothing. */
  async record(found: ProviderRefund): Promise<void> {
    await this.polled.record({
      provider: 'hyperswitch',
      kind: 'refund',
      objectId: found.refundId,
      statusKey: found.status,
      body: {
        refund_id: found.refundId,
        payment_id: found.paymentId,
        amount: found.amountMinor,
        currency: found.currency,
        status: found.status,
        error_code: found.errorCode ?? null,
        error_message: found.errorMessage ?? null,
        updated_at: found.updatedAt?.toISOString() ?? null,
      },
    });
  }
}
