import fc from 'fast-check';
import { allocate, feeOf, formatMoney, isCurrencyCode } from './money.js';

describe('money', () => {
  it('rounds the fee half up', () => {
    expect(feeOf(1000, 1000)).toBe(100);
    expect(feeOf(5, 1000)).toBe(1);
    expect(feeOf(4, 1000)).toBe(0);
    expect(feeOf(0, 1000)).toBe(0);
    expect(feeOf(99_999_999, 10_000)).toBe(99_999_999);
  });

  it('refuses amounts that are no minor units', () => {
    expect(() => feeOf(1.5, 1000)).toThrow(RangeError);
    expect(() => feeOf(-1, 1000)).toThrow(RangeError);
    expect(() => feeOf(1, 10_001)).toThrow(RangeError);
    expect(() => allocate(1, [])).toThrow(RangeError);
  });

  it('never loses or invents a cent when it allocates', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000_000_000 }),
        fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 20 }),
        (total, weights) => {
          const parts = allocate(total, weights);
          expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
          expect(parts.every((part) => part >= 0)).toBe(true);
        },
      ),
    );
  });

  it('gives the rest to the largest remainder', () => {
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(10, [0, 0])).toEqual([10, 0]);
  });

  it('knows the shape of a currency code', () => {
    expect(isCurrencyCode('EUR')).toBe(true);
    expect(isCurrencyCode('eur')).toBe(false);
  });

  it.each([
    [1_250, 'EUR', 'en', '€12.50'],
    [1_250, 'EUR', 'fr', '12,50 €'],
    [1_250, 'JPY', 'en', '¥1,250'],
    [1_250, 'KWD', 'en', 'KWD 1.250'],
    [0, 'USD', 'en', '$0.00'],
    [5, 'USD', 'en', '$0.05'],
    [99_999_999, 'EUR', 'en', '€999,999.99'],
  ])('writes %p %s in %s as %s', (amountMinor, currency, language, text) => {
    expect(formatMoney(amountMinor, currency, language).replace(/\s/g, ' ')).toBe(text);
  });
});
