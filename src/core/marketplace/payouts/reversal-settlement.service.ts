import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { PaymentExceptions } from '../payments/index.js';
import { transferDue } from './payouts.events.js';
import type { ReversalClaim, ReversalSettledAs } from './reversal-claim.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import type { ProviderOutcome } from './transfer-outcome.js';
import type { TransferReversal } from './transfer-reversal.entity.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';
import { retryDelaySeconds, type FailureClass } from './transfer-retry-policy.js';
import { transferStates } from './transfer-states.js';

/** Books what the provider said to a reversal. `reversed` only with the provider's id (07 7.9.6). */
@Injectable()
export class ReversalSettlement {
  constructor(
    private readonly reversals: TransferReversalsRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly ledger: LedgerService,
    private readonly exceptions: PaymentExceptions,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  @Transactional()
  async settle(claim: ReversalClaim, outcome: ProviderOutcome): Promise<ReversalSettledAs> {
    await this.ledger.lockPayable(claim.sellerId, claim.currency);
    const transfer = await this.transfers.findForUpdate(claim.transferId);
    const reversal = await this.reversals.findForUpdate(claim.reversalId);
    if (!transfer || !reversal || reversal.status === 'succeeded') return 'superseded';
    if (outcome.kind === 'done') return this.succeed(transfer, reversal, outcome.providerId);
    if (reversal.claimId !== claim.claimId || outcome.kind === 'absent') return 'superseded';
    const isKnown = outcome.kind === 'refused';
    const failureClass = isKnown ? classOf(outcome.failureClass) : 'ambiguous';
    await this.postpone(reversal, failureClass, outcome, isKnown);
    if (!isKnown) return 'unknown';
    await this.fail(transfer, reversal, outcome.message);
    return 'failed';
  }

  private async succeed(
    transfer: SellerTransfer,
    reversal: TransferReversal,
    stripeReversalId: string,
  ): Promise<ReversalSettledAs> {
    const now = this.clock.now();
    const { id: transferId, sellerId, currency } = transfer;
    transferStates.assert(transfer.status, 'reversed');
    await this.ledger.post(
      postings.reversalSucceeded({
        reversalId: reversal.id,
        transferId,
        sellerId,
        currency,
        amountMinor: reversal.amount,
      }),
    );
    await this.transfers.update(transferId, {
      status: 'reversed',
      amountReversed: transfer.amountReversed + reversal.amount,
      reversedAt: now,
      updatedAt: now,
    });
    await this.reversals.update(reversal.id, {
      status: 'succeeded',
      stripeReversalId,
      succeededAt: now,
      nextRetryAt: null,
      outcomeUnknown: false,
      claimId: null,
      leaseUntil: null,
      updatedAt: now,
    });
    await this.wakeWithheld(sellerId, currency);
    return 'succeeded';
  }

  /** What came back may have paid the debt that held other transfers of this seller. */
  private async wakeWithheld(sellerId: string, currency: string): Promise<void> {
    const now = this.clock.now();
    for (const transferId of await this.transfers.findWithheld(sellerId, currency)) {
      await this.transfers.update(transferId, { nextRetryAt: now });
      await this.outbox.append(transferDue, { aggregateId: transferId, payload: { transferId } });
    }
  }

  private async postpone(
    reversal: TransferReversal,
    failureClass: FailureClass,
    { code, message }: { code: string; message: string },
    isKnown: boolean,
  ): Promise<void> {
    const now = this.clock.now();
    const failureStreak = reversal.failureClass === failureClass ? reversal.failureStreak + 1 : 1;
    await this.reversals.update(reversal.id, {
      failureClass,
      failureStreak,
      failureCode: code,
      errorMessage: message,
      outcomeUnknown: !isKnown,
      nextRetryAt: new Date(now.getTime() + retryDelaySeconds(failureClass, failureStreak) * 1000),
      claimId: null,
      leaseUntil: null,
      updatedAt: now,
      ...(isKnown ? { status: 'failed' as const, epoch: reversal.epoch + 1 } : {}),
    });
  }

  private async fail(transfer: SellerTransfer, reversal: TransferReversal, message: string): Promise<void> {
    if (transfer.status === 'reversal_pending') {
      await this.transfers.update(transfer.id, { status: 'reversal_failed', updatedAt: this.clock.now() });
    }
    await this.exceptions.raise({
      kind: 'reversal_failed',
      provider: 'stripe',
      orderId: transfer.orderId,
      refundId: reversal.refundId,
      transferId: transfer.id,
      message,
    });
  }
}

/** There is no account to wait for: a refused reversal is tried again in hours, not in weeks. */
const classOf = (failureClass: FailureClass): FailureClass =>
  failureClass === 'account' ? 'definite' : failureClass;
