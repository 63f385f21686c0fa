import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import {
  allocateOverItems,
  givenOf,
  type ItemAllocation,
  leftOfOrder,
  type LockedOrder,
  OrderDisputes,
  OrderRefunds,
} from '../orders/index.js';
import type { DisputedMoney } from './dispute-reducer.js';
import type { Dispute } from './dispute.types.js';
import { DisputesRepository } from './disputes.repository.js';

/** One way of the disputed money; `parts` is what it takes of the items, or gives back to them. */
export interface Movement {
  from: DisputedMoney;
  to: DisputedMoney;
  parts: readonly ItemAllocation[];
  /** Nothing of the order is left, or was left when the dispute was lost. */
  isAll: boolean;
  /** Another dispute of the order, or this one, is open afterwards. */
  isOrderDisputed: boolean;
}

/** What disputes make of an order and its items. */
@Injectable()
export class DisputedOrders {
  constructor(
    private readonly marks: OrderDisputes,
    private readonly orders: OrderRefunds,
    private readonly disputes: DisputesRepository,
  ) {}

  /** Writes the order's side of a movement. @returns what the rest of it needs */
  @Transactional(Propagation.Mandatory)
  async move(order: LockedOrder, dispute: Dispute, way: Pick<Movement, 'from' | 'to'>): Promise<Movement> {
    const parts = await this.partsOf(order, dispute, way);
    const openSince = await this.disputes.findOpenSince(order.id);
    const isAll = way.from === 'taken' ? dispute.tookAll : leftOfOrder(order) === sumOf(parts);
    await this.marks.setDisputed(order.id, openSince);
    if (way.from === 'taken') await this.giveBack(order, dispute, parts);
    if (way.to === 'taken') await this.take(order, dispute, { parts, isAll });
    return { ...way, parts, isAll, isOrderDisputed: openSince !== null };
  }

  /** A lost dispute takes at most what refunds and other disputes have left of a sale. */
  private async partsOf(
    order: LockedOrder,
    dispute: Dispute,
    { from, to }: Pick<Movement, 'from' | 'to'>,
  ): Promise<ItemAllocation[]> {
    if (from === 'taken') return this.disputes.findItems(dispute.id);
    if (to !== 'taken') return [];
    const amountMinor = Math.min(dispute.amountMinor, leftOfSale(order));
    return amountMinor > 0 ? allocateOverItems(order.items, givenOf(order), amountMinor) : [];
  }

  private async take(
    order: LockedOrder,
    dispute: Dispute,
    { parts, isAll }: Pick<Movement, 'parts' | 'isAll'>,
  ): Promise<void> {
    await this.orders.give(parts);
    await this.disputes.insertItems(dispute.id, parts);
    await this.disputes.setTookAll(dispute.id, isAll);
    await this.noteProgress(order);
  }

  private async giveBack(
    order: LockedOrder,
    dispute: Dispute,
    parts: readonly ItemAllocation[],
  ): Promise<void> {
    await this.orders.takeBack(parts);
    await this.disputes.deleteItems(dispute.id);
    await this.disputes.setTookAll(dispute.id, false);
    await this.noteProgress(order);
  }

  private async noteProgress(order: LockedOrder): Promise<void> {
    await this.orders.noteProgress(order.id, {
      refundedMinor: order.refundedAmountMinor,
      isOpen: order.status === 'refund_pending',
    });
  }
}

/** Money that bought nothing is no sale: nobody can be debited for it. */
export const leftOfSale = (order: LockedOrder): number =>
  order.completedAt === null ? 0 : leftOfOrder(order);

export const sumOf = (parts: readonly ItemAllocation[]): number =>
  parts.reduce((sum, part) => sum + part.amountMinor, 0);
