const CURRENCY = /^[A-Z]{3}$/;

/** True for an upper-case three-letter ISO 4217 shape. */
export const isCurrencyCode = (text: string): boolean => CURRENCY.test(text);

function assertMinor(amountMinor: number): void {
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0) {
    throw new RangeError(`Not an amount in minor units: ${String(amountMinor)}`);
  }
}

/**
 * The fee on an amount, rounded half up (07 7.9.14).
 * @param amountMinor amount in minor units, a non-negative safe integer
 * @param bps fee in basis points, 0..10000
 */
export function feeOf(amountMinor: number, bps: number): number {
  assertMinor(amountMinor);
  if (!Number.isInteger(bps) || bps < 0 || bps > 10_000)
    throw new RangeError(`Not basis points: ${String(bps)}`);
  return Number((BigInt(amountMinor) * BigInt(bps) * 2n + 10_000n) / 20_000n);
}

/**
 * Splits a total over weights by largest remainder, so that the parts always add up to the total.
 * Ties go to the earlier weight. All weights zero: the first part takes everything.
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  assertMinor(totalMinor);
  weights.forEach(assertMinor);
  if (weights.length === 0) throw new RangeError('Nothing to allocate over');
  const total = BigInt(totalMinor);
  const sum = weights.reduce((acc, weight) => acc + BigInt(weight), 0n);
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? totalMinor : 0));
  const parts = weights.map((weight, index) => {
    const product = total * BigInt(weight);
    return { index, floor: product / sum, remainder: product % sum };
  });
  let rest = total - parts.reduce((acc, part) => acc + part.floor, 0n);
  const byRemainder = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const part of byRemainder) {
    if (rest === 0n) break;
    part.floor += 1n;
    rest -= 1n;
  }
  return parts.map((part) => Number(part.floor));
}

/**
 * An amount in minor units as people write it: `12.50` euros, but `1250` yen.
 * @param language language tag of the reader
 */
export function formatMoney(amountMinor: number, currency: string, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}
