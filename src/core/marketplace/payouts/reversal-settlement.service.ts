import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { PaymentExceptions, type PaymentExceptionKind } from '../payments/index.js';
import { PayoutTiming } from './payout-timing.js';
import { reversalCase } from './reversal-case.js';
import type { ReversalClaim, ReversalSettledAs } from './reversal-claim.js';
import { ReversalRequests } from './reversal-requests.service.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { KEY_MISMATCH, type ProviderOutcome } from './transfer-outcome.js';
import type { TransferReversal } from './transfer-reversal.entity.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';
import type { FailureClass } from './transfer-retry-policy.js';

type Refused = Extract<ProviderOutcome, { kind: 'refused' }>;
type Unknown = Extract<ProviderOutcome, { kind: 'unknown' }>;

const UNCLAIMED = { claimId: null, leaseUntil: null } as const;
const KNOWN = {
  outcomeUnknown: false,
  unknownSince: null,
  keyFirstSentAt: null,
  overdueReportedAt: null,
} as const;
const HEALED_BY_SUCCESS = ['reversal_failed', 'reversal_unknown', 'reversal_key_mismatch'] as const;

/** Books what the provider said to a reversal. `reversed` only with the provider's id (07 7.9.6). */
@Injectable()
export class ReversalSettlement {
  constructor(
    private readonly reversals: TransferReversalsRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly ledger: LedgerService,
    private readonly exceptions: PaymentExceptions,
    private readonly requests: ReversalRequests,
    private readonly timing: PayoutTiming,
  ) {}

  /** Books the outcome once, whoever brings it first; a late success counts even after the lease. */
  @Transactional()
  async settle(claim: ReversalClaim, outcome: ProviderOutcome): Promise<ReversalSettledAs> {
    await this.ledger.lockPayable(claim.sellerId, claim.currency);
    const transfer = await this.transfers.findForUpdate(claim.transferId);
    const reversal = await this.reversals.findForUpdate(claim.reversalId);
    if (!transfer || !reversal || reversal.status === 'succeeded') return 'superseded';
    if (outcome.kind === 'done') return this.succeed(transfer, reversal, outcome.providerId);
    if (reversal.claimId !== claim.claimId || outcome.kind === 'absent') return 'superseded';
    if (outcome.kind === 'unknown') return this.keepUnknown(transfer, reversal, outcome);
    await this.fail(transfer, reversal, outcome);
    return 'failed';
  }

  private async succeed(
    transfer: SellerTransfer,
    reversal: TransferReversal,
    stripeReversalId: string,
  ): Promise<ReversalSettledAs> {
    const now = this.timing.now();
    const { id: transferId, sellerId, currency } = transfer;
    await this.ledger.post(
      postings.reversalSucceeded({
        reversalId: reversal.id,
        transferId,
        sellerId,
        currency,
        amountMinor: reversal.amount,
      }),
    );
    await this.reversals.update(reversal.id, {
      status: 'succeeded',
      stripeReversalId,
      succeededAt: now,
      nextRetryAt: null,
      updatedAt: now,
      ...KNOWN,
      ...UNCLAIMED,
    });
    const amountReversed = transfer.amountReversed + reversal.amount;
    await this.transfers.update(transferId, { amountReversed, updatedAt: now });
    await this.requests.updateState(Object.assign(transfer, { amountReversed }));
    for (const kind of HEALED_BY_SUCCESS) {
      await this.exceptions.resolveFor({ kind, ...reversalCase(reversal) }, 'The reversal succeeded');
    }
    await this.requests.wakeWithheld(transfer);
    return 'succeeded';
  }

  private async keepUnknown(
    transfer: SellerTransfer,
    reversal: TransferReversal,
    outcome: Unknown,
  ): Promise<ReversalSettledAs> {
    const isMismatch = outcome.code === KEY_MISMATCH;
    await this.reversals.update(reversal.id, {
      ...this.failure(reversal, outcome.failureClass, outcome),
      outcomeUnknown: true,
      ...(isMismatch ? { nextRetryAt: null } : {}),
    });
    if (!isMismatch) return 'unknown';
    await this.raise(
      'reversal_key_mismatch',
      'One key was used with two sets of parameters',
      transfer,
      reversal,
    );
    return 'mismatched';
  }

  /** Tried again in hours and days for as long as it takes; the seller carries the debt meanwhile. */
  private async fail(transfer: SellerTransfer, reversal: TransferReversal, outcome: Refused): Promise<void> {
    await this.reversals.update(reversal.id, {
      ...this.failure(reversal, classOf(outcome.failureClass), outcome),
      status: 'failed',
      epoch: reversal.epoch + 1,
      ...KNOWN,
    });
    await this.requests.updateState(transfer);
    await this.raise('reversal_failed', outcome.message, transfer, reversal);
    await this.requests.wakeWithheld(transfer);
  }

  private failure(
    reversal: TransferReversal,
    failureClass: FailureClass,
    { code, message }: { code: string; message: string },
  ): Partial<TransferReversal> {
    const now = this.timing.now();
    const failureStreak = reversal.failureClass === failureClass ? reversal.failureStreak + 1 : 1;
    return {
      failureClass,
      failureStreak,
      failureCode: code,
      errorMessage: message,
      nextRetryAt: this.timing.nextTry(failureClass, failureStreak),
      updatedAt: now,
      ...UNCLAIMED,
    };
  }

  private async raise(
    kind: PaymentExceptionKind,
    message: string,
    transfer: SellerTransfer,
    reversal: TransferReversal,
  ): Promise<void> {
    await this.exceptions.raise({
      kind,
      provider: 'stripe',
      orderId: transfer.orderId,
      ...reversalCase(reversal),
      message,
    });
  }
}

/** There is no account to wait for: a refused reversal is tried again in hours and days, not in weeks. */
const classOf = (failureClass: FailureClass): FailureClass =>
  failureClass === 'account' || failureClass === 'definite' ? 'slow' : failureClass;
