import fc from 'fast-check';
import { discountsOf } from './discount-calculation.js';

type Rule = Parameters<typeof discountsOf>[0];

const item = (priceMinor: number, sellerId = 'seller', productId = 'product') => ({
  priceMinor,
  sellerId,
  productId,
});
const percent = (percentBps: number, change: Partial<Rule> = {}): Rule => ({
  sellerId: 'seller',
  percentBps,
  amountMinor: null,
  currency: null,
  productIds: [],
  minOrderAmountMinor: null,
  ...change,
});
const amount = (amountMinor: number, change: Partial<Rule> = {}): Rule =>
  percent(0, { percentBps: null, amountMinor, currency: 'EUR', ...change });

describe('what a discount code takes off', () => {
  it('rounds a percentage half up per item', () => {
    expect(discountsOf(percent(1000), [item(1005), item(1004), item(5)], 'EUR')).toEqual([101, 100, 1]);
  });

  it('spreads an amount by largest remainder', () => {
    expect(discountsOf(amount(100), [item(500), item(500), item(500)], 'EUR')).toEqual([34, 33, 33]);
  });

  it('takes off no more than the items cost', () => {
    expect(discountsOf(amount(5000), [item(300), item(200)], 'EUR')).toEqual([300, 200]);
    expect(discountsOf(percent(10_000), [item(999)], 'EUR')).toEqual([999]);
  });

  it("is for the seller's items alone, and for the named products alone", () => {
    expect(discountsOf(amount(100), [item(500, 'other'), item(500)], 'EUR')).toEqual([0, 100]);
    const named = percent(5000, { productIds: ['a'] });
    expect(discountsOf(named, [item(100, 'seller', 'a'), item(100, 'seller', 'b')], 'EUR')).toEqual([50, 0]);
  });

  it.each([
    ['another currency', amount(100), [item(500)], 'USD'],
    ['no item of the seller', percent(1000), [item(500, 'other')], 'EUR'],
    ['no named product', percent(1000, { productIds: ['a'] }), [item(500)], 'EUR'],
    ['free items', amount(100), [item(0)], 'EUR'],
    ['items too cheap for the percentage', percent(100), [item(10)], 'EUR'],
    [
      'less than the minimum, foreign items not counted',
      percent(1000, { minOrderAmountMinor: 600, currency: 'EUR' }),
      [item(599), item(900, 'other')],
      'EUR',
    ],
  ])('does not fit %s', (_what, rule, items, currency) => {
    expect(discountsOf(rule, items, currency)).toBeNull();
  });

  it('never makes an item cheaper than free, and spreads an amount to the cent', () => {
    const items = fc.array(fc.nat({ max: 99_999_999 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 99_999_999 }), (prices, amountMinor) => {
        const discounts = discountsOf(
          amount(amountMinor),
          prices.map((price) => item(price)),
          'EUR',
        );
        const subtotal = prices.reduce((sum, price) => sum + price, 0);
        expect(discounts?.reduce((sum, discount) => sum + discount, 0) ?? 0).toBe(
          Math.min(amountMinor, subtotal),
        );
        expect(discounts?.every((discount, index) => discount <= (prices[index] ?? 0)) ?? true).toBe(true);
      }),
    );
  });
});
