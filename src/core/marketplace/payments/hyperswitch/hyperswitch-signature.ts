import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * True when the header is the lower-case hex HMAC-SHA512 of exactly these bytes under one of the secrets
 * (08 1.5; S1). Two secrets are valid while one replaces the other; an empty one never is.
 */
export function isSignedByHyperswitch(
  rawBody: Buffer,
  signature: string | undefined,
  secrets: readonly string[],
): boolean {
  if (signature === undefined || !/^[0-9a-f]{128}$/.test(signature)) return false;
  const sent = Buffer.from(signature, 'hex');
  return secrets
    .filter((secret) => secret !== '')
    .map((secret) => timingSafeEqual(createHmac('sha512', secret).update(rawBody).digest(), sent))
    .includes(true);
}
