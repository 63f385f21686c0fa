import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { transferReversalRequested } from './payouts.events.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';
import { transferStates } from './transfer-states.js';

/** Asks for a completed transfer back: a row with its own key and an outbox event (07 7.9.6). */
@Injectable()
export class ReversalRequests {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** completed → reversal_pending, in the caller's transaction, which holds the transfer's lock. */
  @Transactional(Propagation.Mandatory)
  async open(transfer: SellerTransfer, refundId: string): Promise<void> {
    if (transfer.amount === null) throw new Error(`Transfer ${transfer.id} has no amount to take back`);
    transferStates.assert(transfer.status, 'reversal_pending');
    const now = this.clock.now();
    const reversalId = newId();
    await this.reversals.insert({
      id: reversalId,
      transferId: transfer.id,
      refundId,
      amount: transfer.amount - transfer.amountReversed,
      status: 'pending',
      nextRetryAt: now,
      createdAt: now,
      updatedAt: now,
    });
    await this.transfers.update(transfer.id, {
      status: 'reversal_pending',
      reversalRefundId: refundId,
      updatedAt: now,
    });
    await this.outbox.append(transferReversalRequested, {
      aggregateId: reversalId,
      payload: { reversalId },
    });
  }
}
