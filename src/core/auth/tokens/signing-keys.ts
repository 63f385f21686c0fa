import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infrastructure/config/index.js';

/**
 * The keys of access tokens. JWT_SECRET signs; the secrets of JWT_PREVIOUS_SECRETS only verify. They are
 * KeyObjects because a plain string costs fifty times as much on every verification (design/stack.md).
 */
@Injectable()
export class SigningKeys {
  readonly current: KeyObject;
  private readonly previous: KeyObject[];

  constructor(config: AppConfig) {
    this.current = keyOf(config.get('JWT_SECRET'));
    this.previous = config.get('JWT_PREVIOUS_SECRETS').map(keyOf);
  }

  /** The key to verify a token with: the previous one that signed it, else the current one. */
  verifyingKeyOf(token: string): KeyObject {
    return this.previous.find((key) => hasSigned(key, token)) ?? this.current;
  }
}

function keyOf(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'utf8'));
}

function hasSigned(key: KeyObject, token: string): boolean {
  const end = token.lastIndexOf('.');
  const expected = createHmac('sha256', key).update(token.slice(0, end)).digest();
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}
