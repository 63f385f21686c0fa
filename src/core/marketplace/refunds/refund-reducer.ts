import type { RefundStatus } from './refund-states.js';

/** What is known of a refund when an event arrives; amounts in minor units. */
export interface ReducedRefund {
  status: RefundStatus;
  amountMinor: number;
  currency: string;
  pspPaymentId: string;
  contradictedAt: Date | null;
  /** When the provider said what the state is. */
  providerUpdatedAt: Date | null;
}

/** What a verified webhook or poll says; a field that is absent was not said. */
export interface RefundReport {
  status?: string;
  amountMinor?: number;
  currency?: string;
  paymentId?: string;
  updatedAt?: Date;
}

/** What follows from a report. */
export type RefundStep = 'succeed' | 'fail' | 'review' | 'ignore' | 'mismatch' | 'contradict';

/**
 * The one rule that ends a refund (07 7.9.3, 7.9.22). Terminal states never change: the same again is
 * ignored, the opposite is a contradiction (7.9.17) unless it is older than what is known (08 1.5): then it had
 * been overtaken. Money that does not fit the refund settles nothing.
 */
export function reduceRefund(refund: ReducedRefund, report: RefundReport): RefundStep {
  const isTerminal = report.status === 'succeeded' || report.status === 'failed';
  if (!isTerminal) return refund.status === 'pending' && report.status === 'review' ? 'review' : 'ignore';
  if (refund.status === report.status || refund.contradictedAt !== null) return 'ignore';
  if (refund.status !== 'pending' && isOlder(report, refund)) return 'ignore';
  if (!isAboutSameMoney(refund, report)) return 'mismatch';
  if (refund.status !== 'pending') return 'contradict';
  return report.status === 'succeeded' ? 'succeed' : 'fail';
}

const isOlder = ({ updatedAt }: RefundReport, { providerUpdatedAt }: ReducedRefund): boolean =>
  updatedAt !== undefined && providerUpdatedAt !== null && updatedAt < providerUpdatedAt;

function isAboutSameMoney(refund: ReducedRefund, report: RefundReport): boolean {
  return (
    (report.amountMinor === undefined || report.amountMinor === refund.amountMinor) &&
    (report.currency === undefined || report.currency.toUpperCase() === refund.currency) &&
    (report.paymentId === undefined || report.paymentId === refund.pspPaymentId)
  );
}
