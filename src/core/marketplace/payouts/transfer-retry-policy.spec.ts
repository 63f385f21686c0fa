import { classOfRefusal } from './transfer-retry-policy.js';

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
});
