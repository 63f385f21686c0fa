/** All states of a dispute, in the provider's words without their `dispute_` (08 1.4). */
export const DISPUTE_STATUSES = [
  'opened',
  'challenged',
  'won',
  'lost',
  'accepted',
  'expired',
  'cancelled',
] as const;

export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/**
 * Where the disputed money is: `ours` (no dispute, or one that was won), `withheld` by the bank while it
 * decides, `taken` for good. All that a dispute does to books, licences and transfers follows from it.
 */
export type DisputedMoney = 'ours' | 'withheld' | 'taken';

const MONEY: Readonly<Record<DisputeStatus, DisputedMoney>> = {
  opened: 'withheld',
  challenged: 'withheld',
  won: 'ours',
  cancelled: 'ours',
  lost: 'taken',
  accepted: 'taken',
  expired: 'taken',
};

/** What is known of a dispute when a report arrives. */
export interface KnownDispute {
  status: DisputeStatus;
  contradictedAt: Date | null;
  providerUpdatedAt: Date | null;
}

/** What a verified delivery says. */
export interface DisputeReport {
  status?: string;
  updatedAt?: Date;
}

/** What follows: `move` writes the state, `contradict` keeps it; both move the money from one place to another. */
export type DisputeStep =
  | { kind: 'ignore' }
  | {
      kind: 'move' | 'contradict';
      status: DisputeStatus;
      from: DisputedMoney;
      to: DisputedMoney;
    };

/**
 * The one rule that moves a dispute. Deliveries come in any order: an end stands without its beginning, a
 * beginning after the end says nothing. An end never changes; the opposite end, if it is not older, is a
 * contradiction whose money is followed once (as 07 7.9.17 has it for refunds).
 */
export function reduceDispute(known: KnownDispute | null, report: DisputeReport): DisputeStep {
  const status = DISPUTE_STATUSES.find((one) => one === report.status);
  if (status === undefined) return { kind: 'ignore' };
  const to = moneyOf(status);
  if (known === null) return { kind: 'move', status, from: 'ours', to };
  const from = moneyOf(known.status);
  if (from === 'withheld') {
    const isNews = to !== 'withheld' || (known.status === 'opened' && status === 'challenged');
    return isNews ? { kind: 'move', status, from, to } : { kind: 'ignore' };
  }
  const saysNothing = to === 'withheld' || to === from || known.contradictedAt !== null;
  return saysNothing || isOlder(known, report)
    ? { kind: 'ignore' }
    : { kind: 'contradict', status, from, to };
}

/** Where the money of a dispute in this state is. */
export const moneyOf = (status: DisputeStatus): DisputedMoney => MONEY[status];

const isOlder = ({ providerUpdatedAt }: KnownDispute, { updatedAt }: DisputeReport): boolean =>
  providerUpdatedAt !== null && updatedAt !== undefined && updatedAt < providerUpdatedAt;
