import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { PayoutProvider } from './payout-provider.js';
import {
  TransferClaims,
  type ClaimRequest,
  type SkipReason,
  type TransferClaim,
} from './transfer-claims.service.js';
import { outcomeOfError, unknownOutcome, type ProviderOutcome } from './transfer-outcome.js';
import { TransferSettlement, type SettledAs } from './transfer-settlement.service.js';

/** A request that nobody has seen for so long will not arrive any more. */
const ARRIVAL_GRACE_MS = 10 * 60_000;

/** What a call of `send` did. */
export type SendResult = { settledAs: SettledAs } | { skipped: SkipReason | 'unconfigured' };

/**
 * Sends one transfer: reserve in a transaction, call the provider outside it, book in a second one. The
 * completion of an order, the retry job and the admin's retry are its three callers (07 7.9.9). It may be
 * killed between any two lines: the claim's lease ends, and the next caller looks before it sends.
 */
@Injectable()
export class TransferSender {
  private readonly logger = new Logger(TransferSender.name);

  constructor(
    private readonly claims: TransferClaims,
    private readonly settlement: TransferSettlement,
    private readonly provider: PayoutProvider,
    private readonly clock: Clock,
  ) {}

  async send(transferId: string, request: ClaimRequest): Promise<SendResult> {
    if (!this.provider.isConfigured()) return { skipped: 'unconfigured' };
    const result = await this.claims.claim(transferId, request);
    if ('skipped' in result) return result;
    const outcome = await this.attempt(result.claim);
    const settledAs = await this.settlement.settle(result.claim, outcome);
    this.report(result.claim, outcome, settledAs);
    return { settledAs };
  }

  private async attempt(claim: TransferClaim): Promise<ProviderOutcome> {
    if (claim.mustLookUp) {
      const found = await this.lookUp(claim);
      if (found !== null) return found;
    }
    try {
      const providerId = await this.provider.createTransfer({
        transferId: claim.transferId,
        orderId: claim.orderId,
        destination: claim.destination,
        amountMinor: claim.amountMinor,
        currency: claim.currency,
        attemptEpoch: claim.attemptEpoch,
        idempotencyKey: `transfer:${claim.transferId}:${String(claim.attemptEpoch)}`,
      });
      return { kind: 'done', providerId };
    } catch (error) {
      return outcomeOfError(error, claim.mustLookUp);
    }
  }

  /** @returns null when it is not there and may be sent (again, under the same key) */
  private async lookUp(claim: TransferClaim): Promise<ProviderOutcome | null> {
    try {
      const providerId = await this.provider.findTransfer(claim.orderId, claim.transferId);
      if (providerId !== null) return { kind: 'done', providerId };
    } catch (error) {
      return unknownOutcome(error);
    }
    if (claim.mayCreate) return null;
    const ageMs = this.clock.now().getTime() - (claim.lastSentAt?.getTime() ?? 0);
    if (claim.isRefunded && ageMs >= ARRIVAL_GRACE_MS) return { kind: 'absent' };
    return {
      kind: 'unknown',
      code: 'NOT_ARRIVED_YET',
      message: 'The provider does not know the transfer yet',
    };
  }

  private report(claim: TransferClaim, outcome: ProviderOutcome, settledAs: SettledAs): void {
    const level = outcome.kind === 'done' || outcome.kind === 'absent' ? 'log' : 'warn';
    this.logger[level]({
      message: `transfer ${settledAs}`,
      transfer_id: claim.transferId,
      order_id: claim.orderId,
      attempt_epoch: claim.attemptEpoch,
      outcome: outcome.kind,
      ...('code' in outcome ? { failure_code: outcome.code } : {}),
    });
  }
}
