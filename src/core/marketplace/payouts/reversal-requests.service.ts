import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import type { PayoutCause } from './payout-cause.js';
import { transferDue, transferReversalRequested } from './payouts.events.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import type { TransferReversal } from './transfer-reversal.entity.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';
import { transferStates, type TransferStatus } from './transfer-states.js';

/**
 * Asks for a transfer, or a part of it, back: one row with its own key per cause (07 7.9.6). The row of a
 * transfer that has not arrived waits for it. All methods expect the transfer's lock to be held.
 */
@Injectable()
export class ReversalRequests {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** @param amountMinor of what was sent, in minor units */
  @Transactional(Propagation.Mandatory)
  async open(transfer: SellerTransfer, amountMinor: number, cause: PayoutCause): Promise<void> {
    const now = this.clock.now();
    await this.reversals.insert({
      id: newId(),
      transferId: transfer.id,
      causeKind: cause.kind,
      causeId: cause.id,
      amount: amountMinor,
      status: 'pending',
      nextRetryAt: now,
      createdAt: now,
      updatedAt: now,
    });
    if (transfer.stripeTransferId !== null) await this.start(transfer);
  }

  /** The transfer has arrived: what waits to be taken back may go. */
  @Transactional(Propagation.Mandatory)
  async start(transfer: SellerTransfer): Promise<TransferStatus> {
    for (const { id, status } of await this.reversals.findOpenOfTransfer(transfer.id)) {
      if (status !== 'pending') continue;
      await this.outbox.append(transferReversalRequested, { aggregateId: id, payload: { reversalId: id } });
    }
    return this.updateState(transfer);
  }

  /** Nothing arrived, so there is nothing to bring back. */
  @Transactional(Propagation.Mandatory)
  async cancelAll(transfer: SellerTransfer): Promise<void> {
    for (const { id } of await this.reversals.findOpenOfTransfer(transfer.id)) await this.cancel(id);
  }

  @Transactional(Propagation.Mandatory)
  async cancel(reversalId: string): Promise<void> {
    await this.reversals.update(reversalId, {
      status: 'canceled',
      nextRetryAt: null,
      updatedAt: this.clock.now(),
    });
  }

  /** The seller's transfers that waited for what this one would do are due: what he owes is decided. */
  @Transactional(Propagation.Mandatory)
  async wakeWithheld({ sellerId, currency }: SellerTransfer): Promise<void> {
    const now = this.clock.now();
    for (const transferId of await this.transfers.findWithheld(sellerId, currency)) {
      await this.transfers.update(transferId, { nextRetryAt: now });
      await this.outbox.append(transferDue, { aggregateId: transferId, payload: { transferId } });
    }
  }

  /** The state of a transfer that has arrived follows from its reversals. @returns the state */
  @Transactional(Propagation.Mandatory)
  async updateState(transfer: SellerTransfer): Promise<TransferStatus> {
    const status = stateAfter(transfer, await this.reversals.findOpenOfTransfer(transfer.id));
    if (status === transfer.status) return status;
    transferStates.assert(transfer.status, status);
    const now = this.clock.now();
    const change = { status, updatedAt: now, ...(status === 'reversed' ? { reversedAt: now } : {}) };
    await this.transfers.update(transfer.id, change);
    Object.assign(transfer, change);
    return status;
  }
}

function stateAfter(transfer: SellerTransfer, open: readonly TransferReversal[]): TransferStatus {
  if (open.some(({ status }) => status === 'failed')) return 'reversal_failed';
  if (open.length > 0) return 'reversal_pending';
  return transfer.amountReversed + transfer.recovered === transfer.amount ? 'reversed' : 'completed';
}
