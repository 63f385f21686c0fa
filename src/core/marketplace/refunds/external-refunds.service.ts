import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { capturedOf, type LockedOrder, OrderRefunds, OrdersService } from '../orders/index.js';
import {
  type EventOutcome,
  PaymentProvider,
  PolledEvents,
  type ProviderEvent,
  type ProviderRefund,
} from '../payments/index.js';
import { PayoutsService } from '../payouts/index.js';
import { newRefund } from './new-refund.js';
import type { Refund } from './refund.entity.js';
import { RefundCases } from './refund-cases.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** A report that says everything that a refund of the dashboard needs. */
type CompleteReport = ProviderEvent &
  Required<Pick<ProviderEvent, 'status' | 'paymentId' | 'amountMinor' | 'currency'>>;

/** Refunds that were made in the provider's dashboard: they become ours, with `origin` external (07 7.9.4). */
@Injectable()
export class ExternalRefunds {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly orderIds: OrdersService,
    private readonly refunds: RefundsRepository,
    private readonly payouts: PayoutsService,
    private readonly cases: RefundCases,
    private readonly provider: PaymentProvider,
    private readonly polled: PolledEvents,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * The pending refund for an id that is none of ours. `unmatched` while its payment is not ours or not booked
   * yet, `ignored` when it failed and so moved nothing, `contradiction` with a case when its money does not fit.
   */
  async adopt(event: ProviderEvent): Promise<Refund | EventOutcome> {
    const report = await this.completed(event);
    if (report === null) return 'unmatched';
    const orderId = await this.orderIds.findOrderIdByPspPaymentId(report.paymentId);
    if (orderId === null) return 'unmatched';
    return report.status === 'failed' ? 'ignored' : this.store(orderId, report);
  }

  /**
   * Asks the provider for all refunds of a payment and feeds the reducer with them: somebody has given back more
   * than we know of (08 1.3, IR_13).
   * @throws as the provider's port says
   */
  async reconcile({ pspPaymentId, pspRefundId }: Refund): Promise<void> {
    for (const found of await this.provider.listRefunds(pspPaymentId)) {
      if (found.refundId !== pspRefundId) await this.record(found);
    }
  }

  /** Puts what the provider said of a refund into the inbox, with `source` poll. */
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

  /** S1's flat deliveries leave things out; the provider is asked for them, outside any transaction. */
  private async completed(event: ProviderEvent): Promise<CompleteReport | null> {
    if (isComplete(event)) return event;
    if (!this.provider.isConfigured()) return null;
    const found = await this.provider.findRefund(event.objectId);
    if (found === null) return null;
    const { status, paymentId, amountMinor, currency, updatedAt } = found;
    return { ...event, status, paymentId, amountMinor, currency, updatedAt };
  }

  @Transactional()
  protected async store(orderId: string, report: CompleteReport): Promise<Refund | EventOutcome> {
    const order = await this.orders.lockForRefund(orderId);
    const known = await this.refunds.findByPspRefundId(report.objectId);
    if (known !== null) return known;
    // Its payment is not booked yet: that news is still on its way.
    if (order.completedAt === null && order.unfulfilledAmountMinor === null) return 'unmatched';
    const refund = this.refundOf(order, report);
    if (!doesFit(order, refund)) {
      await this.cases.raiseReported({ ...refund, id: undefined }, report, {
        kind: 'external_refund_mismatch',
        message: 'More, or another currency, was given back in the dashboard than the order has left',
      });
      return 'contradiction';
    }
    await this.refunds.insert(refund);
    await this.orders.noteProgress(orderId, { refundedMinor: order.refundedAmountMinor, isOpen: true });
    if (order.completedAt !== null) await this.payouts.holdForOrder(orderId);
    return refund;
  }

  private refundOf(order: LockedOrder, report: CompleteReport): Refund {
    const now = this.clock.now();
    const refund = newRefund(
      {
        orderId: order.id,
        origin: 'external',
        pspPaymentId: report.paymentId,
        amount: report.amountMinor,
        currency: report.currency.toUpperCase(),
        initiatorId: null,
        itemIds: null,
        reason: null,
      },
      now,
      this.config.get('REFUND_SWEEP_STEPS'),
    );
    return { ...refund, pspRefundId: report.objectId, pspAckAt: now, syncStatus: report.status };
  }
}

const isComplete = (event: ProviderEvent): event is CompleteReport =>
  event.status !== undefined &&
  event.paymentId !== undefined &&
  event.amountMinor !== undefined &&
  event.currency !== undefined;

/** An open refund of ours does not count: the provider refuses it when the dashboard was faster. */
function doesFit(order: LockedOrder, { amount, currency }: Refund): boolean {
  const captured = capturedOf(order);
  return (
    currency === captured.currency && amount > 0 && amount <= captured.amountMinor - order.refundedAmountMinor
  );
}
