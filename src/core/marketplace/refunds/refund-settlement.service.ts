import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { capturedOf, type LockedOrder, OrderRefunds } from '../orders/index.js';
import type { EventOutcome, ProviderEvent } from '../payments/index.js';
import type { Refund, RefundSettledBy } from './refund.entity.js';
import { RefundBooking } from './refund-booking.service.js';
import { RefundCases } from './refund-cases.service.js';
import { reduceRefund } from './refund-reducer.js';
import { refundStates } from './refund-states.js';
import { refundNotFound } from './refunds.errors.js';
import { type RefundSettled, refundFailed, refundSucceeded } from './refunds.events.js';
import { RefundsRepository } from './refunds.repository.js';

/** A refund and its order, both locked until the transaction ends. */
export interface LockedRefund {
  order: LockedOrder;
  refund: Refund;
}

/** Who says that a refund ended, and when the provider said so. */
interface Ending {
  settledBy: RefundSettledBy;
  providerUpdatedAt: Date | null;
}
/** Why a refund failed, in the provider's words. */
interface Failure extends Ending {
  code: string | null;
  message: string | null;
}

/**
 * Phase 3: the only place that ends a refund. It locks the order, then the refund, then licences, balances
 * and transfers (07 7.6.23), and it does everything or nothing (7.6.9).
 */
@Injectable()
export class RefundSettlement {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly refunds: RefundsRepository,
    private readonly booking: RefundBooking,
    private readonly cases: RefundCases,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** A definite refusal of phase 2: the buyer may ask again (S1). */
  @Transactional()
  async refuse(known: Refund, { code, message }: { code: string; message: string }): Promise<void> {
    const { order, refund } = await this.lock(known);
    if (refund.status !== 'pending') return;
    await this.fail(order, refund, { code, message, settledBy: 'refusal', providerUpdatedAt: null });
  }

  /** Locks a refund after its order (07 7.6.23). @throws DomainError 404 `REFUND_NOT_FOUND` */
  @Transactional(Propagation.Mandatory)
  async lock({ id, orderId }: Pick<Refund, 'id' | 'orderId'>): Promise<LockedRefund> {
    const order = await this.orders.lockForRefund(orderId);
    const refund = await this.refunds.findForUpdate(id);
    if (refund === null) throw refundNotFound();
    return { order, refund };
  }

  /** Ends a refund as an administrator decided, who holds it locked. */
  @Transactional(Propagation.Mandatory)
  async settle({ order, refund }: LockedRefund, outcome: 'succeeded' | 'failed'): Promise<void> {
    const ending = { settledBy: 'admin', providerUpdatedAt: null } as const;
    if (outcome === 'succeeded') await this.succeed(order, refund, ending);
    else await this.fail(order, refund, { ...ending, code: null, message: null });
  }

  /**
   * Applies a verified report of a refund once.
   * @param isBinding false: its source may end nothing, and a terminal word is only put on the exceptions list
   */
  @Transactional()
  async reduce(
    known: Refund,
    event: ProviderEvent,
    { isBinding }: { isBinding: boolean },
  ): Promise<EventOutcome> {
    const { order, refund } = await this.lock(known);
    const step = reduceRefund({ ...refund, amountMinor: refund.amount }, event);
    if (step === 'ignore') return 'ignored';
    if (step === 'review') {
      await this.refunds.update(refund.id, { reviewSince: refund.reviewSince ?? this.clock.now() });
      return 'applied';
    }
    if (step === 'mismatch') {
      await this.cases.raiseReported(refund, event, {
        kind: 'refund_mismatch',
        message: 'The provider reports other money than the refund is about',
      });
      return 'contradiction';
    }
    if (!isBinding) {
      await this.cases.raiseUnconfirmed(refund, event);
      return 'contradiction';
    }
    if (step === 'contradict') return this.contradict(order, refund, event);
    const ending: Ending = { settledBy: event.source, providerUpdatedAt: event.updatedAt ?? null };
    if (step === 'succeed') await this.succeed(order, refund, ending);
    else await this.fail(order, refund, { ...ending, code: null, message: event.errorMessage ?? null });
    return 'applied';
  }

  private async succeed(order: LockedOrder, refund: Refund, ending: Ending): Promise<void> {
    refundStates.assert(refund.status, 'succeeded');
    const now = this.clock.now();
    await this.refunds.update(refund.id, {
      status: 'succeeded',
      succeededAt: now,
      unknownSince: null,
      nextCheckAt: null,
      updatedAt: now,
      ...ending,
    });
    await this.booking.giveBack(order, refund);
    await this.cases.closeOpen(refund.id);
    await this.outbox.append(refundSucceeded, { aggregateId: refund.id, payload: settledOf(order, refund) });
  }

  private async fail(
    order: LockedOrder,
    refund: Refund,
    { code, message, ...ending }: Failure,
  ): Promise<void> {
    refundStates.assert(refund.status, 'failed');
    const now = this.clock.now();
    await this.refunds.update(refund.id, {
      status: 'failed',
      failedAt: now,
      failureCode: code,
      errorMessage: message,
      unknownSince: null,
      nextCheckAt: null,
      updatedAt: now,
      ...ending,
    });
    await this.booking.letGo(order);
    await this.cases.closeOpen(refund.id);
    if (refund.origin === 'automatic') {
      await this.cases.raise(refund, 'automatic_refund_failed', 'The money of the buyer is still with us');
    }
    // The buyer never heard of the others.
    if (refund.origin !== 'request') return;
    await this.outbox.append(refundFailed, { aggregateId: refund.id, payload: settledOf(order, refund) });
  }

  /** The opposite of a settled refund is the newer truth: the books follow, a person is told (07 7.9.17). */
  private async contradict(order: LockedOrder, refund: Refund, event: ProviderEvent): Promise<EventOutcome> {
    const isTakenBack = refund.status === 'succeeded';
    const leftMinor = capturedOf(order).amountMinor - order.refundedAmountMinor;
    if (!isTakenBack && refund.amount > leftMinor) {
      await this.cases.raiseReported(refund, event, {
        kind: 'refund_exceeds_captured',
        message: `The provider reports a failed refund as succeeded, and only ${String(leftMinor)} are left`,
      });
      // The news that make room for it may still be on their way, so it is tried again.
      return 'unmatched';
    }
    const now = this.clock.now();
    await this.refunds.update(refund.id, {
      contradictedAt: now,
      providerUpdatedAt: event.updatedAt ?? refund.providerUpdatedAt,
      updatedAt: now,
    });
    if (isTakenBack) {
      await this.booking.undo(order, refund);
    } else {
      // Through `refund_pending`, as every refund (07 7.3).
      await this.orders.noteProgress(order.id, { refundedMinor: order.refundedAmountMinor, isOpen: true });
      await this.booking.giveBack(order, refund);
      await this.cases.closeOpen(refund.id);
    }
    await this.cases.raiseReported(refund, event, {
      kind: isTakenBack ? 'refund_failed_after_success' : 'refund_succeeded_after_failure',
      message: `The provider reports "${event.status ?? ''}" for a refund that was ${refund.status}`,
    });
    return 'contradiction';
  }
}

const settledOf = (order: LockedOrder, refund: Refund): RefundSettled => ({
  refundId: refund.id,
  orderId: order.id,
  buyerId: order.buyerId,
  amountMinor: refund.amount,
  currency: refund.currency,
  isPartial: refund.amount < capturedOf(order).amountMinor,
});
