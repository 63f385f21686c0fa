import { PAYMENT_EXCEPTION_KINDS } from '../../src/core/marketplace/payments/index.js';
import { renderPaymentExceptionsDoc, withExceptionsTable } from './payment-exceptions-doc.js';

describe('the list of payment exceptions', () => {
  it('names every kind with a meaning and what resolves it', () => {
    const doc = renderPaymentExceptionsDoc();
    for (const [kind, { means, resolvedBy }] of Object.entries(PAYMENT_EXCEPTION_KINDS)) {
      expect(doc).toContain(`| \`${kind}\` | ${means} | ${resolvedBy} |`);
    }
  });

  it('stands between the markers of a text, once, however often it is written', () => {
    const once = withExceptionsTable('a\n<!-- exceptions:begin -->\nOLD TEXT\n<!-- exceptions:end -->\nb\n');
    expect(once).toMatch(/^a\n<!-- exceptions:begin -->\n\n<!-- prettier-ignore -->\n\| Kind /);
    expect(once).toMatch(/\n<!-- exceptions:end -->\nb\n$/);
    expect(once).not.toContain('OLD TEXT');
    expect(withExceptionsTable(once)).toBe(once);
  });

  it('refuses a text without markers', () => {
    expect(() => withExceptionsTable('no markers')).toThrow('README.md has no');
  });
});
