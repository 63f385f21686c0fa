import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { PaymentExceptions, type PaymentExceptionKind } from '../payments/index.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { ReversalRequests } from './reversal-requests.service.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository, type TransferPatch } from './seller-transfers.repository.js';
import type { TransferClaim } from './transfer-claims.service.js';
import { KEY_MISMATCH, type ProviderOutcome } from './transfer-outcome.js';
import { MAX_DEFINITE_FAILURES, retryDelaySeconds, type FailureClass } from './transfer-retry-policy.js';
import { transferStates, type TransferStatus } from './transfer-states.js';

/** What a settled attempt left; `superseded` when somebody else settled it meanwhile. */
export type SettledAs = TransferStatus | 'superseded';

type Refused = Extract<ProviderOutcome, { kind: 'refused' }>;
type Unknown = Extract<ProviderOutcome, { kind: 'unknown' }>;

const UNCLAIMED = { claimId: null, leaseUntil: null } as const;
const NO_FAILURE = { failureClass: null, failureCode: null, errorMessage: null, failureStreak: 0 } as const;

/** The second transaction of a transfer: book what the provider answered (architecture.md, Money). */
@Injectable()
export class TransferSettlement {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly orders: PayoutOrdersRepository,
    private readonly reversals: ReversalRequests,
    private readonly ledger: LedgerService,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /** Books the outcome once, whoever brings it first; a late success counts even after the lease. */
  @Transactional()
  async settle(claim: TransferClaim, outcome: ProviderOutcome): Promise<SettledAs> {
    await this.ledger.lockPayable(claim.sellerId, claim.currency);
    const order = await this.orders.lock(claim.orderId);
    const transfer = await this.transfers.findForUpdate(claim.transferId);
    if (!transfer) return 'superseded';
    const refundId = order.refundId ?? transfer.reversalRefundId;
    if (outcome.kind === 'done') return this.complete(transfer, claim, outcome.providerId, refundId);
    if (transfer.claimId !== claim.claimId) return 'superseded';
    if (outcome.kind === 'unknown') return this.keepUnknown(transfer, outcome);
    await this.returnMoney(transfer);
    if (refundId !== null) return this.endUnsent(transfer);
    if (outcome.kind === 'absent') throw new Error(`Transfer ${transfer.id} was given up without a refund`);
    return this.fail(transfer, outcome);
  }

  private async complete(
    transfer: SellerTransfer,
    claim: TransferClaim,
    stripeTransferId: string,
    refundId: string | null,
  ): Promise<SettledAs> {
    if (transfer.stripeTransferId === stripeTransferId) return transfer.status;
    const isOurs = transfer.stripeTransferId === null && transfer.attemptEpoch === claim.attemptEpoch;
    if (!isOurs || !transferStates.can(transfer.status, 'completed')) {
      return this.reportStray(transfer, stripeTransferId);
    }
    const now = this.clock.now();
    const { id: transferId, sellerId, currency } = transfer;
    await this.ledger.post(
      postings.transferCompleted({ transferId, sellerId, currency, amountMinor: claim.amountMinor }),
    );
    const completed = {
      status: 'completed',
      stripeTransferId,
      completedAt: now,
      nextRetryAt: null,
      outcomeUnknown: false,
      updatedAt: now,
      ...UNCLAIMED,
      ...NO_FAILURE,
    } as const;
    await this.transfers.update(transferId, completed);
    if (refundId === null) return 'completed';
    // The refund won while the money was on its way: keep the id and take it back (07 7.7 f).
    await this.reversals.open(Object.assign(transfer, completed), refundId);
    return 'reversal_pending';
  }

  /** A second transfer of ours that nobody expects is money lost: a person decides. */
  private async reportStray(transfer: SellerTransfer, stripeTransferId: string): Promise<SettledAs> {
    await this.exceptions.raise({
      kind: 'stray_transfer',
      provider: 'stripe',
      orderId: transfer.orderId,
      transferId: transfer.id,
      message: 'The provider has a transfer that the books do not expect',
      details: { stripe_transfer_id: stripeTransferId, status: transfer.status },
    });
    return 'superseded';
  }

  private async keepUnknown(transfer: SellerTransfer, outcome: Unknown): Promise<SettledAs> {
    // S0's word for an answer without an id is failed; its outcome is unknown all the same (07 7.9.25).
    const status = outcome.code === 'EMPTY_TRANSFER_ID' ? 'failed' : 'unknown';
    await this.transfers.update(transfer.id, {
      ...this.failure(transfer, 'ambiguous', outcome),
      status,
      outcomeUnknown: true,
    });
    if (outcome.code === KEY_MISMATCH) {
      await this.raise(transfer, 'transfer_key_mismatch', 'One key was used with two sets of parameters');
    }
    return status;
  }

  private async returnMoney(transfer: SellerTransfer): Promise<void> {
    const { id, sellerId, currency, amount, attemptEpoch } = transfer;
    if (amount === null) throw new Error(`Transfer ${id} reserved nothing`);
    await this.ledger.post(
      postings.transferReturned({
        transferId: id,
        attempt: attemptEpoch,
        sellerId,
        currency,
        amountMinor: amount,
      }),
    );
    await this.transfers.update(id, {
      amount: null,
      withheld: 0,
      outcomeUnknown: false,
      attemptEpoch: attemptEpoch + 1,
    });
  }

  private async endUnsent(transfer: SellerTransfer): Promise<SettledAs> {
    const now = this.clock.now();
    transferStates.assert(transfer.status, 'reversed');
    await this.transfers.update(transfer.id, {
      status: 'reversed',
      reversedAt: now,
      nextRetryAt: null,
      updatedAt: now,
      ...UNCLAIMED,
    });
    await this.transfers.wakeWithheld(transfer.sellerId, transfer.currency, now);
    return 'reversed';
  }

  private async fail(transfer: SellerTransfer, outcome: Refused): Promise<SettledAs> {
    const isCounted = outcome.failureClass === 'definite';
    const definiteFailures = transfer.definiteFailures + (isCounted ? 1 : 0);
    const isFinal = isCounted && definiteFailures >= MAX_DEFINITE_FAILURES;
    const status = isFinal
      ? 'permanently_failed'
      : outcome.failureClass === 'account'
        ? 'blocked_account'
        : 'failed';
    transferStates.assert(transfer.status, status);
    await this.transfers.update(transfer.id, {
      ...this.failure(transfer, outcome.failureClass, outcome),
      status,
      definiteFailures,
      ...(isFinal ? { nextRetryAt: null } : {}),
    });
    if (isFinal) await this.raise(transfer, 'transfer_permanently_failed', outcome.message);
    return status;
  }

  private failure(
    transfer: SellerTransfer,
    failureClass: FailureClass,
    { code, message }: { code: string; message: string },
  ): TransferPatch {
    const now = this.clock.now();
    const failureStreak = transfer.failureClass === failureClass ? transfer.failureStreak + 1 : 1;
    return {
      failureClass,
      failureCode: code,
      errorMessage: message,
      failureStreak,
      nextRetryAt: new Date(now.getTime() + retryDelaySeconds(failureClass, failureStreak) * 1000),
      updatedAt: now,
      ...UNCLAIMED,
    };
  }

  private async raise(transfer: SellerTransfer, kind: PaymentExceptionKind, message: string): Promise<void> {
    const { id: transferId, orderId } = transfer;
    await this.exceptions.raise({ kind, provider: 'stripe', orderId, transferId, message });
  }
}
