/** Why an attempt did not end in a transfer (08 2.2, 3.5). */
export type FailureClass = 'ambiguous' | 'rate_limit' | 'slow' | 'account' | 'configuration' | 'definite';

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
