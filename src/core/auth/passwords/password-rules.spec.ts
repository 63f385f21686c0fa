import { PasswordRules } from './password-rules.js';

describe('PasswordRules', () => {
  const rules = new PasswordRules();
  const nova = { username: 'nova', email: 'stella.nova@example.com' };
  const check = (password: string, account = nova) => {
    try {
      rules.assertNotGuessable(password, account);
      return 'accepted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['a common word with a character and digits', 'Password1!'],
    ['digits in between', 'pass!word123'],
    ['common digits', '!12345678!'],
    ['a common name in capitals', 'MICHAEL!!'],
    ['a special character inside', 'qwe@rty##1'],
    ['a common word with digits of its own', '!trustno1!'],
  ])('refuses %s', (_what, password) => {
    expect(check(password)).toBe('WEAK_PASSWORD');
  });

  it.each(['walnut!harbour-9', 'Tr0ub4dor&3', '!!!!!!!!a', 'épinard#solaire'])('accepts %j', (password) => {
    expect(check(password)).toBe('accepted');
  });

  it('refuses the user name and the local part of the address, whatever the case', () => {
    expect(check('my-NOVA-secret!')).toBe('WEAK_PASSWORD');
    expect(check('x!Stella.Nova#9', { ...nova, username: 'somebody' })).toBe('WEAK_PASSWORD');
  });

  it('does not mind a local part that is too short to mean anything', () => {
    expect(check('walnut!harbour-9', { username: 'somebody', email: 'a@example.com' })).toBe('accepted');
  });
});
