import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A provider-like id: prefix, underscore, letters and digits (`tr_` + 24). */
export function newProviderId(prefix: string, length = 24): string {
  let tail = '';
  for (let index = 0; index < length; index += 1) tail += ALPHABET[randomInt(ALPHABET.length)] ?? '0';
  return `${prefix}_${tail}`;
}
