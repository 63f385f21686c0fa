import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { AppConfig } from '../config/index.js';

/** Everybody who holds the link. */
export const ANY_VIEWER = '*';

/** The query parameters of a signed URL; `exp` in Unix seconds. */
export interface UrlSignature {
  exp: number;
  sub: string;
  sig: string;
}

/** Signs links to files: HMAC-SHA256 over `v1|key|viewer or *|expires` (design/decisions.md). */
@Injectable()
export class UrlSigner {
  private readonly key: Buffer;
  private readonly ttlMs: number;

  constructor(
    config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.key = config.signedUrlKey;
    this.ttlMs = config.get('SIGNED_URL_TTL');
  }

  /** Signs a key for a viewer, for SIGNED_URL_TTL from now. */
  sign(key: string, viewer: string = ANY_VIEWER): UrlSignature {
    const exp = Math.floor((this.clock.now().getTime() + this.ttlMs) / 1000);
    return { exp, sub: viewer, sig: this.signatureOf(key, viewer, exp).toString('hex') };
  }

  /** True when the signature is ours for just this key, viewer and time, and the time is not over. */
  verify(key: string, { exp, sub, sig }: UrlSignature): boolean {
    const expected = this.signatureOf(key, sub, exp);
    const given = Buffer.from(sig, 'hex');
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs && exp * 1000 > this.clock.now().getTime();
  }

  private signatureOf(key: string, viewer: string, exp: number): Buffer {
    return createHmac('sha256', this.key)
      .update(`v1|${key}|${viewer}|${String(exp)}`)
      .digest();
  }
}
