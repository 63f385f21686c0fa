import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U, so that nothing is misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RADIX = ALPHABET.length;
const RANDOM_CHARACTERS = 11;
const PREFIX = 'VZ';
const BODY = new RegExp(`^[${ALPHABET}]{${String(RANDOM_CHARACTERS + 1)}}$`);

/**
 * A fresh number such as `VZ-7K2M-Q4TX-9D0B`: 55 random bits, which nobody guesses and which tell nothing of how
 * much is sold, and a check character.
 */
export function newLicenseNumber(): string {
  // 256 is a multiple of 32: the remainder favours no character.
  const body = [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET[byte % RADIX]).join('');
  return format(body + checkCharacterOf(body));
}

/**
 * The number as it is stored, from what somebody typed: in any case, with or without hyphens, spaces and prefix,
 * O read as 0, I and L as 1.
 * @returns null when it cannot be the number of a licence
 */
export function parseLicenseNumber(typed: string): string | null {
  const clean = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  const body = clean.length > RANDOM_CHARACTERS + 1 && clean.startsWith(PREFIX) ? clean.slice(2) : clean;
  if (!BODY.test(body)) return null;
  return checkCharacterOf(body.slice(0, -1)) === body.at(-1) ? format(body) : null;
}

const format = (body: string): string => [PREFIX, ...(body.match(/.{4}/g) ?? [])].join('-');

/** Luhn's algorithm modulo 32: finds every single wrong character and nearly every swap of neighbours. */
function checkCharacterOf(body: string): string {
  const sum = [...body].reverse().reduce((total, character, index) => {
    const addend = ALPHABET.indexOf(character) * (index % 2 === 0 ? 2 : 1);
    return total + Math.floor(addend / RADIX) + (addend % RADIX);
  }, 0);
  return ALPHABET.charAt((RADIX - (sum % RADIX)) % RADIX);
}

/** Where anybody can verify a licence. */
export const verificationUrlOf = (publicApiUrl: string, number: string): string =>
  `${publicApiUrl}/api/v1/licenses/verify/${number}`;
