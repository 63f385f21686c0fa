import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { internalKeyInvalid, internalKeyNotConfigured } from '../auth.errors.js';

/** The shared key of the companion servers, in `X-Internal-API-Key` or as bearer token (S0, 09 C37). */
@Injectable()
export class InternalKeyCheck {
  private readonly expected: Buffer | null;

  constructor(private readonly config: AppConfig) {
    const key = config.get('STREAM_SERVER_INTERNAL_API_KEY');
    this.expected = key === undefined || key === '' ? null : digest(key);
  }

  /** Throws 401 for a missing or wrong key; without a configured one nobody passes (503 in production). */
  check(request: FastifyRequest): void {
    if (this.expected === null) {
      throw this.config.isProductionLike ? internalKeyNotConfigured() : internalKeyInvalid();
    }
    const sent = sentKey(request);
    if (sent === null || !timingSafeEqual(digest(sent), this.expected)) throw internalKeyInvalid();
  }
}

// Equal lengths for the comparison, whatever was sent.
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function sentKey({ headers }: FastifyRequest): string | null {
  const own = headers['x-internal-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
