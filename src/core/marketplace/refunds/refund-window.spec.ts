import { isWithinRefundWindow, refundDeadlineOf } from './refund-window.js';

const DAY_MS = 86_400_000;
const at = (ms: number): Date => new Date(ms);
const created = at(Date.UTC(2026, 0, 1));
const completed = at(Date.UTC(2026, 0, 3));

describe('refund window', () => {
  it('is the stored deadline', () => {
    const deadline = at(Date.UTC(2026, 1, 1));
    expect(refundDeadlineOf({ refundDeadline: deadline, completedAt: completed, createdAt: created })).toBe(
      deadline,
    );
  });

  it('is fourteen days after completion without a stored deadline', () => {
    const order = { refundDeadline: null, completedAt: completed, createdAt: created };
    expect(refundDeadlineOf(order)).toEqual(at(completed.getTime() + 14 * DAY_MS));
  });

  it('is fourteen days after creation when even that is not known', () => {
    const order = { refundDeadline: null, completedAt: null, createdAt: created };
    expect(refundDeadlineOf(order)).toEqual(at(created.getTime() + 14 * DAY_MS));
  });

  it('includes its last millisecond and not the next', () => {
    const order = { refundDeadline: null, completedAt: completed, createdAt: created };
    const last = completed.getTime() + 14 * DAY_MS;
    expect(isWithinRefundWindow(order, at(last))).toBe(true);
    expect(isWithinRefundWindow(order, at(last + 1))).toBe(false);
  });
});
