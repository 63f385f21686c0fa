import type { PayoutCause } from './payout-cause.js';

/** One attempt to take a transfer, or a part of it, back that nobody else makes at the same time. */
export interface ReversalClaim {
  reversalId: string;
  transferId: string;
  orderId: string;
  sellerId: string;
  claimId: string;
  epoch: number;
  stripeTransferId: string;
  cause: PayoutCause;
  amountMinor: number;
  currency: string;
  mustLookUp: boolean;
  /** When the present key was first used, and when the attempt before this one began. */
  keyFirstSentAt: Date | null;
  lastSentAt: Date | null;
}

/**
 * Why nothing was claimed. `waiting`: a sale that repays the same debt is on its way; `repaid`: later sales
 * have paid it back, nothing is left to ask for.
 */
export type ReversalSkip = 'settled' | 'in_flight' | 'waiting' | 'repaid';

export type ReversalClaimResult = { claim: ReversalClaim } | { skipped: ReversalSkip };

/** What a settled attempt left. `unknown` and `failed` are tried again; `mismatched` only by a person. */
export type ReversalSettledAs = 'succeeded' | 'failed' | 'unknown' | 'mismatched' | 'superseded';
