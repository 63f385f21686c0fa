import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import type { DomainError } from '../../../common/errors/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { type Approval, Approvals } from '../approvals/index.js';
import { providerNotConfigured } from '../payments/index.js';
import {
  transferHeld,
  transferInFlight,
  transferNotFound,
  transferNotRetryable,
  transferOnHold,
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
import { transferStates } from './transfer-states.js';

/** What a second administrator is asked for above FOUR_EYES_AMOUNT. */
export const TRANSFER_RETRY = 'transfer.retry';

/** An administrator's wish to send a transfer now. */
export interface RetryRequest {
  adminId: string;
  reason: string;
  /** Sends before the end of TRANSFER_HOLD_DAYS. */
  ignoresHold: boolean;
}

/** The transfer as it is now, and the question to a second administrator if there is one. */
export interface RetriedTransfer {
  transfer: TransferView;
  approval: Approval | null;
}

type Trail = () => Promise<void>;

/** The administrator's view of transfers: the list, and the retry that does not wait for its time (S0). */
@Injectable()
export class TransferRetries {
  constructor(
    private readonly lists: TransferListsRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly sender: TransferSender,
    private readonly reversalSender: ReversalSender,
    private readonly approvals: Approvals,
    private readonly audit: AuditWriter,
  ) {}

  async list(query: TransferQuery): Promise<Paginated<TransferView>> {
    return this.lists.listAll(query);
  }

  /**
   * Sends a transfer or its open reversals now, and writes who did it and why in the same transaction as the
   * claim. Sending more than FOUR_EYES_AMOUNT only asks a second administrator; taking back never does.
   * @throws DomainError 404 `TRANSFER_NOT_FOUND`; 409 when there is nothing to retry now, or
   *   `APPROVAL_ALREADY_REQUESTED`; 503 without a provider
   */
  async retry(transferId: string, request: RetryRequest): Promise<RetriedTransfer> {
    const transfer = await this.getTransfer(transferId);
    const trail: Trail = () => this.record(transfer, request);
    const isReversing = transfer.status === 'reversal_pending' || transfer.status === 'reversal_failed';
    if (isReversing) {
      await this.retryReversals(transferId, trail);
    } else {
      const mayBeSent = transfer.status === 'processing' || transferStates.can(transfer.status, 'processing');
      if (!mayBeSent) throw transferNotRetryable(transfer.status);
      if (this.approvals.isNeeded(amountOf(transfer))) {
        return { transfer, approval: await this.askSecond(transfer, request) };
      }
      await this.send(transfer, request, trail);
    }
    return { transfer: await this.getTransfer(transferId), approval: null };
  }

  /** Does what a second administrator allowed, marked in the claim's transaction: once, whatever breaks. */
  async retryApproved(approval: Approval, markExecuted: Trail): Promise<void> {
    const transfer = await this.getTransfer(approval.resourceId);
    const request = {
      adminId: approval.requestedBy,
      reason: approval.reason,
      ignoresHold: approval.payload.ignores_hold === true,
    };
    await this.send(transfer, request, async () => {
      await markExecuted();
      await this.record(transfer, request, approval.id);
    });
  }

  private async send(transfer: TransferView, { ignoresHold }: RetryRequest, onClaimed: Trail): Promise<void> {
    const result = await this.sender.send(transfer.id, { trigger: 'admin', ignoresHold, onClaimed });
    assertSent(transfer, result);
  }

  private async retryReversals(transferId: string, trail: Trail): Promise<void> {
    const open = await this.reversals.findOpenOfTransfer(transferId);
    if (open.length === 0) throw transferNotRetryable('without a reversal');
    let isStopped = true;
    for (const { id } of open) {
      const result = await this.reversalSender.send(id, trail);
      if ('skipped' in result && result.skipped === 'unconfigured') throw providerNotConfigured('stripe');
      isStopped &&= 'skipped' in result && (result.skipped === 'in_flight' || result.skipped === 'waiting');
    }
    if (isStopped) throw transferInFlight();
  }

  @Transactional()
  protected async askSecond(transfer: TransferView, request: RetryRequest): Promise<Approval> {
    return this.approvals.request({
      action: TRANSFER_RETRY,
      resourceType: 'seller_transfer',
      resourceId: transfer.id,
      amountMinor: amountOf(transfer),
      currency: transfer.currency,
      reason: request.reason,
      payload: { ignores_hold: request.ignoresHold },
      requestedBy: request.adminId,
    });
  }

  private async record(transfer: TransferView, request: RetryRequest, approvalId?: string): Promise<void> {
    await this.audit.record({
      action: TRANSFER_RETRY,
      resourceType: 'seller_transfer',
      resourceId: transfer.id,
      userId: request.adminId,
      details: {
        reason: request.reason,
        ...(request.ignoresHold ? { ignore_hold: true } : {}),
        ...(approvalId === undefined ? {} : { approval_id: approvalId }),
      },
      oldValues: { status: transfer.status, failure_code: transfer.failureCode },
    });
  }

  private async getTransfer(id: string): Promise<TransferView> {
    const transfer = await this.lists.find(id);
    if (!transfer) throw transferNotFound();
    return transfer;
  }
}

/** What would be sent, before the seller's debt; in minor units. */
const amountOf = ({ amountMinor, netAmountMinor, reducedMinor }: TransferView): number =>
  amountMinor ?? netAmountMinor - reducedMinor;

/** Blocked and withheld are answers, not refusals: the transfer itself says so. */
function assertSent(transfer: TransferView, result: SendResult): void {
  if (!('skipped' in result)) return;
  const refusals: Partial<Record<typeof result.skipped, () => DomainError>> = {
    absent: transferNotFound,
    settled: () => transferNotRetryable(transfer.status),
    in_flight: transferInFlight,
    on_hold: () => transferOnHold(transfer.holdUntil ?? transfer.createdAt),
    held: transferHeld,
    paused: transfersPaused,
    unconfigured: () => providerNotConfigured('stripe'),
  };
  const refuse = refusals[result.skipped];
  if (refuse) throw refuse();
}
