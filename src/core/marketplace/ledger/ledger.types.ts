import type { AccountRef, PostingKind, SellerAccountKind } from './postings.js';

/** What a seller is owed, what is on its way and what was paid, in minor units; payable may be negative. */
export interface SellerBalance {
  currency: string;
  payableMinor: number;
  inTransitMinor: number;
  paidOutMinor: number;
}

/** An account with the sum of its entries in minor units. */
export interface AccountBalance {
  kind: AccountRef['kind'];
  sellerId: string | null;
  currency: string;
  balanceMinor: number;
}

/** All accounts of the book; `problems` names each sum that is wrong, in words. */
export interface TrialBalance {
  accounts: AccountBalance[];
  problems: string[];
}

/** One line on a seller's account. */
export interface LedgerEntryRow {
  id: string;
  kind: PostingKind;
  account: SellerAccountKind;
  amountMinor: number;
  currency: string;
  orderId: string | null;
  refundId: string | null;
  transferId: string | null;
  reversalId: string | null;
  createdAt: Date;
}

/** Which lines of a seller to list; `from` is inclusive, `to` exclusive. */
export interface LedgerEntryQuery {
  page: number;
  limit: number;
  cursor?: string;
  from?: Date;
  to?: Date;
}
