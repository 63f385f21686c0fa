import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService, postings } from '../ledger/index.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import type { PayoutOrder } from './payout-order.entity.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository, WITHHELD } from './seller-transfers.repository.js';
import { retryDelaySeconds } from './transfer-retry-policy.js';
import { transferStates } from './transfer-states.js';

const DAY_MS = 86_400_000;
/** A lookup, a creation, and the one repetition that the SDK does by itself. */
const CALLS_PER_ATTEMPT = 4;
const LEASE_MARGIN_MS = 10_000;

/** Who sends: the completion of an order, the retry job, or an administrator (07 7.9.9). */
export type TransferTrigger = 'completion' | 'job' | 'admin';

/** One attempt that nobody else makes at the same time. */
export interface TransferClaim {
  transferId: string;
  orderId: string;
  sellerId: string;
  claimId: string;
  attemptEpoch: number;
  amountMinor: number;
  currency: string;
  destination: string;
  /** An earlier attempt under this key may have arrived. */
  mustLookUp: boolean;
  /** False while the order is refunded, held or transfers are paused: then it is only looked for. */
  mayCreate: boolean;
  /** The order was given back: nothing is to be sent any more. */
  isRefunded: boolean;
  /** When the provider was last asked to create it. */
  lastSentAt: Date | null;
}

/** Why nothing was claimed. */
export type SkipReason =
  'absent' | 'settled' | 'in_flight' | 'not_due' | 'held' | 'paused' | 'blocked' | 'withheld' | 'refunded';

export type ClaimResult = { claim: TransferClaim } | { skipped: SkipReason };

/** How a claim is asked for; `onClaimed` runs in the claim's transaction. */
export interface ClaimRequest {
  trigger: TransferTrigger;
  onClaimed?: (transfer: SellerTransfer) => Promise<void>;
}

/** The first transaction of a transfer: reserve the money and the right to send it (architecture.md, Money). */
@Injectable()
export class TransferClaims {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly orders: PayoutOrdersRepository,
    private readonly accounts: ConnectAccountsRepository,
    private readonly ledger: LedgerService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Locks balance, order and transfer in that order, then decides (07 7.6.23). */
  @Transactional()
  async claim(transferId: string, request: ClaimRequest): Promise<ClaimResult> {
    const seen = await this.transfers.find(transferId);
    if (!seen) return { skipped: 'absent' };
    const payableMinor = await this.ledger.lockPayable(seen.sellerId, seen.currency);
    const order = await this.orders.lock(seen.orderId);
    const transfer = await this.transfers.findForUpdate(transferId);
    if (!transfer) return { skipped: 'absent' };
    const result = await this.decide(transfer, order, payableMinor, request.trigger);
    if ('claim' in result) await request.onClaimed?.(transfer);
    return result;
  }

  private async decide(
    transfer: SellerTransfer,
    order: PayoutOrder,
    payableMinor: number,
    trigger: TransferTrigger,
  ): Promise<ClaimResult> {
    const isProcessing = transfer.status === 'processing';
    if (isProcessing && !(await this.transfers.isLeaseOver(transfer.id))) return { skipped: 'in_flight' };
    if (!isProcessing && !transferStates.can(transfer.status, 'processing')) return { skipped: 'settled' };
    if (transfer.status === 'permanently_failed' && trigger !== 'admin') return { skipped: 'settled' };
    if (!isProcessing && trigger !== 'admin' && !this.isDue(transfer)) return { skipped: 'not_due' };
    if (isProcessing || transfer.outcomeUnknown) return this.claimToResolve(transfer, order);
    return this.claimToSend(transfer, order, payableMinor, trigger);
  }

  private isDue({ nextRetryAt }: SellerTransfer): boolean {
    return nextRetryAt !== null && nextRetryAt.getTime() <= this.clock.now().getTime();
  }

  /** The amount stays reserved and the key stays the same until the outcome is known. */
  private async claimToResolve(transfer: SellerTransfer, order: PayoutOrder): Promise<ClaimResult> {
    const isRefunded = order.refundedAt !== null;
    const mayCreate = !isRefunded && order.heldAt === null && !this.isPaused;
    if (!transfer.outcomeUnknown) await this.transfers.update(transfer.id, { outcomeUnknown: true });
    return this.start(transfer, { mustLookUp: true, mayCreate, isRefunded });
  }

  private async claimToSend(
    transfer: SellerTransfer,
    order: PayoutOrder,
    payableMinor: number,
    trigger: TransferTrigger,
  ): Promise<ClaimResult> {
    if (order.refundedAt !== null) return this.endUnsent(transfer);
    if (order.heldAt !== null) return { skipped: 'held' };
    if (this.isPaused) return { skipped: 'paused' };
    const account = await this.accounts.findByUserForShare(transfer.sellerId);
    if (account?.stripeAccountId == null || !account.transfersEnabled) return this.block(transfer);
    const amount = Math.min(transfer.netAmount, payableMinor);
    const isShort = amount < transfer.netAmount;
    const mayComeBack =
      isShort && (await this.transfers.mayMoneyComeBack(transfer.sellerId, transfer.currency));
    if (amount <= 0 || mayComeBack) return this.withhold(transfer);
    const reserved = {
      amount,
      withheld: transfer.netAmount - amount,
      stripeAccountId: account.stripeAccountId,
      ...(trigger === 'admin' ? { definiteFailures: 0, failureStreak: 0 } : {}),
    };
    await this.transfers.update(transfer.id, reserved);
    await this.ledger.post(
      postings.transferClaimed({
        transferId: transfer.id,
        attempt: transfer.attemptEpoch,
        sellerId: transfer.sellerId,
        currency: transfer.currency,
        amountMinor: amount,
      }),
    );
    return this.start(Object.assign(transfer, reserved), {
      mustLookUp: false,
      mayCreate: true,
      isRefunded: false,
    });
  }

  private async start(
    transfer: SellerTransfer,
    attempt: Pick<TransferClaim, 'mustLookUp' | 'mayCreate' | 'isRefunded'>,
  ): Promise<ClaimResult> {
    const { amount, stripeAccountId } = transfer;
    if (amount === null || stripeAccountId === null)
      throw new Error(`Transfer ${transfer.id} reserved nothing`);
    const claimId = newId();
    const leaseMs = this.config.get('PSP_TIMEOUT') * CALLS_PER_ATTEMPT + LEASE_MARGIN_MS;
    await this.transfers.startSending(
      transfer.id,
      { claimId, leaseMs, mayCreate: attempt.mayCreate },
      this.clock.now(),
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
      ...attempt,
    };
    return { claim };
  }

  /** The refund came first and the money never left (07 7.9.20). */
  private async endUnsent(transfer: SellerTransfer): Promise<ClaimResult> {
    const now = this.clock.now();
    transferStates.assert(transfer.status, 'reversed');
    await this.transfers.update(transfer.id, {
      status: 'reversed',
      reversedAt: now,
      nextRetryAt: null,
      updatedAt: now,
    });
    return { skipped: 'refunded' };
  }

  /** Waits for `account.updated`; looked at once a week as well (08 3.5). */
  private async block(transfer: SellerTransfer): Promise<ClaimResult> {
    const now = this.clock.now();
    await this.transfers.update(transfer.id, {
      status: 'blocked_account',
      failureClass: 'account',
      failureCode: 'ACCOUNT_NOT_READY',
      errorMessage: 'The seller cannot receive transfers yet',
      nextRetryAt: new Date(now.getTime() + retryDelaySeconds('account', 1) * 1000),
      updatedAt: now,
    });
    return { skipped: 'blocked' };
  }

  /** The sale paid the seller's debt; a reversal that succeeds later makes it payable again (07 7.9.5). */
  private async withhold(transfer: SellerTransfer): Promise<ClaimResult> {
    const now = this.clock.now();
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

  private get isPaused(): boolean {
    return this.config.get('TRANSFERS_PAUSED');
  }
}
