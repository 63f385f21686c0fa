import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import type { DomainError } from '../../../common/errors/index.js';
import { AuditWriter } from '../../audit/index.js';
import { providerNotConfigured } from '../payments/index.js';
import {
  transferHeld,
  transferInFlight,
  transferNotFound,
  transferNotRetryable,
  transfersPaused,
} from './payouts.errors.js';
import { ReversalSender } from './reversal-sender.service.js';
import {
  TransferListsRepository,
  type TransferQuery,
  type TransferView,
} from './transfer-lists.repository.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';
import { TransferSender, type SendResult } from './transfer-sender.service.js';

/** The administrator's view of transfers: the list, and the retry that does not wait for its time (S0). */
@Injectable()
export class TransferRetries {
  constructor(
    private readonly lists: TransferListsRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly sender: TransferSender,
    private readonly reversalSender: ReversalSender,
    private readonly audit: AuditWriter,
  ) {}

  async list(query: TransferQuery): Promise<Paginated<TransferView>> {
    return this.lists.listAll(query);
  }

  /**
   * Sends a transfer or its open reversal now, and writes who did it and why in the same transaction as the
   * claim. @throws 404 `TRANSFER_NOT_FOUND`, 409 when there is nothing to retry now, 503 without a provider
   */
  async retry(transferId: string, reason: string): Promise<TransferView> {
    const transfer = await this.getTransfer(transferId);
    const record = (): Promise<void> => this.record(transfer, reason);
    const isReversing = transfer.status === 'reversal_pending' || transfer.status === 'reversal_failed';
    if (isReversing) await this.retryReversal(transferId, record);
    else assertSent(transfer, await this.sender.send(transferId, { trigger: 'admin', onClaimed: record }));
    return this.getTransfer(transferId);
  }

  private async retryReversal(transferId: string, record: () => Promise<void>): Promise<void> {
    const open = (await this.reversals.findOfTransfers([transferId])).at(-1);
    if (!open) throw transferNotRetryable('without a reversal');
    const settledAs = await this.reversalSender.send(open.id, record);
    if (settledAs === 'in_flight') throw transferInFlight();
    if (settledAs === 'skipped') throw providerNotConfigured('stripe');
  }

  private async record(transfer: TransferView, reason: string): Promise<void> {
    await this.audit.record({
      action: 'transfer.retry',
      resourceType: 'seller_transfer',
      resourceId: transfer.id,
      details: { reason },
      oldValues: { status: transfer.status, failure_code: transfer.failureCode },
    });
  }

  private async getTransfer(id: string): Promise<TransferView> {
    const transfer = await this.lists.find(id);
    if (!transfer) throw transferNotFound();
    return transfer;
  }
}

/** Blocked and withheld are answers, not refusals: the transfer itself says so. */
function assertSent(transfer: TransferView, result: SendResult): void {
  if (!('skipped' in result)) return;
  const refusals: Partial<Record<typeof result.skipped, () => DomainError>> = {
    absent: transferNotFound,
    settled: () => transferNotRetryable(transfer.status),
    refunded: () => transferNotRetryable('reversed'),
    in_flight: transferInFlight,
    held: transferHeld,
    paused: transfersPaused,
    unconfigured: () => providerNotConfigured('stripe'),
  };
  const refuse = refusals[result.skipped];
  if (refuse) throw refuse();
}
