import type { BookedBalance } from '../../payouts/index.js';

export type DifferenceKind = 'missing_here' | 'missing_there' | 'amount_differs' | 'state_differs';

export const OBJECT_TYPES = ['payment', 'refund', 'transfer'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** What a provider has of a thing; amounts in minor units. Only settled things moved money. */
export interface BookedItem {
  objectId: string;
  amountMinor: number;
  reversedMinor: number;
  currency: string;
  state: 'settled' | 'open';
}

/** A provider in a report: whether it was asked, and what it holds. */
export interface ReportedProvider {
  name: string;
  wasAsked: boolean;
  balances: BookedBalance[];
}

/** What both sides say was moved, in minor units. */
export interface ReportedTotal {
  objectType: ObjectType;
  currency: string;
  ourMinor: number;
  theirMinor: number;
}

/** A report; `day` is YYYY-MM-DD in UTC. */
export interface ReconciliationReport {
  id: string;
  day: string;
  status: 'running' | 'completed' | 'failed';
  requestedBy: string | null;
  /** Counts every repetition. */
  attempt: number;
  differenceCount: number;
  ledgerProblemCount: number;
  providers: ReportedProvider[];
  totals: ReportedTotal[];
  /** A stable code, when it is failed. */
  error: string | null;
  requestedAt: Date;
  finishedAt: Date | null;
}

/** One thing on which the books do not agree; what a side does not have is null. */
export interface ReportedDifference {
  id: string;
  kind: DifferenceKind;
  objectType: ObjectType;
  /** The provider's id of it. */
  objectId: string;
  /** Our order, refund or transfer. */
  ourId: string | null;
  ourMinor: number | null;
  ourCurrency: string | null;
  ourState: string | null;
  theirMinor: number | null;
  theirCurrency: string | null;
  theirState: string | null;
}

/** The days that a report looks at, [from, to). */
export interface ReportWindow {
  from: Date;
  to: Date;
}
