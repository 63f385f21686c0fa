import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import type { PayoutCause } from './payout-cause.js';
import type { PayoutOrder } from './payout-order.entity.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { transferDue } from './payouts.events.js';
import { SellerTransfersRepository, type TransferPatch } from './seller-transfers.repository.js';
import { TakeBacks, type TakeBack } from './take-backs.service.js';
import { transferStates } from './transfer-states.js';

const DAY_MS = 86_400_000;

/** A completed order as its sellers' transfers need it; amounts in minor units. */
export interface OrderToPayOut {
  orderId: string;
  currency: string;
  sellers: readonly { sellerId: string; netAmountMinor: number; platformFeeMinor: number }[];
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
    private readonly takeBacks: TakeBacks,
    private readonly outbox: OutboxWriter,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens one transfer per seller who earned something, due at once or after TRANSFER_HOLD_DAYS (07 7.9.9).
   * What was taken back meanwhile is taken off, without a rest as `reversed`. Once per order, however often told.
   */
  @Transactional()
  async processSellerTransfers(order: OrderToPayOut): Promise<void> {
    const root = await this.orders.lock(order.orderId);
    if (root.openedAt !== null) return;
    const now = this.clock.now();
    const holdMs = this.config.get('TRANSFER_HOLD_DAYS') * DAY_MS;
    await this.orders.update(order.orderId, { openedAt: now });
    const holdUntil = holdMs === 0 ? null : new Date(now.getTime() + holdMs);
    const rows = order.sellers
      .filter((seller) => seller.netAmountMinor > 0)
      .map((seller) => reducedEarly({ ...rowOf(order, seller, now), holdUntil }, root));
    await this.open(rows);
  }

  /**
   * The sellers are owed a share again that was taken back before (a contradicted refund, a dispute that was
   * won after all): one further transfer each, due at once. The order is open again, should it have been
   * closed; a hold stays, and so does a freeze. The caller has credited the sellers.
   */
  @Transactional(Propagation.Mandatory)
  async payAgainForOrder(order: PayAgain): Promise<void> {
    const root = await this.orders.lock(order.orderId);
    await this.orders.update(order.orderId, { refundedAt: null });
    if (root.openedAt === null) return this.forgetEarly(root, order);
    const now = this.clock.now();
    const existing = await this.transfers.findOfOrderForUpdate(order.orderId);
    const rows = order.sellers
      .filter((seller) => seller.netAmountMinor > 0)
      .map((seller) => {
        const earlier = existing.filter(({ sellerId }) => sellerId === seller.sellerId);
        const sequence = Math.max(0, ...earlier.map((row) => row.sequence)) + 1;
        return { ...rowOf(order, seller, now), sequence };
      });
    await this.open(rows);
  }

  /** A refund is requested: nothing of the order that has not left is sent any more. */
  @Transactional(Propagation.Mandatory)
  async holdForOrder(orderId: string): Promise<void> {
    await this.orders.lock(orderId);
    await this.orders.update(orderId, { heldAt: this.clock.now() });
  }

  /** The refund failed: what was held goes on. */
  @Transactional(Propagation.Mandatory)
  async releaseForOrder(orderId: string): Promise<void> {
    await this.orders.lock(orderId);
    await this.orders.update(orderId, { heldAt: null });
    await this.wake(orderId);
  }

  /** A dispute was opened: nothing of the order that has not left is sent while it is open. */
  @Transactional(Propagation.Mandatory)
  async freezeForDispute(orderId: string): Promise<void> {
    await this.orders.lock(orderId);
    await this.orders.update(orderId, { frozenAt: this.clock.now() });
  }

  /** No dispute is open any more: what was frozen goes on. */
  @Transactional(Propagation.Mandatory)
  async unfreezeForDispute(orderId: string): Promise<void> {
    await this.orders.lock(orderId);
    await this.orders.update(orderId, { frozenAt: null });
    await this.wake(orderId);
  }

  /**
   * A refund succeeded or a dispute was lost: what never left shrinks or is `reversed` at once, what left is
   * taken back in proportion to what was really sent, and what is on its way is remembered, so that its
   * settling takes it back or ends it (07 7.9.6, 7.9.7, 7.9.20). A refund's hold ends. The caller has debited
   * the sellers.
   */
  @Transactional(Propagation.Mandatory)
  async reverseForOrder(takeBack: TakeBack): Promise<void> {
    const { orderId, cause, isFull } = takeBack;
    const root = await this.orders.lock(orderId);
    if (cause.kind === 'refund') await this.orders.update(orderId, { heldAt: null });
    if (isFull) await this.orders.update(orderId, { refundedAt: this.clock.now() });
    await this.takeBacks.take(root, takeBack);
    if (cause.kind === 'refund' && root.heldAt !== null) await this.wake(orderId);
  }

  private async forgetEarly(root: PayoutOrder, { sellers }: PayAgain): Promise<void> {
    const earlyTakeBacks = { ...root.earlyTakeBacks };
    for (const { sellerId, netAmountMinor } of sellers) {
      earlyTakeBacks[sellerId] = Math.max(0, (earlyTakeBacks[sellerId] ?? 0) - netAmountMinor);
    }
    await this.orders.update(root.orderId, { earlyTakeBacks });
  }

  private async open(rows: readonly (TransferPatch & { id: string })[]): Promise<void> {
    if (rows.length === 0) return;
    await this.transfers.insert(rows);
    for (const row of rows) {
      if (row.status === 'pending' && row.holdUntil == null) await this.announceDue(row.id);
    }
  }

  private async wake(orderId: string): Promise<void> {
    const now = this.clock.now();
    for (const transfer of await this.transfers.findOfOrderForUpdate(orderId)) {
      const isDue = transfer.nextRetryAt !== null && transfer.nextRetryAt <= now;
      if (isDue && transferStates.can(transfer.status, 'processing')) await this.announceDue(transfer.id);
    }
  }

  private async announceDue(transferId: string): Promise<void> {
    await this.outbox.append(transferDue, { aggregateId: transferId, payload: { transferId } });
  }
}

/** A new transfer that nothing was taken from yet. */
const rowOf = (
  { orderId, currency }: OrderToPayOut,
  seller: OrderToPayOut['sellers'][number],
  now: Date,
) => ({
  id: newId(),
  orderId,
  sellerId: seller.sellerId,
  sequence: 1,
  currency,
  netAmount: seller.netAmountMinor,
  platformFee: seller.platformFeeMinor,
  reduced: 0,
  status: 'pending' as const,
  nextRetryAt: now as Date | null,
  reversedAt: null,
  createdAt: now,
  updatedAt: now,
});

function reducedEarly(
  row: ReturnType<typeof rowOf> & { holdUntil: Date | null },
  root: PayoutOrder,
): TransferPatch & { id: string } {
  const takenMinor = root.refundedAt === null ? (root.earlyTakeBacks[row.sellerId] ?? 0) : row.netAmount;
  const reduced = Math.min(row.netAmount, takenMinor);
  if (reduced < row.netAmount) return { ...row, reduced, nextRetryAt: row.holdUntil ?? row.nextRetryAt };
  return { ...row, reduced, status: 'reversed', nextRetryAt: null, reversedAt: row.createdAt };
}
