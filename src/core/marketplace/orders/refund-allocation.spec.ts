import fc from 'fast-check';
import {
  allocateOverItems,
  type GivenOfItem,
  type ItemAllocation,
  leftOfItems,
  type PaidItem,
  sharesOfAllocation,
} from './refund-allocation.js';

const item = (id: string, feeMinor: number, netMinor: number, sellerId = `seller-${id}`): PaidItem => ({
  id,
  sellerId,
  platformFeeMinor: feeMinor,
  netAmountMinor: netMinor,
});
const amountsOf = (parts: readonly ItemAllocation[]): number[] => parts.map((part) => part.amountMinor);
const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

describe('allocating a refund over items', () => {
  it.each([
    ['all of it', [333, 333, 334], 1000, [333, 333, 334]],
    ['a third of odd cents', [333, 333, 334], 100, [33, 33, 34]],
    ['one cent to the largest remainder', [1, 1, 98], 1, [1]],
    ['a tie to the earlier item', [50, 50], 1, [1]],
    ['two cents over three equal items', [10, 10, 10], 2, [1, 1]],
    ['nothing to a free item', [0, 100], 50, [50]],
  ])('gives %s', (_, prices, amountMinor, expected) => {
    const items = prices.map((price, index) =>
      item(String(index), Math.round(price / 10), price - Math.round(price / 10)),
    );
    expect(amountsOf(allocateOverItems(items, [], amountMinor))).toEqual(expected);
  });

  it('spreads by what is left and not by what was paid', () => {
    const items = [item('a', 10, 90), item('b', 10, 90)];
    const parts = allocateOverItems(items, [{ orderItemId: 'a', feeMinor: 8, netMinor: 72 }], 60);
    expect(parts).toMatchObject([
      { orderItemId: 'a', amountMinor: 10 },
      { orderItemId: 'b', amountMinor: 50 },
    ]);
  });

  it('rounds the fee cumulatively, so that three thirds are the whole fee', () => {
    const items = [item('a', 10, 89)];
    const given: GivenOfItem[] = [];
    const fees = [33, 33, 33].map((amountMinor) => {
      const [part] = allocateOverItems(items, given, amountMinor);
      given.push(part!);
      return part!.feeMinor;
    });
    expect(fees).toEqual([3, 4, 3]);
  });

  it('stays exact where numbers do not', () => {
    const items = [item('a', 3, 4_503_599_627_370_490), item('b', 1, 4_503_599_627_370_489)];
    const parts = allocateOverItems(items, [], 9_007_199_254_740_982);
    expect(total(amountsOf(parts))).toBe(9_007_199_254_740_982);
  });

  it.each([0, -1, 1.5, 101, Number.NaN])('refuses %d of 100', (amountMinor) => {
    expect(() => allocateOverItems([item('a', 10, 90)], [], amountMinor)).toThrow(RangeError);
  });

  it('adds the parts of a seller up', () => {
    const items = [item('a', 1, 9, 's1'), item('b', 2, 18, 's2'), item('c', 3, 27, 's1')];
    expect(sharesOfAllocation(allocateOverItems(items, [], 60))).toEqual([
      { sellerId: 's1', netMinor: 36, feeMinor: 4 },
      { sellerId: 's2', netMinor: 18, feeMinor: 2 },
    ]);
  });

  it('never gives more than is left, adds up, and ends with the exact fee and net of every item', () => {
    const paid = fc.record({
      price: fc.integer({ min: 0, max: 100_000 }),
      bps: fc.integer({ min: 0, max: 10_000 }),
    });
    const steps = fc.array(
      fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), isTakenBack: fc.boolean() }),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(fc.array(paid, { minLength: 1, maxLength: 6 }), steps, (sold, plan) => {
        const items = sold.map(({ price, bps }, index) => {
          const feeMinor = Math.floor((price * bps + 5_000) / 10_000);
          return item(String(index), feeMinor, price - feeMinor);
        });
        let refunds: ItemAllocation[][] = [];
        const give = (amountMinor: number): void => {
          const parts = allocateOverItems(items, refunds.flat(), amountMinor);
          expect(total(amountsOf(parts))).toBe(amountMinor);
          refunds.push(parts);
          for (const { id, platformFeeMinor, netAmountMinor } of items) {
            const own = refunds.flat().filter((part) => part.orderItemId === id);
            expect(own.every((part) => part.feeMinor >= 0 && part.netMinor >= 0)).toBe(true);
            expect(total(own.map((part) => part.feeMinor))).toBeLessThanOrEqual(platformFeeMinor);
            expect(total(own.map((part) => part.netMinor))).toBeLessThanOrEqual(netAmountMinor);
          }
        };
        for (const { share, isTakenBack } of plan) {
          const left = leftOfItems(items, refunds.flat());
          const amountMinor = Math.floor(left * share);
          if (amountMinor > 0) give(amountMinor);
          if (isTakenBack) refunds = refunds.slice(1);
        }
        const rest = leftOfItems(items, refunds.flat());
        if (rest > 0) give(rest);
        for (const { id, platformFeeMinor, netAmountMinor } of items) {
          const own = refunds.flat().filter((part) => part.orderItemId === id);
          expect(total(own.map((part) => part.feeMinor))).toBe(platformFeeMinor);
          expect(total(own.map((part) => part.netMinor))).toBe(netAmountMinor);
        }
      }),
    );
  });
});
