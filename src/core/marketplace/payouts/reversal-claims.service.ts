import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { LedgerService } from '../ledger/index.js';
import { PaymentExceptions } from '../payments/index.js';
import { PayoutTiming } from './payout-timing.js';
import { reversalCase } from './reversal-case.js';
import type { ReversalClaim, ReversalClaimResult } from './reversal-claim.js';
import { ReversalRequests } from './reversal-requests.service.js';
import type { SellerTransfer } from './seller-transfer.entity.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import type { TransferReversal } from './transfer-reversal.entity.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';

/**
 * The first transaction of a reversal. What later sales have repaid is not asked for a second time: under the
 * lock of the seller's balance it asks for no more than the seller owes (07 7.9.5, ADR 6).
 */
@Injectable()
export class ReversalClaims {
  constructor(
    private readonly reversals: TransferReversalsRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly requests: ReversalRequests,
    private readonly ledger: LedgerService,
    private readonly exceptions: PaymentExceptions,
    private readonly timing: PayoutTiming,
  ) {}

  /** From here on its outcome is unknown until somebody books one: a kill leaves exactly that. */
  @Transactional()
  async claim(reversalId: string, onClaimed?: () => Promise<void>): Promise<ReversalClaimResult> {
    const seen = await this.reversals.find(reversalId);
    const seenTransfer = seen && (await this.transfers.find(seen.transferId));
    if (!seenTransfer) return { skipped: 'settled' };
    await this.ledger.lockPayable(seenTransfer.sellerId, seenTransfer.currency);
    const transfer = await this.transfers.findForUpdate(seenTransfer.id);
    const reversal = await this.reversals.findForUpdate(reversalId);
    if (!transfer?.stripeTransferId || !isOpen(reversal)) return { skipped: 'settled' };
    if (!(await this.reversals.isFree(reversalId))) return { skipped: 'in_flight' };
    if (!reversal.outcomeUnknown) {
      const { debtMinor, isUnsettled } = await this.transfers.debtOf(transfer.sellerId, transfer.currency);
      if (isUnsettled) return this.wait(reversal);
      const claimedMinor = await this.reversals.inFlightOf(transfer.sellerId, transfer.currency);
      const amount = Math.min(reversal.amount, Math.max(0, debtMinor - claimedMinor));
      if (amount < reversal.amount) await this.writeOff(transfer, reversal, amount);
      if (amount === 0) return { skipped: 'repaid' };
    }
    return this.start(transfer, reversal, transfer.stripeTransferId, onClaimed);
  }

  /** As for a transfer: a forgotten key would make a second reversal. @returns null when it was settled */
  @Transactional()
  async renewKey(claim: ReversalClaim): Promise<ReversalClaim | null> {
    const reversal = await this.reversals.findForUpdate(claim.reversalId);
    if (reversal?.claimId !== claim.claimId) return null;
    const now = this.timing.now();
    const epoch = reversal.epoch + 1;
    await this.reversals.update(reversal.id, { epoch, keyFirstSentAt: now, updatedAt: now });
    return { ...claim, epoch, keyFirstSentAt: now };
  }

  private async start(
    transfer: SellerTransfer,
    reversal: TransferReversal,
    stripeTransferId: string,
    onClaimed?: () => Promise<void>,
  ): Promise<ReversalClaimResult> {
    const claimId = newId();
    const lease = { claimId, leaseMs: this.timing.leaseMs };
    if (!(await this.reversals.startSending(reversal.id, lease, this.timing.now()))) {
      return { skipped: 'in_flight' };
    }
    await onClaimed?.();
    const claim: ReversalClaim = {
      reversalId: reversal.id,
      transferId: transfer.id,
      orderId: transfer.orderId,
      sellerId: transfer.sellerId,
      claimId,
      epoch: reversal.epoch,
      stripeTransferId,
      cause: { kind: reversal.causeKind, id: reversal.causeId },
      amountMinor: reversal.amount,
      currency: transfer.currency,
      mustLookUp: reversal.outcomeUnknown,
      keyFirstSentAt: reversal.keyFirstSentAt,
      lastSentAt: reversal.outcomeUnknown ? reversal.updatedAt : null,
    };
    return { claim };
  }

  /** Whether that sale repays anything is known when it has arrived. */
  private async wait(reversal: TransferReversal): Promise<ReversalClaimResult> {
    await this.reversals.update(reversal.id, { nextRetryAt: this.timing.nextTry('ambiguous', 1) });
    return { skipped: 'waiting' };
  }

  /** Never asked for under the present key, so its amount may still change. */
  private async writeOff(
    transfer: SellerTransfer,
    reversal: TransferReversal,
    amount: number,
  ): Promise<void> {
    const recovered = transfer.recovered + reversal.amount - amount;
    await this.transfers.update(transfer.id, { recovered, updatedAt: this.timing.now() });
    Object.assign(transfer, { recovered });
    if (amount > 0) {
      await this.reversals.update(reversal.id, { amount });
      Object.assign(reversal, { amount });
      return;
    }
    await this.requests.cancel(reversal.id);
    await this.requests.updateState(transfer);
    await this.exceptions.resolveFor(
      { kind: 'reversal_failed', ...reversalCase(reversal) },
      'Later sales have repaid it',
    );
    await this.requests.wakeWithheld(transfer);
  }
}

const isOpen = (reversal: TransferReversal | null): reversal is TransferReversal =>
  reversal?.status === 'pending' || reversal?.status === 'failed';
