import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { capturedOf, type LockedOrder, OrderDisputes, OrderRefunds } from '../orders/index.js';
import { type EventOutcome, PaymentExceptions, type ProviderEvent } from '../payments/index.js';
import { DisputeBooking } from './dispute-booking.service.js';
import { type DisputeStep, moneyOf, reduceDispute } from './dispute-reducer.js';
import { type ReadDispute, readDispute } from './dispute-report.js';
import type { Dispute } from './dispute.types.js';
import { DisputesRepository } from './disputes.repository.js';

type Change = Exclude<DisputeStep, { kind: 'ignore' }>;

/**
 * The only writer of disputes. Hyperswitch's document names no way to ask for one, so that its signed
 * deliveries are the only source; a repeated, late or reordered one changes nothing.
 */
@Injectable()
export class DisputeSettlement {
  constructor(
    private readonly orderDisputes: OrderDisputes,
    private readonly orders: OrderRefunds,
    private readonly disputes: DisputesRepository,
    private readonly booking: DisputeBooking,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /** Applies a verified report; `unmatched` while no paid order has its payment (07 7.9.4). */
  async apply(event: ProviderEvent): Promise<EventOutcome> {
    const { paymentId } = event;
    const orderId = paymentId === undefined ? null : await this.orderDisputes.findOrderId(paymentId);
    return orderId === null ? 'unmatched' : this.reduce(orderId, event);
  }

  /** Everything or nothing, under the lock of the order and then of the dispute. */
  @Transactional()
  protected async reduce(orderId: string, event: ProviderEvent): Promise<EventOutcome> {
    const order = await this.orders.lockForRefund(orderId);
    const isPaid = order.completedAt !== null || order.unfulfilledAmountMinor !== null;
    // The bank was faster than the news of the payment: it is tried again until those are here.
    if (!isPaid) return 'unmatched';
    const known = await this.disputes.findForUpdate(event.objectId);
    const report = readDispute(event);
    const step = reduceDispute(known, report);
    if (step.kind === 'ignore') return 'ignored';
    if (known === null) return this.begin(order, event, report, step);
    return this.follow(order, known, report, step);
  }

  private async begin(
    order: LockedOrder,
    event: ProviderEvent,
    report: ReadDispute,
    { status, from, to }: Change,
  ): Promise<EventOutcome> {
    const { amountMinor, currency } = report;
    const isReadable = amountMinor !== undefined && amountMinor > 0;
    if (!isReadable || currency !== capturedOf(order).currency) {
      await this.raiseMismatch(order, event, report);
      return 'contradiction';
    }
    const now = this.clock.now();
    const dispute: Dispute = {
      id: newId(),
      pspDisputeId: event.objectId,
      orderId: order.id,
      amountMinor,
      currency,
      reason: report.reason,
      status,
      tookAll: false,
      providerUpdatedAt: report.updatedAt ?? null,
      challengeRequiredBy: report.challengeRequiredBy,
      openedAt: now,
      closedAt: to === 'withheld' ? null : now,
      contradictedAt: null,
      contradictedBy: null,
      updatedAt: now,
    };
    await this.disputes.insert(dispute);
    await this.booking.move(order, dispute, { from, to });
    return 'applied';
  }

  private async follow(
    order: LockedOrder,
    known: Dispute,
    report: ReadDispute,
    { kind, status, from, to }: Change,
  ): Promise<EventOutcome> {
    const now = this.clock.now();
    const isContradiction = kind === 'contradict';
    const dispute: Dispute = {
      ...known,
      ...(isContradiction
        ? { contradictedAt: now, contradictedBy: status }
        : { status, closedAt: moneyOf(status) === 'withheld' ? null : now }),
      providerUpdatedAt: report.updatedAt ?? known.providerUpdatedAt,
      updatedAt: now,
    };
    await this.disputes.update(dispute);
    await this.booking.move(order, dispute, { from, to });
    if (!isContradiction) return 'applied';
    await this.exceptions.raise({
      kind: 'dispute_contradiction',
      provider: 'hyperswitch',
      orderId: order.id,
      disputeId: dispute.id,
      message: `The provider reports "${status}" for a dispute that was ${known.status}`,
      details: { psp_dispute_id: dispute.pspDisputeId, amount: dispute.amountMinor },
    });
    return 'contradiction';
  }

  private async raiseMismatch(order: LockedOrder, event: ProviderEvent, report: ReadDispute): Promise<void> {
    await this.exceptions.raise({
      kind: 'dispute_mismatch',
      provider: event.provider,
      orderId: order.id,
      webhookEventId: event.webhookEventId,
      message: `The dispute ${event.objectId} is about ${String(report.amountMinor)} ${String(report.currency)}`,
      details: { psp_dispute_id: event.objectId, status: report.status, order_currency: order.currency },
    });
  }
}
