import type { AccountRef, PostingKind, SellerAccountKind } from './postings.js';

/** What a seller is owed, what is on its way and what was paid, in minor units; payable may be negative. */
export interface SellerBalance {
  currency: string;
  payableMinor: number;
  inTransitMinor: number;
  paidOutMinor: number;
}

/** All accounts of one kind and currency with the sum of their entries in minor units. */
export interface AccountBalance {
  kind: AccountRef['kind'];
  currency: string;
  balanceMinor: number;
}

/** Something that must be true of the book; `finds` is SQL whose column `problem` says in words what is not. */
export interface BookCheck {
  /** Stable snake_case name. */
  name: string;
  finds: string;
}

/** What a check found: the number of problems, and the first of them in words. */
export interface BookCheckResult {
  name: string;
  count: number;
  problems: string[];
}

/** The sums of the book, and what its own checks found. */
export interface TrialBalance {
  accounts: AccountBalance[];
  checks: BookCheckResult[];
  /** The problems of all checks; each check names a bounded number. */
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
