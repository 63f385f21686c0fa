import { Injectable, Logger } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { PayoutProvider } from './payout-provider.js';
import type { ReversalClaim, ReversalSettledAs } from './reversal-claim.js';
import { ReversalSettlement } from './reversal-settlement.service.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { outcomeOfError, unknownOutcome, type ProviderOutcome } from './transfer-outcome.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';

const CALLS_PER_ATTEMPT = 4;
const LEASE_MARGIN_MS = 10_000;

/** Sends one reversal, with its own key; the outbox, the retry job and the admin call it (07 7.9.6). */
@Injectable()
export class ReversalSender {
  private readonly logger = new Logger(ReversalSender.name);

  constructor(
    private readonly reversals: TransferReversalsRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly settlement: ReversalSettlement,
    private readonly provider: PayoutProvider,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** @returns `in_flight` when somebody else has it, `skipped` when it is settled or without a provider */
  async send(
    reversalId: string,
    onClaimed?: () => Promise<void>,
  ): Promise<ReversalSettledAs | 'in_flight' | 'skipped'> {
    if (!this.provider.isConfigured()) return 'skipped';
    const claim = await this.claim(reversalId, onClaimed);
    if (typeof claim === 'string') return claim;
    const outcome = await this.attempt(claim);
    const settledAs = await this.settlement.settle(claim, outcome);
    this.logger[outcome.kind === 'done' ? 'log' : 'warn']({
      message: `reversal ${settledAs}`,
      reversal_id: reversalId,
      transfer_id: claim.transferId,
      ...('code' in outcome ? { failure_code: outcome.code } : {}),
    });
    return settledAs;
  }

  /** From here on its outcome is unknown until somebody books one: a kill leaves exactly that. */
  @Transactional()
  protected async claim(
    reversalId: string,
    onClaimed?: () => Promise<void>,
  ): Promise<ReversalClaim | 'in_flight' | 'skipped'> {
    const reversal = await this.reversals.findForUpdate(reversalId);
    if (!reversal || reversal.status === 'succeeded' || reversal.status === 'canceled') return 'skipped';
    const transfer = await this.transfers.find(reversal.transferId);
    if (!transfer || transfer.stripeTransferId === null) return 'skipped';
    const claimId = newId();
    const leaseMs = this.config.get('PSP_TIMEOUT') * CALLS_PER_ATTEMPT + LEASE_MARGIN_MS;
    const isOurs = await this.reversals.startSending(reversalId, { claimId, leaseMs }, this.clock.now());
    if (!isOurs) return 'in_flight';
    await onClaimed?.();
    return {
      reversalId,
      transferId: transfer.id,
      orderId: transfer.orderId,
      sellerId: transfer.sellerId,
      claimId,
      epoch: reversal.epoch,
      stripeTransferId: transfer.stripeTransferId,
      refundId: reversal.refundId,
      amountMinor: reversal.amount,
      currency: transfer.currency,
      mustLookUp: reversal.outcomeUnknown,
    };
  }

  private async attempt(claim: ReversalClaim): Promise<ProviderOutcome> {
    if (claim.mustLookUp) {
      try {
        const found = await this.provider.findReversal(claim.stripeTransferId, claim.reversalId);
        if (found !== null) return { kind: 'done', providerId: found };
      } catch (error) {
        return unknownOutcome(error);
      }
    }
    try {
      const providerId = await this.provider.createReversal({
        reversalId: claim.reversalId,
        stripeTransferId: claim.stripeTransferId,
        amountMinor: claim.amountMinor,
        refundId: claim.refundId,
        idempotencyKey: `rev:${claim.reversalId}:${String(claim.epoch)}`,
      });
      return { kind: 'done', providerId };
    } catch (error) {
      return outcomeOfError(error, claim.mustLookUp);
    }
  }
}
