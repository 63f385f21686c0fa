import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';

/** One value of a sort position. */
export type CursorValue = string | number | null;

const SIGNATURE_BYTES = 16;

const invalidCursor = (): DomainError =>
  new DomainError('INVALID_CURSOR', 'invalid', 'The cursor is not valid for this list', {
    details: [{ field: 'cursor', message: 'is not a cursor of this list' }],
  });

/**
 * Opaque, signed list positions `(sort key, id)`. The scope names the list and its sort, so that an edited
 * cursor and one of another list are refused alike with 400 `INVALID_CURSOR` (design/decisions.md).
 */
@Injectable()
export class CursorCodec {
  private readonly key: Buffer;

  constructor(config: AppConfig) {
    this.key = config.derivedKey('pagination-cursor');
  }

  encode(scope: string, values: readonly CursorValue[]): string {
    const payload = Buffer.from(JSON.stringify(values));
    return Buffer.concat([this.sign(scope, payload), payload]).toString('base64url');
  }

  decode(scope: string, cursor: string): CursorValue[] {
    const bytes = Buffer.from(cursor, 'base64url');
    const payload = bytes.subarray(SIGNATURE_BYTES);
    const isOurs =
      payload.length > 0 && timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), this.sign(scope, payload));
    if (!isOurs) throw invalidCursor();
    return JSON.parse(payload.toString()) as CursorValue[];
  }

  private sign(scope: string, payload: Buffer): Buffer {
    return createHmac('sha256', this.key)
      .update(scope)
      .update('\0')
      .update(payload)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  }
}
