/** One attempt to take a transfer back that nobody else makes at the same time. */
export interface ReversalClaim {
  reversalId: string;
  transferId: string;
  orderId: string;
  sellerId: string;
  claimId: string;
  epoch: number;
  stripeTransferId: string;
  refundId: string;
  amountMinor: number;
  currency: string;
  mustLookUp: boolean;
}

/** What a settled attempt left. `unknown` and `failed` are tried again. */
export type ReversalSettledAs = 'succeeded' | 'failed' | 'unknown' | 'superseded';
