import { randomBytes, randomUUID } from 'node:crypto';
import {
  childSecret,
  firstSecret,
  formatRefreshToken,
  hashOfSecret,
  matchesHash,
  parseRefreshToken,
} from './refresh-token.js';

describe('refresh tokens', () => {
  const key = randomBytes(32);
  const id = randomUUID();

  it('reads back what it wrote', () => {
    const token = { id, secret: firstSecret() };
    expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
  });

  it.each([
    '',
    'abc',
    id,
    `${id}.`,
    `${id}.short`,
    `.${'a'.repeat(43)}`,
    `${id}.${'a'.repeat(44)}`,
    `${id.toUpperCase()}.${'a'.repeat(43)}`,
    `${id}.${'a'.repeat(42)}=`,
    ` ${id}.${'a'.repeat(43)}`,
    `${id}.${'a'.repeat(43)}\n`,
  ])('does not take %j for one', (text) => {
    expect(parseRefreshToken(text)).toBeNull();
  });

  it('derives the same child twice, and another for another parent, child or key', () => {
    const child = randomUUID();
    const secret = childSecret(key, id, child);
    expect(childSecret(key, id, child)).toEqual(secret);
    expect(childSecret(key, child, id)).not.toEqual(secret);
    expect(childSecret(key, id, randomUUID())).not.toEqual(secret);
    expect(childSecret(randomBytes(32), id, child)).not.toEqual(secret);
  });

  it('recognises a secret by its hash alone', () => {
    const secret = firstSecret();
    expect(matchesHash(secret, hashOfSecret(secret))).toBe(true);
    expect(matchesHash(firstSecret(), hashOfSecret(secret))).toBe(false);
  });
});
