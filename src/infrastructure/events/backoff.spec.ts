import { backoffMs } from './delivery-runner.js';

describe('the backoff of a handler', () => {
  it.each([
    [1, 1_000],
    [2, 5_000],
    [3, 30_000],
    [4, 30_000],
    [50, 30_000],
  ])('waits after attempt %i for %i ms, and repeats its last step', (attempt, expectedMs) => {
    expect(backoffMs([1, 5, 30], attempt)).toBe(expectedMs);
  });

  it('does not wait without any step', () => {
    expect(backoffMs([], 1)).toBe(0);
  });
});
