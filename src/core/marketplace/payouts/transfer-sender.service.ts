import { Injectable, Logger } from '@nestjs/common';
import { PayoutProvider } from './payout-provider.js';
import { PayoutTiming } from './payout-timing.js';
import { isKeyOld } from './idempotency-key-age.js';
import type { ClaimRequest, SkipReason, TransferClaim } from './transfer-claim.js';
import { TransferClaims } from './transfer-claims.service.js';
import { isAboutOurKey, outcomeOfError, unknownOutcome, type ProviderOutcome } from './transfer-outcome.js';
import { TransferSettlement, type SettledAs } from './transfer-settlement.service.js';

const NOT_ARRIVED = {
  kind: 'unknown',
  failureClass: 'ambiguous',
  code: 'NOT_ARRIVED_YET',
  message: 'The provider does not know the transfer yet',
} as const;

/** What a call of `send` did; `isMisconfigured` when every other call would be refused as well. */
export type SendResult =
  { settledAs: SettledAs; isMisconfigured: boolean } | { skipped: SkipReason | 'unconfigured' };

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
    private readonly timing: PayoutTiming,
  ) {}

  async send(transferId: string, request: ClaimRequest): Promise<SendResult> {
    if (!this.provider.isConfigured()) return { skipped: 'unconfigured' };
    const result = await this.claims.claim(transferId, request);
    if ('skipped' in result) return result;
    const { claim, outcome } = await this.attempt(result.claim);
    const settledAs = await this.settlement.settle(claim, outcome);
    this.report(claim, outcome, settledAs);
    return { settledAs, isMisconfigured: isAboutOurKey(outcome) };
  }

  private async attempt(seen: TransferClaim): Promise<{ claim: TransferClaim; outcome: ProviderOutcome }> {
    const found = seen.mustLookUp ? await this.lookUp(seen) : null;
    if (found !== null) return { claim: seen, outcome: found };
    const claim = seen.mustLookUp ? await this.withFreshKey(seen) : seen;
    if (claim === null) return { claim: seen, outcome: NOT_ARRIVED };
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
      return { claim, outcome: { kind: 'done', providerId } };
    } catch (error) {
      return { claim, outcome: outcomeOfError(error, claim.mustLookUp) };
    }
  }

  /** @returns null when it is not there and may be sent (again) */
  private async lookUp(claim: TransferClaim): Promise<ProviderOutcome | null> {
    try {
      const providerId = await this.provider.findTransfer(claim.orderId, claim.transferId);
      if (providerId !== null) return { kind: 'done', providerId };
    } catch (error) {
      return unknownOutcome(error);
    }
    if (claim.mayCreate) return null;
    const hasArrived = this.timing.mustHaveArrived(claim.lastSentAt);
    return claim.isTakenBack && hasArrived ? { kind: 'absent' } : NOT_ARRIVED;
  }

  /**
   * Under a key that the provider has forgotten a repetition would be a second transfer, so it takes a new one,
   * but not before the last request under the old one must have arrived (08 finding 7).
   * @returns null when it is too early, or somebody else has the transfer
   */
  private async withFreshKey(claim: TransferClaim): Promise<TransferClaim | null> {
    if (!isKeyOld(claim.keyFirstSentAt, this.timing.now())) return claim;
    return this.timing.mustHaveArrived(claim.lastSentAt) ? this.claims.renewKey(claim) : null;
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
