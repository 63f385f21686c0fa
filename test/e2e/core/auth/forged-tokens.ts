import { createHmac, randomUUID } from 'node:crypto';

type Json = Record<string, unknown>;

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The payload of a JWT, unverified. */
export function payloadOf(token: string): Json {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Json;
}

/** A JWT made by hand, so that tests share no code with what they test. */
export function forge(
  payload: Json,
  {
    secret,
    header = { alg: 'HS256', typ: 'JWT' },
    hash = 'sha256',
  }: { secret: string; header?: Json; hash?: string },
): string {
  const signed = `${encode(header)}.${encode({ jti: randomUUID(), ...payload })}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** A JWT that says it needs no signature. */
export const unsigned = (payload: Json): string =>
  `${encode({ alg: 'none', typ: 'JWT' })}.${encode(payload)}.`;

/** Whether a secret made the HS256 signature of a token. */
export function isSignedWith(secret: string, token: string): boolean {
  const end = token.lastIndexOf('.');
  return (
    createHmac('sha256', secret).update(token.slice(0, end)).digest('base64url') === token.slice(end + 1)
  );
}
