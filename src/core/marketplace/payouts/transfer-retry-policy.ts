/** Why an attempt did not end in a transfer (08 3.5). */
export type FailureClass = 'ambiguous' | 'slow' | 'account' | 'configuration' | 'definite';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds until the next try, by how often the class has been met in a row; the last one repeats. */
const DELAYS: Record<FailureClass, readonly number[]> = {
  ambiguous: [30, 2 * MINUTE, 10 * MINUTE, HOUR],
  slow: [HOUR, 6 * HOUR, DAY],
  account: [7 * DAY],
  configuration: [10 * MINUTE],
  definite: [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR],
};

/** After so many definite refusals nobody tries again by himself (08 3.5). */
export const MAX_DEFINITE_FAILURES = 5;

const SLOW_CODES = new Set(['balance_insufficient', 'insufficient_funds']);
const ACCOUNT_CODES = new Set([
  'transfers_not_allowed',
  'insufficient_capabilities_for_transfer',
  'account_invalid',
  'resource_missing',
]);

/** The class of a definite refusal; a code that nobody listed is simply definite (08 2.2). */
export function classOfRefusal(code: string): FailureClass {
  if (SLOW_CODES.has(code)) return 'slow';
  return ACCOUNT_CODES.has(code) ? 'account' : 'definite';
}

/** @param streak how often this class has been met in a row, from 1 */
export function retryDelaySeconds(failure: FailureClass, streak: number): number {
  const delays = DELAYS[failure];
  return delays[Math.min(Math.max(streak, 1), delays.length) - 1] ?? DAY;
}
