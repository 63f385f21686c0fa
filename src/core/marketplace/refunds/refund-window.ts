const DAY_MS = 86_400_000;

/** Days after completion in which a buyer may ask (S1, 07 7.9.8). */
export const REFUND_WINDOW_DAYS = 14;

/** The dates of an order that decide until when it can be refunded. */
export interface RefundableDates {
  refundDeadline: Date | null;
  completedAt: Date | null;
  createdAt: Date;
}

/** The stored deadline, else completion (or creation) plus the window. */
export function refundDeadlineOf({ refundDeadline, completedAt, createdAt }: RefundableDates): Date {
  const reference = completedAt ?? createdAt;
  return refundDeadline ?? new Date(reference.getTime() + REFUND_WINDOW_DAYS * DAY_MS);
}

/** True up to and including the deadline's own millisecond (07 7.6.16). */
export const isWithinRefundWindow = (order: RefundableDates, now: Date): boolean =>
  now.getTime() <= refundDeadlineOf(order).getTime();
