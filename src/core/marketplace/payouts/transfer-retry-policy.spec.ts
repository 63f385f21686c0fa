import { classOfRefusal, retryDelaySeconds } from './transfer-retry-policy.js';

describe('transfer retry policy', () => {
  it.each([
    ['balance_insufficient', 'slow'],
    ['insufficient_funds', 'slow'],
    ['transfers_not_allowed', 'account'],
    ['insufficient_capabilities_for_transfer', 'account'],
    ['account_invalid', 'account'],
    ['resource_missing', 'account'],
    ['parameter_invalid_integer', 'definite'],
    ['a_code_of_next_year', 'definite'],
  ])('puts %s into the class %s', (code, expected) => {
    expect(classOfRefusal(code)).toBe(expected);
  });

  it('asks again soon when nobody knows the outcome', () => {
    expect([1, 2, 3, 4, 9].map((streak) => retryDelaySeconds('ambiguous', streak))).toEqual([
      30, 120, 600, 3600, 3600,
    ]);
  });

  it('waits days for money that is not there yet', () => {
    expect([1, 2, 3, 8].map((streak) => retryDelaySeconds('slow', streak))).toEqual([
      3600, 21_600, 86_400, 86_400,
    ]);
  });

  it('looks once a week after an account that cannot be paid', () => {
    expect(retryDelaySeconds('account', 1)).toBe(7 * 86_400);
  });
});
