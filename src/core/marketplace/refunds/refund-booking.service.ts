import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { LicensesService } from '../licenses/index.js';
import {
  capturedOf,
  givenOf,
  type ItemAllocation,
  leftOfItems,
  leftOfOrder,
  type LockedOrder,
  OrderRefunds,
  sharesOfAllocation,
} from '../orders/index.js';
import { PayoutsService } from '../payouts/index.js';
import type { Refund } from './refund.entity.js';
import { RefundCases } from './refund-cases.service.js';
import { amountOf, partsOfRefund } from './refund-parts.js';
import { RefundsRepository } from './refunds.repository.js';

/**
 * What a settled refund does to licences, books, transfers and its order, and what its opposite undoes. The
 * caller holds the order and the refund locked.
 */
@Injectable()
export class RefundBooking {
  constructor(
    private readonly licenses: LicensesService,
    private readonly ledger: LedgerService,
    private readonly orders: OrderRefunds,
    private readonly payouts: PayoutsService,
    private readonly refunds: RefundsRepository,
    private readonly cases: RefundCases,
  ) {}

  /** The money is with the buyer: each seller is debited by their part of it (07 7.6.11, 7.9.7). */
  @Transactional(Propagation.Mandatory)
  async giveBack(order: LockedOrder, refund: Refund): Promise<void> {
    if (order.completedAt === null) await this.giveBuyersMoneyBack(order, refund);
    else await this.giveSaleBack(order, refund);
  }

  /** The provider took a settled refund back (07 7.9.17): the sale stands again and its sellers are paid. */
  @Transactional(Propagation.Mandatory)
  async undo(order: LockedOrder, refund: Refund): Promise<void> {
    if (order.completedAt === null) {
      await this.ledger.post(postings.unfulfilledRefundContradicted(buyersMoneyOf(refund)));
    } else {
      const parts = await this.refunds.findItems(refund.id);
      await this.restoreLicenses(order, refund, parts);
      await this.ledger.post(postings.refundContradicted(movementOf(refund, parts)));
      await this.orders.takeBack(parts);
      await this.payouts.payAgainForOrder({
        orderId: order.id,
        currency: refund.currency,
        cause: { kind: 'refund', id: refund.id },
        sellers: sharesOfAllocation(parts).map(({ sellerId, netMinor, feeMinor }) => ({
          sellerId,
          netAmountMinor: netMinor,
          platformFeeMinor: feeMinor,
        })),
      });
    }
    await this.noteProgress(order, order.refundedAmountMinor - refund.amount);
  }

  /** The refund came to nothing: the order is as it was, and what was held for it goes on. */
  @Transactional(Propagation.Mandatory)
  async letGo(order: LockedOrder): Promise<void> {
    const isOpen = await this.noteProgress(order, order.refundedAmountMinor);
    // Also when nothing is left: what a dispute has taken may come back, and is sent then.
    if (order.completedAt !== null && !isOpen) await this.payouts.releaseForOrder(order.id);
  }

  private async giveSaleBack(order: LockedOrder, refund: Refund): Promise<void> {
    const parts = partsOfRefund(order, refund);
    const isFull = leftOfOrder(order) === amountOf(parts);
    await this.refunds.insertItems(refund.id, parts);
    await this.orders.give(parts);
    if (isFull) await this.licenses.revokeForOrder(order.id, 'refunded');
    else if (refund.itemIds !== null) await this.licenses.revokeForItems(refund.itemIds, 'refunded');
    await this.ledger.post(postings.refundSucceeded(movementOf(refund, parts)));
    if (parts.length > 0) {
      await this.payouts.reverseForOrder({
        orderId: order.id,
        cause: { kind: 'refund', id: refund.id },
        sellers: sharesOfAllocation(parts).map(({ sellerId, netMinor }) => ({
          sellerId,
          netAmountMinor: netMinor,
        })),
        isFull,
      });
    }
    if (amountOf(parts) < refund.amount) await this.cases.raiseAfterDispute(refund, amountOf(parts));
    const isOpen = await this.noteProgress(order, order.refundedAmountMinor + refund.amount);
    // Taking back ended the hold, also that of a refund which is still open.
    if (isOpen && !isFull) await this.payouts.holdForOrder(order.id);
    else await this.payouts.releaseForOrder(order.id);
  }

  private async giveBuyersMoneyBack(order: LockedOrder, refund: Refund): Promise<void> {
    await this.ledger.post(postings.unfulfilledRefunded(buyersMoneyOf(refund)));
    const refundedMinor = order.refundedAmountMinor + refund.amount;
    await this.noteProgress(order, refundedMinor);
    if (refundedMinor === capturedOf(order).amountMinor) await this.cases.closeUnfulfilled(order.id);
  }

  /** What this refund had taken and neither another refund nor a lost dispute has; paused while one is open. */
  private async restoreLicenses(
    order: LockedOrder,
    refund: Refund,
    parts: readonly ItemAllocation[],
  ): Promise<void> {
    const revoked = leftOfOrder(order) === 0 ? order.items.map((item) => item.id) : (refund.itemIds ?? []);
    const byOthers = new Set(await this.refunds.findItemsOfOthers(order.id, refund.id));
    for (const id of itemsTakenBeside(order, parts)) byOthers.add(id);
    await this.licenses.restoreForItems(revoked.filter((id) => !byOthers.has(id)));
    if (order.disputedAt !== null) await this.licenses.suspendForOrder(order.id);
  }

  private async noteProgress(order: LockedOrder, refundedMinor: number): Promise<boolean> {
    const isOpen = await this.refunds.hasOpen(order.id);
    await this.orders.noteProgress(order.id, { refundedMinor, isOpen });
    return isOpen;
  }
}

/** The items of a sale that nothing is left of even without these parts; a free one is no such item. */
const itemsTakenBeside = (order: LockedOrder, parts: readonly ItemAllocation[]): string[] =>
  order.items
    .filter((item) => item.platformFeeMinor + item.netAmountMinor > 0)
    .filter((item) => leftOfItems([item], givenOf(order)) === 0)
    .map((item) => item.id)
    .filter((id) => parts.every((part) => part.orderItemId !== id));

const movementOf = (
  refund: Refund,
  parts: readonly ItemAllocation[],
): Parameters<typeof postings.refundSucceeded>[0] => ({
  refundId: refund.id,
  orderId: refund.orderId,
  currency: refund.currency,
  sellers: sharesOfAllocation(parts),
  lossMinor: refund.amount - amountOf(parts),
});

const buyersMoneyOf = (refund: Refund): Parameters<typeof postings.unfulfilledRefunded>[0] => ({
  refundId: refund.id,
  orderId: refund.orderId,
  currency: refund.currency,
  amountMinor: refund.amount,
});
