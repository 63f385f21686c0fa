import type { SellerTransfer } from './seller-transfer.entity.js';

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
  /** False while the order is held, or transfers are paused, or all of it was taken back: then it is only looked for. */
  mayCreate: boolean;
  /** All of it was taken back: nothing is to be sent any more. */
  isTakenBack: boolean;
  /** When the provider was last asked to create it. */
  lastSentAt: Date | null;
  /** When it was first asked under the present key. */
  keyFirstSentAt: Date | null;
}

/** Why nothing was claimed. */
export type SkipReason =
  'absent' | 'settled' | 'in_flight' | 'not_due' | 'on_hold' | 'held' | 'paused' | 'blocked' | 'withheld';

export type ClaimResult = { claim: TransferClaim } | { skipped: SkipReason };

/** How a claim is asked for; `onClaimed` runs in the claim's transaction. */
export interface ClaimRequest {
  trigger: TransferTrigger;
  /** An administrator sends before the end of TRANSFER_HOLD_DAYS. */
  ignoresHold?: boolean;
  onClaimed?: (transfer: SellerTransfer) => Promise<void>;
}
