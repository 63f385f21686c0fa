import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { PaymentExceptions } from '../payments/index.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { transferNotCancelable, transferNotFound } from './payouts.errors.js';
import { SellerTransfersRepository, WITHHELD } from './seller-transfers.repository.js';
import { closeTransferCases } from './transfer-cases.js';
import { TransferListsRepository, type TransferView } from './transfer-lists.repository.js';
import { transferStates } from './transfer-states.js';

/** Ends a transfer that never left, as an administrator decided (07 7.9.20). */
@Injectable()
export class TransferCancellations {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly orders: PayoutOrdersRepository,
    private readonly lists: TransferListsRepository,
    private readonly exceptions: PaymentExceptions,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Nothing sends it any more but an administrator's retry. The money stays payable: it remains in the seller's
   * available balance and counts against later debts.
   * @throws DomainError 404 `TRANSFER_NOT_FOUND`, 409 `TRANSFER_NOT_CANCELABLE`
   */
  async cancel(transferId: string, reason: string): Promise<TransferView> {
    await this.end(transferId, reason);
    const transfer = await this.lists.find(transferId);
    if (!transfer) throw transferNotFound();
    return transfer;
  }

  @Transactional()
  protected async end(transferId: string, reason: string): Promise<void> {
    const seen = await this.transfers.find(transferId);
    if (!seen) throw transferNotFound();
    await this.orders.lock(seen.orderId);
    const transfer = await this.transfers.findForUpdate(transferId);
    if (!transfer) throw transferNotFound();
    const { status, failureCode } = transfer;
    const hasNeverLeft = transfer.amount === null && transferStates.can(status, 'canceled');
    if (!hasNeverLeft) throw transferNotCancelable(status);
    const now = this.clock.now();
    await this.transfers.update(transferId, {
      status: 'canceled',
      // Only a sale that a debt has used up keeps that code (ADR 6).
      ...(failureCode === WITHHELD ? { failureCode: null } : {}),
      nextRetryAt: null,
      updatedAt: now,
    });
    await closeTransferCases(this.exceptions, transferId, 'The transfer was cancelled');
    await this.audit.record({
      action: 'transfer.cancel',
      resourceType: 'seller_transfer',
      resourceId: transferId,
      details: { reason },
      oldValues: { status, failure_code: failureCode },
      newValues: { status: 'canceled' },
    });
  }
}
