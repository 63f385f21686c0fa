import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { LicensesService } from '../licenses/index.js';
import { type LockedOrder, sharesOfAllocation } from '../orders/index.js';
import { PaymentExceptions } from '../payments/index.js';
import { PayoutsService } from '../payouts/index.js';
import type { Dispute } from './dispute.types.js';
import { DisputedOrders, leftOfSale, type Movement, sumOf } from './disputed-orders.service.js';

/**
 * What the way of the disputed money does, in the order of locks: order, licences, books, transfers. The
 * caller holds the order and the dispute locked, and has written the dispute.
 */
@Injectable()
export class DisputeBooking {
  constructor(
    private readonly orders: DisputedOrders,
    private readonly licenses: LicensesService,
    private readonly ledger: LedgerService,
    private readonly payouts: PayoutsService,
    private readonly exceptions: PaymentExceptions,
  ) {}

  /** Moves the money of a dispute from one place to another. */
  @Transactional(Propagation.Mandatory)
  async move(order: LockedOrder, dispute: Dispute, way: Pick<Movement, 'from' | 'to'>): Promise<void> {
    if (way.from === way.to) return;
    const movement = await this.orders.move(order, dispute, way);
    await this.changeLicenses(order, movement);
    await this.post(order, dispute, movement);
    await this.changePayouts(order, dispute, movement);
    await this.noteLoss(order, dispute, movement);
  }

  /** Suspended while a dispute is open (07 7.9.24); revoked when it took all that was left. */
  private async changeLicenses(order: LockedOrder, movement: Movement): Promise<void> {
    const { from, to, parts, isAll, isOrderDisputed } = movement;
    if (to === 'taken' && isAll) {
      await this.licenses.revokeForOrder(order.id, 'disputed');
      return;
    }
    if (from === 'taken' && isAll) {
      await this.licenses.restoreForItems(parts.map((part) => part.orderItemId));
    }
    if (isOrderDisputed) await this.licenses.suspendForOrder(order.id);
    else await this.licenses.restoreForOrder(order.id);
  }

  private async post(order: LockedOrder, dispute: Dispute, { from, to, parts }: Movement): Promise<void> {
    const money = {
      disputeId: dispute.id,
      orderId: order.id,
      currency: dispute.currency,
      amountMinor: dispute.amountMinor,
    };
    const shares = { ...money, sellers: sharesOfAllocation(parts) };
    if (from === 'ours') {
      const isAgain = dispute.contradictedAt !== null;
      await this.ledger.post(isAgain ? postings.disputeOpenedAgain(money) : postings.disputeOpened(money));
    }
    if (from === 'taken' && parts.length > 0) await this.ledger.post(postings.disputeRestored(shares));
    if (to === 'taken' && parts.length > 0) await this.ledger.post(postings.disputeLost(shares));
    if (to === 'ours') await this.ledger.post(postings.disputeWon(money));
  }

  private async changePayouts(order: LockedOrder, dispute: Dispute, movement: Movement): Promise<void> {
    if (order.completedAt === null) return;
    const { from, to, parts, isAll, isOrderDisputed } = movement;
    const cause = { kind: 'dispute' as const, id: dispute.id };
    const sellers = sharesOfAllocation(parts).map(({ sellerId, netMinor, feeMinor }) => ({
      sellerId,
      netAmountMinor: netMinor,
      platformFeeMinor: feeMinor,
    }));
    if (to === 'taken' && parts.length > 0) {
      await this.payouts.reverseForOrder({ orderId: order.id, cause, sellers, isFull: isAll });
    }
    if (from === 'taken' && parts.length > 0) {
      await this.payouts.payAgainForOrder({ orderId: order.id, currency: dispute.currency, cause, sellers });
    }
    if (isOrderDisputed) await this.payouts.freezeForDispute(order.id);
    else await this.payouts.unfreezeForDispute(order.id);
  }

  /** Disputed money that the order no longer has is our loss: it stays on the account `disputes`. */
  private async noteLoss(order: LockedOrder, dispute: Dispute, { to, parts }: Movement): Promise<void> {
    if (to === 'ours') {
      const subject = { kind: 'dispute_after_refund', disputeId: dispute.id } as const;
      await this.exceptions.resolveFor(subject, 'the dispute was won');
      return;
    }
    const coveredMinor = to === 'taken' ? sumOf(parts) : leftOfSale(order);
    if (coveredMinor >= dispute.amountMinor) return;
    await this.exceptions.raise({
      kind: 'dispute_after_refund',
      provider: 'hyperswitch',
      orderId: order.id,
      disputeId: dispute.id,
      message: `${String(dispute.amountMinor)} ${dispute.currency} are disputed of an order that has ${String(coveredMinor)} left`,
      details: { psp_dispute_id: dispute.pspDisputeId, status: dispute.status },
    });
  }
}
