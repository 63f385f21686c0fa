import { Injectable, Logger } from '@nestjs/common';
import { isKeyOld } from './idempotency-key-age.js';
import { PayoutProvider } from './payout-provider.js';
import { PayoutTiming } from './payout-timing.js';
import type { ReversalClaim, ReversalSettledAs, ReversalSkip } from './reversal-claim.js';
import { ReversalClaims } from './reversal-claims.service.js';
import { ReversalSettlement } from './reversal-settlement.service.js';
import { isAboutOurKey, outcomeOfError, unknownOutcome, type ProviderOutcome } from './transfer-outcome.js';

const NOT_ARRIVED = {
  kind: 'unknown',
  failureClass: 'ambiguous',
  code: 'NOT_ARRIVED_YET',
  message: 'The provider does not know the reversal yet',
} as const;

/** What a call of `send` did; `isMisconfigured` when every other call would be refused as well. */
export type ReversalSendResult =
  { settledAs: ReversalSettledAs; isMisconfigured: boolean } | { skipped: ReversalSkip | 'unconfigured' };

/** Sends one reversal, with its own key; the outbox, the retry job and the admin call it (07 7.9.6). */
@Injectable()
export class ReversalSender {
  private readonly logger = new Logger(ReversalSender.name);

  constructor(
    private readonly claims: ReversalClaims,
    private readonly settlement: ReversalSettlement,
    private readonly provider: PayoutProvider,
    private readonly timing: PayoutTiming,
  ) {}

  /** @param onClaimed runs in the claim's transaction */
  async send(reversalId: string, onClaimed?: () => Promise<void>): Promise<ReversalSendResult> {
    if (!this.provider.isConfigured()) return { skipped: 'unconfigured' };
    const result = await this.claims.claim(reversalId, onClaimed);
    if ('skipped' in result) return result;
    const outcome = await this.attempt(result.claim);
    const settledAs = await this.settlement.settle(result.claim, outcome);
    this.logger[outcome.kind === 'done' ? 'log' : 'warn']({
      message: `reversal ${settledAs}`,
      reversal_id: reversalId,
      transfer_id: result.claim.transferId,
      ...('code' in outcome ? { failure_code: outcome.code } : {}),
    });
    return { settledAs, isMisconfigured: isAboutOurKey(outcome) };
  }

  private async attempt(seen: ReversalClaim): Promise<ProviderOutcome> {
    if (seen.mustLookUp) {
      try {
        const found = await this.provider.findReversal(seen.stripeTransferId, seen.reversalId);
        if (found !== null) return { kind: 'done', providerId: found };
      } catch (error) {
        return unknownOutcome(error);
      }
    }
    const claim = seen.mustLookUp ? await this.withFreshKey(seen) : seen;
    if (claim === null) return NOT_ARRIVED;
    try {
      const providerId = await this.provider.createReversal({
        reversalId: claim.reversalId,
        stripeTransferId: claim.stripeTransferId,
        amountMinor: claim.amountMinor,
        cause: claim.cause,
        idempotencyKey: `rev:${claim.reversalId}:${String(claim.epoch)}`,
      });
      return { kind: 'done', providerId };
    } catch (error) {
      return outcomeOfError(error, claim.mustLookUp);
    }
  }

  /** @returns null when it is too early for a new key, or somebody else has settled it (08 finding 7) */
  private async withFreshKey(claim: ReversalClaim): Promise<ReversalClaim | null> {
    if (!isKeyOld(claim.keyFirstSentAt, this.timing.now())) return claim;
    return this.timing.mustHaveArrived(claim.lastSentAt) ? this.claims.renewKey(claim) : null;
  }
}
