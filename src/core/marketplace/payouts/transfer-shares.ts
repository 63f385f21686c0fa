import type { SellerTransfer } from './seller-transfer.entity.js';

type Parts = Pick<SellerTransfer, 'netAmount' | 'reduced' | 'takenBack'>;
type SentParts = Pick<SellerTransfer, 'amount' | 'withheld'>;

/** What of a transfer's net nobody has taken away yet, in minor units. */
export const leftOf = ({ netAmount, reduced, takenBack }: Parts): number => netAmount - reduced - takenBack;

/**
 * How much of what was sent must have come back once `takenBackMinor` of its net was taken away. A part of
 * the net may have repaid a debt instead of being sent, so it is proportional, rounded half up, and the whole
 * for the whole (07 7.9.7).
 * @throws RangeError when more is taken than there was
 */
export function reversedTarget({ amount, withheld }: SentParts, takenBackMinor: number): number {
  const sentMinor = amount ?? 0;
  const baseMinor = sentMinor + withheld;
  if (takenBackMinor < 0 || takenBackMinor > baseMinor)
    throw new RangeError('More is taken back than there was');
  if (baseMinor === 0) return 0;
  const [sent, taken, base] = [BigInt(sentMinor), BigInt(takenBackMinor), BigInt(baseMinor)];
  return Number((2n * sent * taken + base) / (2n * base));
}
