const DAY_MS = 86_400_000;

/** How long the provider may review a refund before a person looks at it (08 3.2 P4). */
export const REVIEW_LIMIT_MS = DAY_MS;

/** What decides when a pending refund is asked for. */
export interface CheckedRefund {
  createdAt: Date;
  reviewSince: Date | null;
}

/**
 * When a pending refund is asked for next: at the first age of `stepsMs` that is still to come, after the last
 * one again at its interval, and at the end of a review's limit if that comes before (REFUND_SWEEP_STEPS).
 */
export function nextCheckAt(
  { createdAt, reviewSince }: CheckedRefund,
  stepsMs: readonly number[],
  now: Date,
): Date {
  const ages = [...stepsMs].sort((a, b) => a - b);
  const ageMs = now.getTime() - createdAt.getTime();
  const step = ages.find((one) => one > ageMs);
  const regularMs = step === undefined ? now.getTime() + lastOf(ages) : createdAt.getTime() + step;
  const reviewEndMs = (reviewSince ?? now).getTime() + REVIEW_LIMIT_MS;
  return new Date(reviewEndMs > now.getTime() ? Math.min(regularMs, reviewEndMs) : regularMs);
}

/** True from the last step on: by then somebody has to look at it. */
export const isStuck = ({ createdAt }: CheckedRefund, stepsMs: readonly number[], now: Date): boolean =>
  now.getTime() - createdAt.getTime() >= Math.max(...stepsMs);

/** True when the provider has reviewed it for longer than it may. */
export const isReviewedTooLong = ({ reviewSince }: CheckedRefund, now: Date): boolean =>
  reviewSince !== null && now.getTime() - reviewSince.getTime() >= REVIEW_LIMIT_MS;

const lastOf = (ages: readonly number[]): number => ages.at(-1) ?? DAY_MS;
