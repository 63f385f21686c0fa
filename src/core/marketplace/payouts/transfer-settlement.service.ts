import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { PaymentExceptions, type PaymentExceptionKind } from '../payments/index.js';
import { PayoutTiming } from './payout-timing.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { ReversalRequests } from './reversal-requests.service.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository, type TransferPatch } from './seller-transfers.repository.js';
import { closeTransferCases, NOTHING_LEFT } from './transfer-cases.js';
import type { TransferClaim } from './transfer-claim.js';
import { KEY_MISMATCH, type ProviderOutcome } from './transfer-outcome.js';
import { MAX_DEFINITE_FAILURES } from './transfer-retry-policy.js';
import { leftOf } from './transfer-shares.js';
import { transferStates, type TransferStatus } from './transfer-states.js';

/** What a settled attempt left; `superseded` when somebody else settled it meanwhile. */
export type SettledAs = TransferStatus | 'superseded';

type Refused = Extract<ProviderOutcome, { kind: 'refused' }>;
type Unknown = Extract<ProviderOutcome, { kind: 'unknown' }>;

const UNCLAIMED = { claimId: null, leaseUntil: null } as const;
const NO_FAILURE = { failureClass: null, failureCode: null, errorMessage: null, failureStreak: 0 } as const;
const KNOWN = {
  outcomeUnknown: false,
  unknownSince: null,
  keyFirstSentAt: null,
  overdueReportedAt: null,
} as const;

/** The seller took the platform's permission back (08 2.2). */
const DEAUTHORISED = 'account_invalid';

/** The second transaction of a transfer: book what the provider answered (architecture.md, Money). */
@Injectable()
export class TransferSettlement {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly orders: PayoutOrdersRepository,
    private readonly reversals: ReversalRequests,
    private readonly ledger: LedgerService,
    private readonly exceptions: PaymentExceptions,
    private readonly timing: PayoutTiming,
  ) {}

  /** Books the outcome once, whoever brings it first; a late success counts even after the lease. */
  @Transactional()
  async settle(claim: TransferClaim, outcome: ProviderOutcome): Promise<SettledAs> {
    await this.ledger.lockPayable(claim.sellerId, claim.currency);
    await this.orders.lock(claim.orderId);
    const transfer = await this.transfers.findForUpdate(claim.transferId);
    if (!transfer) return 'superseded';
    if (outcome.kind === 'done') return this.complete(transfer, claim, outcome.providerId);
    if (transfer.claimId !== claim.claimId) return 'superseded';
    if (outcome.kind === 'unknown') return this.keepUnknown(transfer, outcome);
    await this.returnMoney(transfer);
    if (leftOf(transfer) === 0) return this.endUnsent(transfer);
    if (outcome.kind === 'absent') throw new Error(`Transfer ${transfer.id} was given up with a rest`);
    return this.fail(transfer, outcome);
  }

  private async complete(
    transfer: SellerTransfer,
    claim: TransferClaim,
    stripeTransferId: string,
  ): Promise<SettledAs> {
    if (transfer.stripeTransferId === stripeTransferId) return transfer.status;
    const isOurs = transfer.stripeTransferId === null && transfer.attemptEpoch === claim.attemptEpoch;
    if (!isOurs || !transferStates.can(transfer.status, 'completed')) {
      return this.reportStray(transfer, stripeTransferId);
    }
    const now = this.timing.now();
    const { id: transferId, sellerId, currency } = transfer;
    await this.ledger.post(
      postings.transferCompleted({ transferId, sellerId, currency, amountMinor: claim.amountMinor }),
    );
    const completed = {
      status: 'completed',
      stripeTransferId,
      completedAt: now,
      nextRetryAt: null,
      shortSince: null,
      updatedAt: now,
      ...KNOWN,
      ...UNCLAIMED,
      ...NO_FAILURE,
    } as const;
    await this.transfers.update(transferId, completed);
    await closeTransferCases(this.exceptions, transferId, 'The transfer was completed');
    // What was taken back while the money was on its way comes back now (07 7.7 f).
    return this.reversals.start(Object.assign(transfer, completed));
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
    const isMismatch = outcome.code === KEY_MISMATCH;
    await this.transfers.update(transfer.id, {
      ...this.failure(transfer, outcome),
      status,
      outcomeUnknown: true,
      unknownSince: transfer.unknownSince ?? this.timing.now(),
      // Our mistake; another try would be refused alike (08 2.2).
      ...(isMismatch ? { nextRetryAt: null } : {}),
    });
    if (isMismatch) {
      await this.raise(transfer, 'transfer_key_mismatch', 'One key was used with two sets of parameters');
    }
    return status;
  }

  /** Nothing arrived: the money is payable again, less what was taken back meanwhile. */
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
    await this.reversals.cancelAll(transfer);
    const returned = {
      amount: null,
      withheld: 0,
      reduced: transfer.reduced + transfer.takenBack,
      takenBack: 0,
      attemptEpoch: attemptEpoch + 1,
      ...KNOWN,
    };
    await this.transfers.update(id, returned);
    Object.assign(transfer, returned);
    await this.reversals.wakeWithheld(transfer);
  }

  private async endUnsent(transfer: SellerTransfer): Promise<SettledAs> {
    const now = this.timing.now();
    transferStates.assert(transfer.status, 'reversed');
    await this.transfers.update(transfer.id, {
      status: 'reversed',
      reversedAt: now,
      nextRetryAt: null,
      shortSince: null,
      updatedAt: now,
      ...UNCLAIMED,
    });
    await closeTransferCases(this.exceptions, transfer.id, NOTHING_LEFT);
    return 'reversed';
  }

  private async fail(transfer: SellerTransfer, outcome: Refused): Promise<SettledAs> {
    const { failureClass } = outcome;
    const isCounted = failureClass === 'definite';
    const definiteFailures = transfer.definiteFailures + (isCounted ? 1 : 0);
    const isFinal = isCounted && definiteFailures >= MAX_DEFINITE_FAILURES;
    const status = isFinal ? 'permanently_failed' : failureClass === 'account' ? 'blocked_account' : 'failed';
    transferStates.assert(transfer.status, status);
    const isShort = failureClass === 'slow';
    await this.transfers.update(transfer.id, {
      ...this.failure(transfer, outcome),
      status,
      definiteFailures,
      shortSince: isShort ? (transfer.shortSince ?? this.timing.now()) : null,
      ...(isFinal ? { nextRetryAt: null } : {}),
    });
    await this.exceptions.resolveFor(
      { kind: 'transfer_unknown', transferId: transfer.id },
      'The provider refused it definitely',
    );
    if (isFinal) await this.raise(transfer, 'transfer_permanently_failed', outcome.message);
    if (outcome.code === DEAUTHORISED) await this.raise(transfer, 'seller_deauthorised', outcome.message);
    return status;
  }

  private failure(
    transfer: SellerTransfer,
    { failureClass, code, message }: Refused | Unknown,
  ): TransferPatch {
    const now = this.timing.now();
    const failureStreak = transfer.failureClass === failureClass ? transfer.failureStreak + 1 : 1;
    return {
      failureClass,
      failureCode: code,
      errorMessage: message,
      failureStreak,
      nextRetryAt: this.timing.nextTry(failureClass, failureStreak),
      updatedAt: now,
      ...UNCLAIMED,
    };
  }

  private async raise(
    { id: transferId, orderId }: SellerTransfer,
    kind: PaymentExceptionKind,
    message: string,
  ): Promise<void> {
    await this.exceptions.raise({ kind, provider: 'stripe', orderId, transferId, message });
  }
}
