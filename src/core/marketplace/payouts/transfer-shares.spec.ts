import { leftOf, reversedTarget } from './transfer-shares.js';

describe('what of a transfer is to come back', () => {
  it.each([
    [{ amount: 900, withheld: 0 }, 900, 900],
    [{ amount: 900, withheld: 0 }, 450, 450],
    [{ amount: 900, withheld: 0 }, 1, 1],
    [{ amount: 900, withheld: 0 }, 0, 0],
    [{ amount: 500, withheld: 500 }, 500, 250],
    [{ amount: 500, withheld: 500 }, 1, 1],
    [{ amount: 499, withheld: 501 }, 1, 0],
    [{ amount: 1, withheld: 2 }, 1, 0],
    [{ amount: 1, withheld: 2 }, 2, 1],
    [{ amount: 1, withheld: 2 }, 3, 1],
    [{ amount: null, withheld: 700 }, 700, 0],
    [{ amount: null, withheld: 0 }, 0, 0],
    [{ amount: Number.MAX_SAFE_INTEGER, withheld: 0 }, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])('of %j after %d net were taken: %d', (transfer, taken, target) => {
    expect(reversedTarget(transfer, taken)).toBe(target);
  });

  it('never falls while more is taken, and ends at the whole', () => {
    const transfer = { amount: 37, withheld: 64 };
    let last = 0;
    for (let taken = 0; taken <= 101; taken += 1) {
      const target = reversedTarget(transfer, taken);
      expect(target).toBeGreaterThanOrEqual(last);
      last = target;
    }
    expect(last).toBe(37);
  });

  it('refuses to take more than there was', () => {
    expect(() => reversedTarget({ amount: 10, withheld: 0 }, 11)).toThrow(RangeError);
  });

  it('knows what is left', () => {
    expect(leftOf({ netAmount: 100, reduced: 10, takenBack: 30 })).toBe(60);
  });
});
