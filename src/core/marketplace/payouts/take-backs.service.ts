import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { PaymentExceptions } from '../payments/index.js';
import type { PayoutCause } from './payout-cause.js';
import type { PayoutOrder } from './payout-order.entity.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { transferDue } from './payouts.events.js';
import { ReversalRequests } from './reversal-requests.service.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { closeTransferCases, NOTHING_LEFT } from './transfer-cases.js';
import { leftOf, reversedTarget } from './transfer-shares.js';
import { transferStates } from './transfer-states.js';

/** What sellers lose of an order; net amounts in minor units. */
export interface TakeBack {
  orderId: string;
  cause: PayoutCause;
  sellers: readonly { sellerId: string; netAmountMinor: number }[];
  /** Nothing of the order is left: whatever its transfers still hold is taken, and nothing more is sent. */
  isFull: boolean;
}

/** Takes what sellers lose out of their transfers: out of what never left first, then back from what did. */
@Injectable()
export class TakeBacks {
  constructor(
    private readonly orders: PayoutOrdersRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: ReversalRequests,
    private readonly exceptions: PaymentExceptions,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** The caller has locked the order's root. Before the transfers are opened it is only remembered. */
  @Transactional(Propagation.Mandatory)
  async take(root: PayoutOrder, takeBack: TakeBack): Promise<void> {
    const takenBySeller = new Map<string, number>();
    for (const { sellerId, netAmountMinor } of takeBack.sellers) {
      takenBySeller.set(sellerId, (takenBySeller.get(sellerId) ?? 0) + netAmountMinor);
    }
    if (root.openedAt === null) return this.remember(root, takenBySeller);
    const transfers = await this.transfers.findOfOrderForUpdate(root.orderId);
    for (const transfer of unsentFirst(transfers)) {
      const owedMinor = takeBack.isFull ? leftOf(transfer) : (takenBySeller.get(transfer.sellerId) ?? 0);
      const takenMinor = Math.min(owedMinor, leftOf(transfer));
      if (takenMinor <= 0) continue;
      await this.takeFrom(transfer, takenMinor, takeBack.cause);
      takenBySeller.set(transfer.sellerId, owedMinor - takenMinor);
    }
  }

  private async remember(root: PayoutOrder, takenBySeller: Map<string, number>): Promise<void> {
    const earlyTakeBacks = { ...root.earlyTakeBacks };
    for (const [sellerId, netMinor] of takenBySeller) {
      earlyTakeBacks[sellerId] = (earlyTakeBacks[sellerId] ?? 0) + netMinor;
    }
    await this.orders.update(root.orderId, { earlyTakeBacks });
  }

  private async takeFrom(transfer: SellerTransfer, netMinor: number, cause: PayoutCause): Promise<void> {
    if (transfer.amount === null) return this.takeUnsent(transfer, netMinor);
    const takenBack = transfer.takenBack + netMinor;
    const backMinor = reversedTarget(transfer, takenBack) - reversedTarget(transfer, transfer.takenBack);
    const now = this.clock.now();
    await this.transfers.update(transfer.id, { takenBack, updatedAt: now });
    Object.assign(transfer, { takenBack });
    if (backMinor > 0) await this.reversals.open(transfer, backMinor, cause);
    if (transfer.stripeTransferId !== null || transfer.status === 'processing') return;
    // Somebody must find out whether there is anything to bring back.
    await this.transfers.update(transfer.id, { nextRetryAt: now });
    await this.outbox.append(transferDue, {
      aggregateId: transfer.id,
      payload: { transferId: transfer.id },
    });
  }

  /** It never left: it shrinks, and without a rest it is `reversed` (07 7.9.20). */
  private async takeUnsent(transfer: SellerTransfer, netMinor: number): Promise<void> {
    const now = this.clock.now();
    const isUsedUp = transfer.withheld > 0;
    const isEmpty = leftOf(transfer) === netMinor;
    if (isEmpty) transferStates.assert(transfer.status, 'reversed');
    await this.transfers.update(transfer.id, {
      ...(isUsedUp ? { takenBack: transfer.takenBack + netMinor } : { reduced: transfer.reduced + netMinor }),
      ...(isEmpty ? { status: 'reversed' as const, reversedAt: now, nextRetryAt: null } : {}),
      updatedAt: now,
    });
    if (isEmpty) await closeTransferCases(this.exceptions, transfer.id, NOTHING_LEFT);
  }
}

/** What never left costs nothing to take; of the rest, the oldest first. */
const unsentFirst = (transfers: readonly SellerTransfer[]): SellerTransfer[] =>
  [...transfers].sort(
    (a, b) => Number(a.amount !== null) - Number(b.amount !== null) || a.sequence - b.sequence,
  );
