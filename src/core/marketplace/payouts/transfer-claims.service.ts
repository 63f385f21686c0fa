import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { PayoutTiming } from './payout-timing.js';
import type { ConnectAccount } from './connect-account.entity.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import type { PayoutOrder } from './payout-order.entity.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository, WITHHELD } from './seller-transfers.repository.js';
import type { ClaimRequest, ClaimResult, SkipReason, TransferClaim } from './transfer-claim.js';
import { TransferPausesRepository } from './transfer-pauses.repository.js';
import { leftOf } from './transfer-shares.js';
import { transferStates } from './transfer-states.js';

const DAY_MS = 86_400_000;

/** What decides over a claim, all of it locked. */
interface Situation {
  order: PayoutOrder;
  account: ConnectAccount | null;
  isPaused: boolean;
  payableMinor: number;
}

/** The first transaction of a transfer: reserve the money and the right to send it (architecture.md, Money). */
@Injectable()
export class TransferClaims {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly orders: PayoutOrdersRepository,
    private readonly accounts: ConnectAccountsRepository,
    private readonly pauses: TransferPausesRepository,
    private readonly ledger: LedgerService,
    private readonly timing: PayoutTiming,
  ) {}

  /** Locks balance, account, order and transfer in that order, then decides (07 7.6.23). */
  @Transactional()
  async claim(transferId: string, request: ClaimRequest): Promise<ClaimResult> {
    const seen = await this.transfers.find(transferId);
    if (!seen) return { skipped: 'absent' };
    const payableMinor = await this.ledger.lockPayable(seen.sellerId, seen.currency);
    const isPaused =
      (await this.pauses.isPausedForShare(seen.sellerId)) || this.timing.isPausedByConfiguration;
    const account = await this.accounts.findByUserForShare(seen.sellerId);
    const order = await this.orders.lock(seen.orderId);
    const transfer = await this.transfers.findForUpdate(transferId);
    if (!transfer) return { skipped: 'absent' };
    const result = await this.decide(transfer, { order, account, isPaused, payableMinor }, request);
    if ('claim' in result) await request.onClaimed?.(transfer);
    return result;
  }

  /**
   * The old key is forgotten at the provider and nothing was found there: the next creation takes a new one.
   * @returns null when somebody else has the transfer by now
   */
  @Transactional()
  async renewKey(claim: TransferClaim): Promise<TransferClaim | null> {
    const transfer = await this.transfers.findForUpdate(claim.transferId);
    if (transfer?.claimId !== claim.claimId) return null;
    const now = this.timing.now();
    const attemptEpoch = transfer.attemptEpoch + 1;
    await this.transfers.update(transfer.id, { attemptEpoch, keyFirstSentAt: now, updatedAt: now });
    return { ...claim, attemptEpoch, keyFirstSentAt: now };
  }

  private async decide(
    transfer: SellerTransfer,
    situation: Situation,
    request: ClaimRequest,
  ): Promise<ClaimResult> {
    const isProcessing = transfer.status === 'processing';
    if (isProcessing && !(await this.transfers.isLeaseOver(transfer.id))) return { skipped: 'in_flight' };
    const refusal = isProcessing ? null : this.refusalOf(transfer, request);
    if (refusal !== null) return { skipped: refusal };
    if (isProcessing || transfer.outcomeUnknown) return this.claimToResolve(transfer, situation);
    return this.claimToSend(transfer, situation, request);
  }

  private refusalOf(transfer: SellerTransfer, { trigger, ignoresHold }: ClaimRequest): SkipReason | null {
    const { status, nextRetryAt, holdUntil } = transfer;
    const isAdmin = trigger === 'admin';
    if (!transferStates.can(status, 'processing')) return 'settled';
    if ((status === 'permanently_failed' || status === 'canceled') && !isAdmin) return 'settled';
    // A sale that was used up by a debt has nothing left to send.
    if (transfer.amount === null && leftOf(transfer) <= transfer.withheld) return 'settled';
    const nowMs = this.timing.now().getTime();
    // What an administrator sent before its time may have arrived: looking for it waits for nothing.
    const isOnHold = holdUntil !== null && holdUntil.getTime() > nowMs && !transfer.outcomeUnknown;
    if (isOnHold && !(isAdmin && ignoresHold)) return 'on_hold';
    if (!isAdmin && (nextRetryAt === null || nextRetryAt.getTime() > nowMs)) return 'not_due';
    return null;
  }

  /** The amount stays reserved and the key stays the same until the outcome is known. */
  private async claimToResolve(
    transfer: SellerTransfer,
    { order, isPaused }: Situation,
  ): Promise<ClaimResult> {
    const isTakenBack = leftOf(transfer) === 0;
    const mayCreate = !isTakenBack && !isStopped(order) && !isPaused;
    if (!transfer.outcomeUnknown) {
      await this.transfers.update(transfer.id, { outcomeUnknown: true, unknownSince: this.timing.now() });
    }
    return this.start(transfer, { mustLookUp: true, mayCreate, isTakenBack });
  }

  private async claimToSend(
    transfer: SellerTransfer,
    { order, account, isPaused, payableMinor }: Situation,
    { trigger }: ClaimRequest,
  ): Promise<ClaimResult> {
    if (isStopped(order)) return { skipped: 'held' };
    if (isPaused) return { skipped: 'paused' };
    if (account?.stripeAccountId == null || !account.transfersEnabled) return this.block(transfer);
    const { sellerId, currency } = transfer;
    const wantedMinor = leftOf(transfer);
    const amount = Math.min(wantedMinor, payableMinor);
    const isShort = amount < wantedMinor;
    if (isShort && (await this.transfers.mayMoneyComeBack(sellerId, currency)))
      return this.withhold(transfer);
    if (amount <= 0) return this.useUp(transfer, wantedMinor);
    const reserved = {
      amount,
      withheld: wantedMinor - amount,
      stripeAccountId: account.stripeAccountId,
      ...(trigger === 'admin' ? { definiteFailures: 0, failureStreak: 0 } : {}),
    };
    await this.transfers.update(transfer.id, reserved);
    await this.ledger.post(
      postings.transferClaimed({
        transferId: transfer.id,
        attempt: transfer.attemptEpoch,
        sellerId,
        currency,
        amountMinor: amount,
      }),
    );
    return this.start(Object.assign(transfer, reserved), {
      mustLookUp: false,
      mayCreate: true,
      isTakenBack: false,
    });
  }

  private async start(
    transfer: SellerTransfer,
    attempt: Pick<TransferClaim, 'mustLookUp' | 'mayCreate' | 'isTakenBack'>,
  ): Promise<ClaimResult> {
    const { amount, stripeAccountId } = transfer;
    if (amount === null || stripeAccountId === null)
      throw new Error(`Transfer ${transfer.id} reserved nothing`);
    const claimId = newId();
    const leaseMs = this.timing.leaseMs;
    await this.transfers.startSending(
      transfer.id,
      { claimId, leaseMs, mayCreate: attempt.mayCreate },
      this.timing.now(),
    );
    const claim: TransferClaim = {
      transferId: transfer.id,
      orderId: transfer.orderId,
      sellerId: transfer.sellerId,
      claimId,
      attemptEpoch: transfer.attemptEpoch,
      amountMinor: amount,
      currency: transfer.currency,
      destination: stripeAccountId,
      lastSentAt: transfer.lastSentAt,
      keyFirstSentAt: transfer.keyFirstSentAt,
      ...attempt,
    };
    return { claim };
  }

  /** Waits for `account.updated`; looked at once a week as well (08 3.5). */
  private async block(transfer: SellerTransfer): Promise<ClaimResult> {
    const now = this.timing.now();
    await this.transfers.update(transfer.id, {
      status: 'blocked_account',
      failureClass: 'account',
      failureCode: 'ACCOUNT_NOT_READY',
      errorMessage: 'The seller cannot receive transfers yet',
      nextRetryAt: this.timing.nextTry('account', 1),
      updatedAt: now,
    });
    return { skipped: 'blocked' };
  }

  /** What the seller seems to owe may still come back; whoever brings it wakes this. */
  private async withhold(transfer: SellerTransfer): Promise<ClaimResult> {
    const now = this.timing.now();
    await this.transfers.update(transfer.id, {
      status: transfer.status === 'failed' ? 'failed' : 'pending',
      failureClass: null,
      failureCode: WITHHELD,
      errorMessage: null,
      nextRetryAt: new Date(now.getTime() + DAY_MS),
      updatedAt: now,
    });
    return { skipped: 'withheld' };
  }

  /** The whole sale repays the seller's debt: there is nothing to send, now or ever (07 7.9.5, ADR 6). */
  private async useUp(transfer: SellerTransfer, wantedMinor: number): Promise<ClaimResult> {
    if (transfer.status !== 'canceled') transferStates.assert(transfer.status, 'canceled');
    await this.transfers.update(transfer.id, {
      status: 'canceled',
      withheld: wantedMinor,
      failureClass: null,
      failureCode: WITHHELD,
      errorMessage: null,
      nextRetryAt: null,
      updatedAt: this.timing.now(),
    });
    return { skipped: 'withheld' };
  }
}

/** A refund of the order is being decided, or a dispute is open. */
const isStopped = ({ heldAt, frozenAt }: PayoutOrder): boolean => heldAt !== null || frozenAt !== null;
