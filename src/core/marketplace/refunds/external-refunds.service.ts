import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import { capturedOf, type LockedOrder, OrderRefunds, OrdersService } from '../orders/index.js';
import { type EventOutcome, PaymentProvider, type ProviderEvent } from '../payments/index.js';
import type { Refund } from './refund.entity.js';
import { RefundCases } from './refund-cases.service.js';
import { RefundWriter } from './refund-writer.service.js';
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
    private readonly writer: RefundWriter,
    private readonly cases: RefundCases,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * The pending refund for an id that is none of ours. `unmatched` while its payment is not ours or not booked
   * yet, `contradiction` with a case when its money does not fit. One that failed is kept as well: the older news
   * of its success may still be on its way (08 1.5).
   */
  async adopt(event: ProviderEvent): Promise<Refund | EventOutcome> {
    const report = await this.completed(event);
    if (report === null) return 'unmatched';
    const orderId = await this.orderIds.findOrderIdByPspPaymentId(report.paymentId);
    if (orderId === null) return 'unmatched';
    return this.store(orderId, report);
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
    if (!doesFit(order, report)) {
      if (report.status === 'failed') return 'ignored';
      // It fits what was paid: the news that an earlier refund was taken back is still on its way.
      if (doesFit({ ...order, refundedAmountMinor: 0 }, report)) return 'unmatched';
      await this.cases.raiseExternal(orderId, report);
      return 'contradiction';
    }
    const subject = { origin: 'external', initiatorId: null, itemIds: null, reason: null } as const;
    return this.writer.adopt(
      order,
      { ...subject, amount: report.amountMinor },
      { pspRefundId: report.objectId, syncStatus: report.status },
    );
  }
}

const isComplete = (event: ProviderEvent): event is CompleteReport =>
  event.status !== undefined &&
  event.paymentId !== undefined &&
  event.amountMinor !== undefined &&
  event.currency !== undefined;

/** An open refund of ours does not count: the provider refuses it when the dashboard was faster. */
function doesFit(order: LockedOrder, { amountMinor, currency }: CompleteReport): boolean {
  const captured = capturedOf(order);
  const isSameCurrency = currency.toUpperCase() === captured.currency;
  return isSameCurrency && amountMinor > 0 && amountMinor <= captured.amountMinor - order.refundedAmountMinor;
}
