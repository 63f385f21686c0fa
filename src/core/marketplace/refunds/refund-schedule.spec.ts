import { isReviewedTooLong, isStuck, nextCheckAt } from './refund-schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];
const createdAt = new Date('2026-01-01T12:00:00.000Z');
const after = (ms: number): Date => new Date(createdAt.getTime() + ms);
const refund = (reviewSince: Date | null = null) => ({ createdAt, reviewSince });

describe('when a pending refund is asked for', () => {
  it.each([
    [0, 2 * MINUTE],
    [2 * MINUTE - 1, 2 * MINUTE],
    [2 * MINUTE, 10 * MINUTE],
    [59 * MINUTE, HOUR],
    [7 * HOUR, 24 * HOUR],
    [24 * HOUR, 48 * HOUR],
    [100 * HOUR, 124 * HOUR],
  ])('at the age of %d ms next at %d ms', (ageMs, nextMs) => {
    expect(nextCheckAt(refund(), STEPS, after(ageMs))).toEqual(after(nextMs));
  });

  it('does not miss the end of a review', () => {
    const reviewed = refund(after(HOUR));
    expect(nextCheckAt(reviewed, STEPS, after(24 * HOUR))).toEqual(after(25 * HOUR));
    expect(nextCheckAt(reviewed, STEPS, after(25 * HOUR))).toEqual(after(49 * HOUR));
  });

  it('is stuck from the last step on and reviewed too long after a day', () => {
    expect(isStuck(refund(), STEPS, after(24 * HOUR - 1))).toBe(false);
    expect(isStuck(refund(), STEPS, after(24 * HOUR))).toBe(true);
    expect(isReviewedTooLong(refund(), after(99 * HOUR))).toBe(false);
    expect(isReviewedTooLong(refund(after(HOUR)), after(25 * HOUR - 1))).toBe(false);
    expect(isReviewedTooLong(refund(after(HOUR)), after(25 * HOUR))).toBe(true);
  });
});
