import type { ValueTransformer } from 'typeorm';

/** bigint in the database, a safe integer in code (design/decisions.md). A larger number throws instead of losing digits. */
export const bigintTransformer: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null): number | null => (value === null ? null : toSafeInteger(value)),
};

/** A bigint that the driver gave as text, as a safe integer. */
export function toSafeInteger(value: string | number | bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`Beyond a safe integer: ${String(value)}`);
  return number;
}
