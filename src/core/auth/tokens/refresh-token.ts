import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const FORMAT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

/** A refresh token taken apart; the secret is never stored. */
export interface RefreshToken {
  id: string;
  secret: Buffer;
}

/** The secret of a session's first refresh token. */
export const firstSecret = (): Buffer => randomBytes(SECRET_BYTES);

/**
 * The secret of the token that replaces another one. It follows from the two ids and a key of the server,
 * so that two parallel refreshes can be given the same child although only hashes are stored
 * (design/decisions, "Sessions and tokens").
 */
export const childSecret = (key: Buffer, parentId: string, childId: string): Buffer =>
  createHmac('sha256', key).update(`${parentId}.${childId}`).digest();

/** What is stored of a secret. */
export const hashOfSecret = (secret: Buffer): Buffer => createHash('sha256').update(secret).digest();

/** Whether the secret is the one that the stored hash was made of. */
export const matchesHash = (secret: Buffer, hash: Buffer): boolean =>
  timingSafeEqual(hashOfSecret(secret), hash);

/** The token as the client keeps it: `id.secret`. */
export const formatRefreshToken = ({ id, secret }: RefreshToken): string =>
  `${id}.${secret.toString('base64url')}`;

/** Takes a token apart; null when it has not the form of one. */
export function parseRefreshToken(text: string): RefreshToken | null {
  const [, id, secret] = FORMAT.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret: Buffer.from(secret, 'base64url') };
}
