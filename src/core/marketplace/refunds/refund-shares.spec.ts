import { sharesOf } from './refund-shares.js';

describe('refund shares', () => {
  it('adds up the items of each seller', () => {
    const item = (sellerId: string, netAmountMinor: number, platformFeeMinor: number, id = '') => ({
      id,
      productId: id,
      sellerId,
      unitPriceMinor: netAmountMinor + platformFeeMinor,
      netAmountMinor,
      platformFeeMinor,
    });
    expect(sharesOf([item('a', 900, 100), item('b', 450, 50), item('a', 90, 10)])).toEqual([
      { sellerId: 'a', netMinor: 990, feeMinor: 110 },
      { sellerId: 'b', netMinor: 450, feeMinor: 50 },
    ]);
  });
});
