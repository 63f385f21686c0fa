import type { Clock } from '../../../common/time/index.js';
import type { AppConfig } from '../../../infrastructure/config/index.js';
import { PayoutTiming } from './payout-timing.js';
import type { FailureClass } from './transfer-retry-policy.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const VALUES: Record<string, unknown> = {
  PSP_TIMEOUT: 2_000,
  TRANSFERS_PAUSED: false,
  TRANSFER_UNKNOWN_STEPS: [30_000, 120_000],
  TRANSFER_SHORT_STEPS: [3_600_000, 21_600_000, 86_400_000],
  TRANSFER_REFUSED_STEPS: [60_000],
};

describe('payout timing (08 3.5)', () => {
  const clock: Pick<Clock, 'now'> = { now: () => NOW };
  const timing = new PayoutTiming({ get: (name: string) => VALUES[name] } as unknown as AppConfig, clock);
  const secondsOf = (failure: FailureClass, streak: number): number =>
    (timing.nextTry(failure, streak).getTime() - NOW.getTime()) / 1000;

  it.each([
    ['ambiguous', [1, 2, 3, 9], [30, 120, 120, 120]],
    ['slow', [1, 2, 3, 8], [3600, 21_600, 86_400, 86_400]],
    ['definite', [1, 4], [60, 60]],
    ['rate_limit', [1, 2, 3, 7], [5, 15, 60, 60]],
    ['account', [1], [7 * 86_400]],
    ['configuration', [1, 5], [600, 600]],
  ] as const)('waits for %s as the steps say, and repeats the last one', (failure, streaks, seconds) => {
    expect(streaks.map((streak) => secondsOf(failure, streak))).toEqual(seconds);
  });

  it('gives an attempt the time of its calls', () => {
    expect(timing.leaseMs).toBe(10_000);
  });

  it('takes a streak of none for the first', () => {
    expect(secondsOf('ambiguous', 0)).toBe(30);
  });
});
