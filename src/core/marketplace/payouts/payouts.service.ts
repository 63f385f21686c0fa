import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import type { PayoutOrder } from './payout-order.entity.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { transferDue } from './payouts.events.js';
import { ReversalRequests } from './reversal-requests.service.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { transferStates } from './transfer-states.js';

const DAY_MS = 86_400_000;

/** A completed order as its sellers' transfers need it; amounts in minor units. */
export interface OrderToPayOut {
  orderId: string;
  currency: string;
  sellers: readonly { sellerId: string; netAmountMinor: number; platformFeeMinor: number }[];
}

/** Why money is taken back from sellers or paid to them again; `id` is ours. */
export interface PayoutCause {
  kind: 'refund' | 'dispute';
  id: string;
}

/** What sellers lose of an order; net amounts in minor units. */
export interface TakeBack {
  orderId: string;
  cause: PayoutCause;
  sellers: readonly { sellerId: string; netAmountMinor: number }[];
  /** Nothing of the order is left: whatever its transfers still hold is taken, and nothing more is sent. */
  isFull: boolean;
}

/** What sellers are owed again; amounts in minor units. */
export interface PayAgain extends OrderToPayOut {
  cause: PayoutCause;
}

/**
 * What happens to the transfers of an order as a whole. All of it goes through the order's root row, so
 * that completion, refund and sending may come in any order (07 7.7 f).
 */
@Injectable()
export class PayoutsService {
  constructor(
    private readonly orders: PayoutOrdersRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: ReversalRequests,
    private readonly outbox: OutboxWriter,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens one transfer per seller who earned something, due at once or after TRANSFER_HOLD_DAYS (07 7.9.9).
   * An order that was refunded meanwhile gets its rows as `reversed`. Once per order, however often told.
   */
  @Transactional()
  async processSellerTransfers(order: OrderToPayOut): Promise<void> {
    const root = await this.orders.lock(order.orderId);
    if (root.openedAt !== null) return;
    const now = this.clock.now();
    const dueAt = new Date(now.getTime() + this.config.get('TRANSFER_HOLD_DAYS') * DAY_MS);
    const rows = rowsOf(order, root, now, dueAt);
    await this.orders.setOpened(order.orderId, now);
    if (rows.length === 0) return;
    await this.transfers.insertMissing(rows);
    if (root.refundedAt !== null || dueAt > now) return;
    for (const { id } of rows) await this.announceDue(id);
  }

  /** A refund is requested: nothing of the order that has not left is sent any more. */
  @Transactional(Propagation.Mandatory)
  async holdForOrder(orderId: string): Promise<void> {
    await this.orders.lock(orderId);
    await this.orders.setHeld(orderId, this.clock.now());
  }

  /** The refund failed: what was held goes on. */
  @Transactional(Propagation.Mandatory)
  async releaseForOrder(orderId: string): Promise<void> {
    await this.orders.lock(orderId);
    await this.orders.setHeld(orderId, null);
    const now = this.clock.now();
    for (const transfer of await this.transfers.findOfOrderForUpdate(orderId)) {
      const isDue = transfer.nextRetryAt !== null && transfer.nextRetryAt <= now;
      if (isDue && transferStates.can(transfer.status, 'processing')) await this.announceDue(transfer.id);
    }
  }

  /**
   * The refund succeeded: what never left is `reversed` at once, what left is taken back, and what is on
   * its way is marked, so that its settling takes it back or ends it (07 7.9.6, 7.9.20).
   */
  @Transactional(Propagation.Mandatory)
  async reverseForOrder({ orderId, cause, isFull }: TakeBack): Promise<void> {
    if (!isFull) throw new Error('A part of an order cannot be taken back yet');
    const refundId = cause.id;
    await this.orders.lock(orderId);
    await this.orders.setRefunded(orderId, refundId, this.clock.now());
    for (const transfer of await this.transfers.findOfOrderForUpdate(orderId)) {
      await this.reverse(transfer, refundId);
    }
  }

  /** A dispute was opened: nothing of the order that has not left is sent while it is open. */
  @Transactional(Propagation.Mandatory)
  async freezeForDispute(orderId: string): Promise<void> {
    await this.holdForOrder(orderId);
  }

  /** The dispute is over: what was frozen goes on. */
  @Transactional(Propagation.Mandatory)
  async unfreezeForDispute(orderId: string): Promise<void> {
    await this.releaseForOrder(orderId);
  }

  /**
   * The sellers are owed a share again that was taken back before (a contradicted refund, a dispute that was
   * won after all): opens one further transfer each.
   */
  @Transactional(Propagation.Mandatory)
  async payAgainForOrder({ orderId }: PayAgain): Promise<void> {
    await this.orders.lock(orderId);
    throw new Error('Not yet');
  }

  private async reverse(transfer: SellerTransfer, refundId: string): Promise<void> {
    if (transfer.status === 'completed') return this.reversals.open(transfer, refundId);
    const now = this.clock.now();
    if (transfer.status === 'processing' || transfer.outcomeUnknown) {
      await this.transfers.update(transfer.id, {
        reversalRefundId: refundId,
        ...(transfer.status === 'processing' ? {} : { nextRetryAt: now }),
        updatedAt: now,
      });
      return this.announceDue(transfer.id);
    }
    if (!transferStates.can(transfer.status, 'reversed') || transfer.stripeTransferId !== null) return;
    await this.transfers.update(transfer.id, {
      status: 'reversed',
      reversalRefundId: refundId,
      reversedAt: now,
      nextRetryAt: null,
      updatedAt: now,
    });
  }

  private async announceDue(transferId: string): Promise<void> {
    await this.outbox.append(transferDue, { aggregateId: transferId, payload: { transferId } });
  }
}

function rowsOf(
  { orderId, currency, sellers }: OrderToPayOut,
  root: PayoutOrder,
  now: Date,
  dueAt: Date,
): (Pick<
  SellerTransfer,
  'id' | 'orderId' | 'sellerId' | 'currency' | 'netAmount' | 'platformFee' | 'status'
> &
  Pick<SellerTransfer, 'nextRetryAt' | 'reversalRefundId' | 'reversedAt' | 'createdAt' | 'updatedAt'>)[] {
  const isRefunded = root.refundedAt !== null;
  return sellers
    .filter((seller) => seller.netAmountMinor > 0)
    .map((seller) => ({
      id: newId(),
      orderId,
      sellerId: seller.sellerId,
      currency,
      netAmount: seller.netAmountMinor,
      platformFee: seller.platformFeeMinor,
      status: isRefunded ? ('reversed' as const) : ('pending' as const),
      nextRetryAt: isRefunded ? null : dueAt,
      reversalRefundId: root.refundId,
      reversedAt: isRefunded ? now : null,
      createdAt: now,
      updatedAt: now,
    }));
}
